import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import type { PipelineArtifact } from './build-record.ts';
import { projectArn } from './project-operations.ts';
import { environmentVariables } from './project-settings.ts';
import type { BuildStarter } from './start-build.ts';

/** What starts builds on each cloud; the service sets it. */
export const pipelineBuilds = new WeakMap<Cloud, BuildStarter>();

/** What CodePipeline's CodeBuild action hands over. */
export interface PipelineBuild {
  readonly projectName: string;
  /** As the action's configuration has them, once its own variables are filled in: `{name, value, type?}`. */
  readonly environmentVariables: readonly { readonly name: string; readonly value: string; readonly type?: string | undefined }[];
  readonly inputs: readonly PipelineArtifact[];
  /** The name of the input that is the source; it may be left out where there is one. */
  readonly primaryInput?: string | undefined;
  readonly outputs: readonly PipelineArtifact[];
  readonly encryptionKey?: string | undefined;
  /** `codepipeline/<pipeline>` */
  readonly initiator: string;
  /** The commit from which the primary input was made: CODEBUILD_RESOLVED_SOURCE_VERSION. */
  readonly resolvedSourceVersion?: string | undefined;
  /** Two starts with the same one within 5 minutes are one build, such as after a kill between the start and its note. */
  readonly idempotencyToken?: string | undefined;
}

/**
 * Starts a build of a project with source and artifacts CODEPIPELINE, in the caller's account and region. The caller needs
 * codebuild:StartBuild; artifacts are read and written with the rights of the project's own service role. Throws what StartBuild throws.
 */
export async function startPipelineBuild(cloud: Cloud, build: PipelineBuild, caller: Caller): Promise<{ buildId: string }> {
  const starter = pipelineBuilds.get(cloud);
  if (starter === undefined) throw new Error('no CodeBuild on this cloud');
  cloud.authorizer.authorize(caller, { action: 'codebuild:StartBuild', resource: projectArn(caller, build.projectName) });
  const [first] = build.inputs;
  const primaryInput = build.primaryInput ?? first?.name ?? '';
  const primary = build.inputs.find(({ name }) => name === primaryInput);
  if (primary === undefined) throw new Error(`the primary input ${primaryInput} is none of the build's inputs`);
  const { id } = starter.start(caller, {
    projectName: build.projectName,
    variables: environmentVariables.parse(build.environmentVariables),
    initiator: build.initiator,
    sourceVersion: `arn:aws:s3:::${primary.bucket}/${primary.key}`,
    resolvedSourceVersion: build.resolvedSourceVersion,
    idempotencyToken: build.idempotencyToken,
    pipeline: { inputs: build.inputs, primaryInput, outputs: build.outputs, encryptionKey: build.encryptionKey },
  });
  return { buildId: id };
}
