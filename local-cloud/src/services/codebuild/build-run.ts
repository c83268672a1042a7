import { join } from 'node:path';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { LogDelivery } from '../lambda/log-delivery.ts';
import { type CachedFolder, cachedFolders, restoreCache, saveCache } from './build-cache.ts';
import { buildEnvironment } from './build-environment.ts';
import { BuildLog, createLogStream } from './build-log.ts';
import { endStrays } from './build-processes.ts';
import type { BuildProgress } from './build-progress.ts';
import type { BuildRecord, BuildStatus, PhaseType } from './build-record.ts';
import { BuildShell } from './build-shell.ts';
import type { BuildStore } from './build-store.ts';
import type { BuildTools } from './build-tools.ts';
import { resolveVariables } from './build-variables.ts';
import { type Buildspec, BuildspecError, COMMAND_PHASES, type CommandPhase } from './buildspec.ts';
import { downloadSource } from './download-source.ts';
import { PhaseFailure } from './phase-failure.ts';
import { readBuildspec } from './read-buildspec.ts';
import type { BuildSession, ServiceRoles } from './service-role.ts';
import { uploadArtifacts } from './upload-artifacts.ts';
import { makeWorkspace, removeWorkspace, type Workspace } from './workspace.ts';

/** Why a build ends before its time. */
export interface Interruption {
  readonly status: 'STOPPED' | 'TIMED_OUT' | 'FAILED';
  readonly statusCode: string;
  readonly message: string;
}

export interface RunParts {
  readonly cloud: Cloud;
  readonly store: BuildStore;
  readonly progress: BuildProgress;
  readonly roles: ServiceRoles;
  readonly tools: () => Promise<BuildTools>;
  /** The project's folders that are kept. */
  readonly cache: string;
}

/** How much longer a build's session lasts than the build may. */
const SESSION_MARGIN_S = 3600;

/** One build that has its turn: from PROVISIONING to COMPLETED. */
export class BuildRun {
  readonly #parts: RunParts;
  readonly #progress: BuildProgress;
  #log: BuildLog;
  #session: BuildSession | undefined;
  #workspace: Workspace | undefined;
  #shell: BuildShell | undefined;
  #spec: Buildspec | undefined;
  #cached: readonly CachedFolder[] = [];
  #interruption: Interruption | undefined;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#progress = parts.progress;
    this.#log = new BuildLog(parts.cloud.clock, undefined);
  }

  get #build(): BuildRecord {
    return this.#progress.build;
  }

  /** Ends the build with what it is doing, at once. The first reason counts. */
  interrupt(reason: Interruption): void {
    this.#interruption ??= reason;
    this.#shell?.end();
  }

  /** Runs the build to its end; what goes wrong is told by the build itself. Resolves when the workspace is gone, too. */
  async run(): Promise<void> {
    const status = await this.#phases();
    await this.#phase('FINALIZING', () => this.#finalize());
    await this.#log.flush();
    this.#progress.complete(status);
    await this.#cleanUp();
  }

  /** The build's status: of the first phase that did not succeed. */
  async #phases(): Promise<BuildStatus> {
    for (const [type, work] of [
      ['PROVISIONING', () => this.#provision()],
      ['DOWNLOAD_SOURCE', () => this.#download()],
    ] as const) {
      const status = await this.#phase(type, work);
      if (status !== 'SUCCEEDED') return status;
    }
    let status: BuildStatus = 'SUCCEEDED';
    for (const name of COMMAND_PHASES) {
      const ended = await this.#phase(name.toUpperCase() as PhaseType, () => this.#commands(name));
      if (ended === 'SUCCEEDED') continue;
      if (status === 'SUCCEEDED') {
        status = ended;
        await this.#shell?.set('CODEBUILD_BUILD_SUCCEEDING', '0').catch(() => undefined);
      }
      if (this.#interruption !== undefined || !this.#goesOnAfter(name)) return status;
    }
    const uploaded = await this.#phase('UPLOAD_ARTIFACTS', () => this.#upload());
    return status === 'SUCCEEDED' ? uploaded : status;
  }

  /**
   * After a failed build phase comes post_build, after a failed install or pre_build nothing ("Build phase transitions"), unless
   * `on-failure` says otherwise. Artifacts are uploaded whatever became of build and post_build.
   */
  #goesOnAfter(name: CommandPhase): boolean {
    const onFailure = this.#spec?.phases[name]?.['on-failure'];
    return onFailure === undefined ? name === 'build' || name === 'post_build' : onFailure === 'CONTINUE';
  }

  async #phase(type: PhaseType, work: () => Promise<void>): Promise<BuildStatus> {
    this.#progress.enter(type);
    const failure = await this.#attempt(type, work);
    // What was cut short failed for the reason for which it was cut.
    const reason = type === 'FINALIZING' ? undefined : this.#interruption;
    const status = reason?.status ?? failure?.status ?? 'SUCCEEDED';
    const context = reason ?? failure;
    if (type !== 'PROVISIONING' && type !== 'FINALIZING') {
      this.#log.container(`Phase complete: ${type} State: ${status}`);
      this.#log.container(`Phase context status code: ${context?.statusCode ?? ''} Message: ${context?.message ?? ''}`);
    }
    this.#progress.leave(status, context === undefined ? undefined : { statusCode: context.statusCode, message: context.message });
    return status;
  }

  async #attempt(
    type: PhaseType,
    work: () => Promise<void>,
  ): Promise<{ status: BuildStatus; statusCode: string; message: string } | undefined> {
    if (this.#interruption !== undefined && type !== 'FINALIZING') return undefined;
    try {
      await work();
      return undefined;
    } catch (error) {
      if (error instanceof PhaseFailure) return { status: 'FAILED', statusCode: error.statusCode, message: error.message };
      console.error(`codebuild: ${type} of ${this.#build.arn} failed inside the local cloud:`, error);
      return { status: 'FAULT', statusCode: 'INTERNAL_SERVICE_ERROR', message: error instanceof Error ? error.message : String(error) };
    }
  }

  async #provision(): Promise<void> {
    const { cloud, roles, store } = this.#parts;
    const { id, arn, settings, log, pipeline } = this.#build;
    try {
      this.#session = roles.open(this.#build, settings.timeoutInMinutes * 60 + SESSION_MARGIN_S);
    } catch (error) {
      if (error instanceof AwsError)
        throw new PhaseFailure('ACCESS_DENIED', `CodeBuild is not authorized to assume the service role: ${error.message}`);
      throw error;
    }
    const { caller, credentials, url } = this.#session;
    if (log !== undefined) {
      await this.#openLog(log);
      this.#log.hide([credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken, url]);
    }
    const secondary = (pipeline?.inputs ?? []).map(({ name }) => name).filter((name) => name !== pipeline?.primaryInput);
    const tools = await this.#parts.tools();
    this.#workspace = await makeWorkspace(secondary, tools.npmrc, (await cloud.certificate).cert);
    store.workspaces.put(id, { buildId: id, buildArn: arn, path: this.#workspace.path, processGroups: [] });
    this.#log.container('Running on the local cloud');
    this.#log.container(`Session is ${caller.principal.arn} at ${cloud.endpoint}`);
  }

  async #openLog(log: { group: string; stream: string }): Promise<void> {
    const { cloud } = this.#parts;
    const { arn, settings } = this.#build;
    const { caller } = this.#openSession();
    try {
      await createLogStream(cloud, caller, log);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new PhaseFailure(
        'ACCESS_DENIED',
        `Service role ${settings.serviceRole} does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams for build ${arn}. Error message: ${error.message}`,
      );
    }
    this.#log = new BuildLog(cloud.clock, new LogDelivery(cloud, { caller, ...log, functionArn: arn }));
  }

  async #download(): Promise<void> {
    const { cloud, tools, cache } = this.#parts;
    const session = this.#openSession();
    const { caller, url } = session;
    const workspace = this.#openWorkspace();
    this.#log.container('Waiting for DOWNLOAD_SOURCE');
    const commit = await downloadSource(cloud, this.#build, workspace, session);
    if (commit !== undefined) this.#progress.change({ resolvedSourceVersion: commit });
    this.#log.container(`CODEBUILD_SRC_DIR=${workspace.source}`);
    const spec = await readBuildspec(this.#build, workspace.source, (line) => this.#log.container(line));
    this.#spec = spec;
    this.#log.container('Processing environment variables');
    const variables = await resolveVariables(cloud, this.#build, spec, caller);
    this.#log.hide(variables.secrets);
    if (this.#build.settings.cache?.modes?.includes('LOCAL_CUSTOM_CACHE')) {
      this.#cached = cacheOf(spec, workspace);
      await restoreCache(cache, this.#cached);
    }
    this.#log.container(`Moving to directory ${workspace.source}`);
    const { settings, pipeline } = this.#build;
    this.#shell = new BuildShell({
      shell: spec.env.shell.replace(/^\/bin\//, ''),
      directory: workspace.shell,
      cwd: workspace.source,
      env: buildEnvironment({
        cloud,
        build: this.#build,
        workspace,
        tools: await tools(),
        credentialsUrl: url,
        variables: variables.values,
        sourceUrl: pipeline === undefined ? (settings.source.location ?? '') : '',
      }),
      onLine: (line) => this.#log.line(line),
      onProcessGroup: (group) => this.#noteGroup(group),
    });
  }

  /** On disk before the first command runs in it, so that it can be ended after a kill of this process. */
  #noteGroup(group: number): void {
    const { store } = this.#parts;
    const known = store.workspaces.get(this.#build.id);
    if (known !== undefined) store.workspaces.put(this.#build.id, { ...known, processGroups: [...known.processGroups, group] });
  }

  async #commands(name: CommandPhase): Promise<void> {
    const phase = this.#spec?.phases[name];
    this.#log.container(`Entering phase ${name.toUpperCase()}`);
    if (phase === undefined) return;
    const failure = (await this.#runAll(phase.commands)) ?? undefined;
    const last = this.#interruption === undefined ? await this.#runAll(phase.finally) : undefined;
    if (failure ?? last) throw failure ?? last;
  }

  /** Runs commands until one fails, and answers why. */
  async #runAll(commands: readonly string[]): Promise<PhaseFailure | undefined> {
    for (const command of commands) {
      if (this.#interruption !== undefined) return undefined;
      this.#log.container(`Running command ${command}`);
      const code = (await this.#shell?.run(command)) ?? 1;
      if (code === 0 || this.#interruption !== undefined) continue;
      this.#log.container(`Command did not exit successfully ${command} exit status ${code}`);
      return new PhaseFailure('COMMAND_EXECUTION_ERROR', `Error while executing command: ${command}. Reason: exit status ${code}`);
    }
    return undefined;
  }

  async #upload(): Promise<void> {
    const spec = this.#spec;
    if (spec === undefined) return;
    await this.#exportVariables(spec);
    const told = (line: string) => this.#log.container(line);
    await uploadArtifacts(this.#parts.cloud, this.#build, spec, this.#openWorkspace().source, this.#openSession().caller, told);
  }

  /** After post_build they don't change any more ("Build specification reference for CodeBuild", exported-variables). */
  async #exportVariables(spec: Buildspec): Promise<void> {
    const names = spec.env['exported-variables'];
    const forbidden = names.filter((name) => name.startsWith('AWS_') || Object.hasOwn(spec.env['parameter-store'], name));
    const exported = (await this.#shell?.read(names.filter((name) => !forbidden.includes(name)))) ?? [];
    if (exported.length > 0) this.#progress.change({ exported });
  }

  async #finalize(): Promise<void> {
    this.#shell?.end();
    endStrays(this.#build.arn);
    this.#session?.close();
    if (this.#interruption === undefined) await saveCache(this.#parts.cache, this.#cached, this.#build.id);
  }

  async #cleanUp(): Promise<void> {
    if (this.#workspace === undefined) return;
    await removeWorkspace(this.#workspace.path);
    this.#parts.store.workspaces.delete(this.#build.id);
  }

  #openSession(): BuildSession {
    if (this.#session === undefined) throw new Error('the build has no session');
    return this.#session;
  }

  #openWorkspace(): Workspace {
    if (this.#workspace === undefined) throw new Error('the build has no workspace');
    return this.#workspace;
  }
}

function cacheOf(spec: Buildspec, workspace: Workspace): readonly CachedFolder[] {
  try {
    return cachedFolders(spec.cache?.paths ?? [], workspace);
  } catch (error) {
    if (error instanceof BuildspecError) throw new PhaseFailure('YAML_FILE_ERROR', error.message);
    throw error;
  }
}

/** The folder of a project's cache, below the service's own. */
export function cacheFolder(directory: string, projectName: string): string {
  return join(directory, 'cache', projectName);
}
