import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';

/** Of the API's environment variable names: what a POSIX shell can hold. */
export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be letters, digits and _, not beginning with a digit');

const environmentVariable = z.strictObject({
  name: variableName,
  value: z.string(),
  type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).default('PLAINTEXT'),
});
export const environmentVariables = z.array(environmentVariable);
export type EnvironmentVariable = z.output<typeof environmentVariable>;

/** "StartBuild", timeoutInMinutesOverride and queuedTimeoutInMinutesOverride. */
export const timeoutMinutes = z.number().int().min(5).max(2160);
export const queuedTimeoutMinutes = z.number().int().min(5).max(480);

const source = z.strictObject({
  type: z.string(),
  location: z.string().optional(),
  /** The text of a buildspec, or the path of one within the source. */
  buildspec: z.string().optional(),
  gitCloneDepth: z.number().int().min(0).optional(),
  gitSubmodulesConfig: z.strictObject({ fetchSubmodules: z.boolean() }).optional(),
});

const environment = z.strictObject({
  type: z.string(),
  image: z.string().min(1),
  computeType: z.string(),
  privilegedMode: z.boolean().default(false),
  imagePullCredentialsType: z.enum(['CODEBUILD', 'SERVICE_ROLE']).optional(),
  environmentVariables: environmentVariables.default([]),
});

const cache = z.strictObject({ type: z.string(), modes: z.array(z.string()).optional() });

const logsConfig = z.strictObject({
  cloudWatchLogs: z
    .strictObject({ status: z.enum(['ENABLED', 'DISABLED']), groupName: z.string().optional(), streamName: z.string().optional() })
    .optional(),
  s3Logs: z.strictObject({ status: z.enum(['ENABLED', 'DISABLED']) }).optional(),
});

/** What CreateProject and UpdateProject take (CodeBuild API Reference, "CreateProject"), but for the name. */
export const projectMembers = {
  description: z.string().max(255).optional(),
  source: source.optional(),
  sourceVersion: z.string().optional(),
  artifacts: z.strictObject({ type: z.string() }).optional(),
  cache: cache.optional(),
  environment: environment.optional(),
  serviceRole: z.string().optional(),
  timeoutInMinutes: timeoutMinutes.optional(),
  queuedTimeoutInMinutes: queuedTimeoutMinutes.optional(),
  encryptionKey: z.string().optional(),
  tags: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
  badgeEnabled: z.literal(false, 'a badge is not carried out by the local cloud').optional(),
  logsConfig: logsConfig.optional(),
  concurrentBuildLimit: z.number().int().optional(),
};
const projectInput = z.strictObject(projectMembers);
type ProjectInput = z.output<typeof projectInput>;

/** A project's settings when all that it must have is there. */
export interface ProjectSettings extends ProjectInput {
  readonly source: z.output<typeof source>;
  readonly artifacts: { readonly type: string };
  readonly environment: z.output<typeof environment>;
  readonly serviceRole: string;
  readonly timeoutInMinutes: number;
  readonly queuedTimeoutInMinutes: number;
}

const SOURCES = ['CODECOMMIT', 'CODEPIPELINE', 'NO_SOURCE'];
const ARTIFACTS = ['CODEPIPELINE', 'NO_ARTIFACTS'];
const ENVIRONMENTS = ['LINUX_CONTAINER', 'ARM_CONTAINER'];
/** "Build environment compute modes and types", for containers on Linux. */
const COMPUTE_TYPES = ['SMALL', 'MEDIUM', 'LARGE', 'XLARGE', '2XLARGE'].map((size) => `BUILD_GENERAL1_${size}`);

/**
 * The settings of a project, complete and with AWS's defaults: 60 minutes for a build, 480 in the queue. Throws InvalidInputException
 * where something is missing, and NotCarriedOut with the name of a value that the local cloud doesn't carry out.
 */
export function projectSettings(given: ProjectInput): ProjectSettings {
  const needed = <T>(value: T | undefined, name: string): T => {
    if (value === undefined) throw new AwsError('InvalidInputException', `Project ${name} is required`);
    return value;
  };
  const settings: ProjectSettings = {
    ...given,
    source: needed(given.source, 'source'),
    artifacts: needed(given.artifacts, 'artifacts'),
    environment: needed(given.environment, 'environment'),
    serviceRole: needed(given.serviceRole, 'serviceRole'),
    timeoutInMinutes: given.timeoutInMinutes ?? 60,
    queuedTimeoutInMinutes: given.queuedTimeoutInMinutes ?? 480,
  };
  refuse('source.type', settings.source.type, SOURCES);
  refuse('artifacts.type', settings.artifacts.type, ARTIFACTS);
  refuse('environment.type', settings.environment.type, ENVIRONMENTS);
  refuse('environment.computeType', settings.environment.computeType, COMPUTE_TYPES);
  refuse('cache.type', settings.cache?.type ?? 'NO_CACHE', ['NO_CACHE', 'LOCAL']);
  for (const mode of settings.cache?.modes ?? []) refuse('cache.modes', mode, ['LOCAL_SOURCE_CACHE', 'LOCAL_CUSTOM_CACHE']);
  refuse('logsConfig.s3Logs.status', settings.logsConfig?.s3Logs?.status ?? 'DISABLED', ['DISABLED']);
  if (settings.environment.privilegedMode)
    throw new NotCarriedOut('"environment.privilegedMode" true of codebuild: there is no Docker here');
  if (settings.source.gitSubmodulesConfig?.fetchSubmodules) throw new NotCarriedOut('"source.gitSubmodulesConfig" of codebuild');
  refuseSecrets(settings.environment.environmentVariables);
  const { source: from, artifacts } = settings;
  if ((from.type === 'CODEPIPELINE') !== (artifacts.type === 'CODEPIPELINE')) {
    throw new AwsError('InvalidInputException', 'Source and artifacts must both be CODEPIPELINE, or neither of them');
  }
  if (from.type === 'CODECOMMIT' && repositoryNameOf(from.location) === undefined) {
    throw new AwsError('InvalidInputException', 'Invalid project source: location must be the clone URL of a CodeCommit repository');
  }
  if (from.type === 'NO_SOURCE' && !isInlineBuildspec(from.buildspec)) {
    throw new AwsError('InvalidInputException', 'Buildspec must be given as text for a project without a source');
  }
  return settings;
}

/** Throws NotCarriedOut for a variable out of Secrets Manager, which isn't here. */
export function refuseSecrets(variables: readonly EnvironmentVariable[]): void {
  for (const { name, type } of variables) {
    if (type === 'SECRETS_MANAGER') throw new NotCarriedOut(`the environment variable "${name}" of type SECRETS_MANAGER of codebuild`);
  }
}

/** The repository's name in a clone URL such as `https://git-codecommit.us-east-2.amazonaws.com/v1/repos/ingest-repo`. */
export function repositoryNameOf(location: string | undefined): string | undefined {
  return /^https?:\/\/[^/]+\/(?:.*\/)?v1\/repos\/([\w.-]+)\/?$/.exec(location ?? '')?.[1];
}

/** Whether a project's `buildspec` is the text itself and not the path of a file of the source. */
export function isInlineBuildspec(buildspec: string | undefined): buildspec is string {
  return buildspec !== undefined && (/^\s*\{/.test(buildspec) || /[\n\r]/.test(buildspec) || /^\s*version\s*:/.test(buildspec));
}

function refuse(member: string, value: string, carriedOut: readonly string[]): void {
  if (!carriedOut.includes(value)) throw new NotCarriedOut(`"${member}" ${value} of codebuild (carried out: ${carriedOut.join(', ')})`);
}
