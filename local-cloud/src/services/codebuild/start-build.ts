import { randomUUID } from 'node:crypto';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';
import type { BuildQueue } from './build-queue.ts';
import { type BuildRecord, type PipelineSide, uuidOf } from './build-record.ts';
import type { BuildStoreOf } from './build-store.ts';
import { existingProject } from './project-operations.ts';
import { type EnvironmentVariable, isInlineBuildspec, type ProjectSettings, refuseSecrets } from './project-settings.ts';

/** "StartBuild": a request that is repeated with the same token within so long answers the same build. */
const TOKEN_LIFETIME_MS = 5 * 60_000;

/** What a start settles beyond the project's own. */
export interface BuildStart {
  readonly projectName: string;
  readonly variables: readonly EnvironmentVariable[];
  readonly initiator: string;
  readonly sourceVersion?: string | undefined;
  readonly resolvedSourceVersion?: string | undefined;
  readonly buildspec?: string | undefined;
  readonly timeoutInMinutes?: number | undefined;
  readonly queuedTimeoutInMinutes?: number | undefined;
  readonly idempotencyToken?: string | undefined;
  readonly pipeline?: PipelineSide;
}

/** Starts builds: makes the record, and gives it to the queue. */
export class BuildStarter {
  readonly #cloud: Cloud;
  readonly #storeOf: BuildStoreOf;
  readonly #queue: BuildQueue;

  constructor(cloud: Cloud, storeOf: BuildStoreOf, queue: BuildQueue) {
    this.#cloud = cloud;
    this.#storeOf = storeOf;
    this.#queue = queue;
  }

  /**
   * Starts a build of a project; it is on disk when this returns. Throws ResourceNotFoundException for an unknown project,
   * InvalidInputException where the project is a pipeline's and no pipeline starts it, or the other way round,
   * AccountLimitExceededException when as many builds of the project wait and run as it allows.
   */
  start(scope: Scope, start: BuildStart): BuildRecord {
    const store = this.#storeOf(scope);
    const project = existingProject(store, scope, start.projectName);
    const repeated = this.#repeated(scope, project.name, start.idempotencyToken);
    if (repeated !== undefined) return repeated;
    refuseSecrets(start.variables);
    const settings = settingsOf(project.settings, start);
    const unfinished = store.unfinished().filter(({ projectName }) => projectName === project.name);
    if (project.settings.concurrentBuildLimit !== undefined && unfinished.length >= project.settings.concurrentBuildLimit) {
      throw new AwsError(
        'AccountLimitExceededException',
        `Cannot have more than ${project.settings.concurrentBuildLimit} builds in queue for the project`,
      );
    }
    const uuid = randomUUID();
    const id = `${project.name}:${uuid}`;
    const logs = settings.logsConfig?.cloudWatchLogs;
    const stream = logs?.streamName === undefined ? uuid : `${logs.streamName}/${uuid}`;
    const build: BuildRecord = {
      id,
      arn: `arn:aws:codebuild:${scope.region}:${scope.account}:build/${id}`,
      projectName: project.name,
      number: project.builds + 1,
      settings,
      variables: start.variables,
      sourceVersion: start.sourceVersion ?? project.settings.sourceVersion,
      resolvedSourceVersion: start.resolvedSourceVersion,
      initiator: start.initiator,
      pipeline: start.pipeline,
      idempotencyToken: start.idempotencyToken,
      status: 'IN_PROGRESS',
      phases: [],
      start: this.#cloud.clock(),
      exported: [],
      ...(logs?.status === 'DISABLED' ? {} : { log: { group: logs?.groupName ?? `/aws/codebuild/${project.name}`, stream } }),
    };
    store.projects.put(project.name, { ...project, builds: build.number });
    store.putBuild(build);
    this.#queue.add(scope, build);
    return store.build(id) ?? build;
  }

  #repeated(scope: Scope, projectName: string, token: string | undefined): BuildRecord | undefined {
    if (token === undefined) return undefined;
    const store = this.#storeOf(scope);
    for (const id of store.buildIds(projectName).toReversed()) {
      const build = store.build(id);
      if (build === undefined || build.start < this.#cloud.clock() - TOKEN_LIFETIME_MS) return undefined;
      if (build.idempotencyToken === token) return build;
    }
    return undefined;
  }
}

function settingsOf(project: ProjectSettings, start: BuildStart): ProjectSettings {
  if ((project.source.type === 'CODEPIPELINE') !== (start.pipeline !== undefined)) {
    const why = start.pipeline === undefined ? 'is CODEPIPELINE: only a pipeline can start a build of it' : 'is not CODEPIPELINE';
    throw new AwsError('InvalidInputException', `The source type of project ${start.projectName} ${why}`);
  }
  if (start.buildspec !== undefined && project.source.type === 'NO_SOURCE' && !isInlineBuildspec(start.buildspec)) {
    throw new AwsError('InvalidInputException', 'Buildspec must be given as text for a project without a source');
  }
  return {
    ...project,
    source: { ...project.source, ...(start.buildspec === undefined ? {} : { buildspec: start.buildspec }) },
    timeoutInMinutes: start.timeoutInMinutes ?? project.timeoutInMinutes,
    queuedTimeoutInMinutes: start.queuedTimeoutInMinutes ?? project.queuedTimeoutInMinutes,
  };
}

/** The start of the same build again ("RetryBuild"). Throws NotCarriedOut for one that a pipeline has started: the pipeline retries it. */
export function sameAgain(build: BuildRecord, initiator: string, idempotencyToken: string | undefined): BuildStart {
  if (build.pipeline !== undefined)
    throw new NotCarriedOut(`RetryBuild of ${uuidOf(build)}, which a pipeline has started: retry its stage`);
  return {
    projectName: build.projectName,
    variables: build.variables,
    initiator,
    sourceVersion: build.sourceVersion,
    buildspec: build.settings.source.buildspec,
    timeoutInMinutes: build.settings.timeoutInMinutes,
    queuedTimeoutInMinutes: build.settings.queuedTimeoutInMinutes,
    idempotencyToken,
  };
}

/** Who started a build: `<role>/<session>`, or the service ("Build", initiator). */
export function initiatorOf(principal: Principal): string {
  if (principal.kind === 'role-session') return `${principal.roleName}/${principal.arn.split('/').at(-1)}`;
  return principal.kind === 'administrator' ? 'root' : principal.arn;
}
