import { z } from 'zod';
import type { Cloud } from '../../../kernel/cloud.ts';
import { resolveVariables } from '../variables.ts';
import { ActionFailed, type ActionOutcome, type ActionRun } from './action-run.ts';
import { codeBuildConfiguration } from './configurations.ts';

/** How often a build is looked at; its own event is heard before, as a rule. */
const POLL_ms = 1000;

const environmentVariables = z.array(
  z.strictObject({
    name: z.string().min(1),
    value: z.string(),
    type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).default('PLAINTEXT'),
  }),
);

const phase = z.object({
  phaseType: z.string(),
  phaseStatus: z.string().optional(),
  contexts: z.array(z.object({ statusCode: z.string().optional(), message: z.string().optional() })).optional(),
});
const buildsAnswer = z.object({
  builds: z.array(
    z.object({
      id: z.string(),
      buildStatus: z.string(),
      phases: z.array(phase).optional(),
      exportedEnvironmentVariables: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
      logs: z.object({ deepLink: z.string().optional() }).optional(),
    }),
  ),
});
type Build = z.output<typeof buildsAnswer>['builds'][number];

/**
 * Has CodeBuild run a project with the action's artifacts, and waits for its end (CodePipeline User Guide, "AWS CodeBuild build and test action
 * reference"). What the build exports becomes the action's variables.
 */
export async function runBuild(run: ActionRun): Promise<ActionOutcome> {
  const buildId = run.record.progress['buildId'] ?? (await startBuild(run));
  for (;;) {
    const build = await readBuild(run, buildId);
    if (build.buildStatus === 'SUCCEEDED') {
      return {
        externalId: buildId,
        ...(build.logs?.deepLink === undefined ? {} : { externalUrl: build.logs.deepLink }),
        variables: Object.fromEntries((build.exportedEnvironmentVariables ?? []).map(({ name, value }) => [name, value])),
      };
    }
    if (build.buildStatus !== 'IN_PROGRESS') throw new ActionFailed('JobFailed', failureOf(build));
    await nextLook(run.cloud, buildId, run.signal);
  }
}

/** The environment variables that an action gives its build, references resolved in each value. Throws ActionFailed for what is no such list. */
export function readEnvironmentVariables(
  text: string | undefined,
  resolve: (value: string) => string,
): z.output<typeof environmentVariables> {
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ActionFailed('ConfigurationError', 'EnvironmentVariables is not valid JSON');
  }
  const { data, error } = environmentVariables.safeParse(value);
  if (data === undefined) {
    const issue = error.issues[0];
    throw new ActionFailed('ConfigurationError', `EnvironmentVariables.${issue?.path.map(String).join('.')}: ${issue?.message}`);
  }
  return data.map((variable) => ({ ...variable, value: resolve(variable.value) }));
}

async function startBuild(run: ActionRun): Promise<string> {
  const { record, declaration, execution } = run;
  const { ProjectName, PrimarySource } = codeBuildConfiguration.parse(run.configuration);
  const primaryInput = PrimarySource ?? declaration.inputArtifacts[0]?.name ?? '';
  if (record.inputs[primaryInput] === undefined) {
    throw new ActionFailed('ConfigurationError', `PrimarySource ${primaryInput} is none of the action's input artifacts`);
  }
  const variables = { ...execution.variables, codepipeline: { PipelineExecutionId: execution.id } };
  const named = (places: typeof record.inputs) => Object.entries(places).map(([name, place]) => ({ name, ...place }));
  const encryptionKey = run.artifacts.encryptionKey;
  const revision = execution.revisions.find(({ artifact }) => artifact === primaryInput);
  const { buildId } = await run.partners.startPipelineBuild(
    run.cloud,
    {
      projectName: ProjectName,
      // Resolved value by value: a commit message may hold quotes.
      environmentVariables: readEnvironmentVariables(declaration.configuration['EnvironmentVariables'], (value) =>
        resolveVariables(value, variables),
      ),
      inputs: named(record.inputs),
      primaryInput,
      outputs: named(record.outputs),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
      initiator: `codepipeline/${execution.pipeline}`,
      ...(revision === undefined ? {} : { resolvedSourceVersion: revision.revisionId }),
    },
    run.caller,
  );
  run.keep({ buildId }, { externalId: buildId });
  return buildId;
}

async function readBuild({ cloud, caller }: ActionRun, buildId: string): Promise<Build> {
  // The trace ends with the start: a look every second is no part of it.
  const { traceHeader: _, ...untraced } = caller;
  const { builds } = buildsAnswer.parse(await cloud.call('codebuild', 'BatchGetBuilds', { ids: [buildId] }, untraced));
  const build = builds.find(({ id }) => id === buildId);
  if (build === undefined) throw new ActionFailed('JobFailed', `CodeBuild knows nothing of the build ${buildId}`);
  return build;
}

function failureOf({ buildStatus, phases = [] }: Build): string {
  const failed = phases.find(({ phaseStatus }) => phaseStatus !== undefined && !['SUCCEEDED', 'IN_PROGRESS'].includes(phaseStatus));
  const context = failed?.contexts?.find(({ message }) => message !== undefined && message !== '');
  const where = failed === undefined ? '' : ` Phase: ${failed.phaseType},`;
  const why = context === undefined ? '' : ` Code: ${context.statusCode ?? ''}, Message: ${context.message}`;
  return `Build terminated with state: ${buildStatus}.${where}${why}`.replace(/,$/, '');
}

const listening = new WeakMap<Cloud, Map<string, () => void>>();

/** Resolves when the build's state changed, after a while at the latest. */
async function nextLook(cloud: Cloud, buildId: string, signal: AbortSignal): Promise<void> {
  let waiting = listening.get(cloud);
  if (waiting === undefined) {
    const known = new Map<string, () => void>();
    listening.set(cloud, known);
    cloud.onEvent(({ source, detailType, detail }) => {
      if (source !== 'aws.codebuild' || detailType !== 'CodeBuild Build State Change') return;
      const arn = String(detail['build-id'] ?? '');
      known.get(arn.slice(arn.indexOf(':build/') + ':build/'.length))?.();
    });
    waiting = known;
  }
  const known = waiting;
  signal.throwIfAborted();
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(done, POLL_ms);
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        resolve();
      }
      signal.addEventListener('abort', stop, { once: true });
      known.set(buildId, done);
    });
  } finally {
    known.delete(buildId);
  }
}
