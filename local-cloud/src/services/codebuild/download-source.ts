import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import { unzipTo } from './archive.ts';
import type { BuildRecord, PipelineArtifact, PipelineSide } from './build-record.ts';
import { downloadCommit } from './download-commit.ts';
import { PhaseFailure } from './phase-failure.ts';
import type { BuildSession } from './service-role.ts';
import type { Workspace } from './workspace.ts';

/**
 * Brings the source into the workspace with the service role's rights, and answers the commit where there is one. Throws PhaseFailure when
 * the role may not read it, or it isn't there.
 */
export async function downloadSource(
  cloud: Cloud,
  build: BuildRecord,
  workspace: Workspace,
  session: BuildSession,
): Promise<string | undefined> {
  if (build.pipeline !== undefined) {
    await downloadArtifacts(cloud, build.pipeline, workspace, session.caller);
    return build.resolvedSourceVersion;
  }
  return build.settings.source.type === 'CODECOMMIT' ? downloadCommit(cloud, build, workspace, session) : undefined;
}

async function downloadArtifacts(cloud: Cloud, pipeline: PipelineSide, workspace: Workspace, caller: Caller): Promise<void> {
  for (const input of pipeline.inputs) {
    const primary = input.name === pipeline.primaryInput;
    const folder = primary ? workspace.source : workspace.secondarySources[input.name];
    if (folder === undefined) throw new Error(`no folder was made for the input ${input.name}`);
    await unzipTo(await readArtifact(cloud, input, primary, caller), folder);
  }
}

async function readArtifact(cloud: Cloud, input: PipelineArtifact, primary: boolean, caller: Caller): Promise<Buffer> {
  try {
    const object = await cloud.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket: input.bucket, Key: input.key }, caller);
    return Buffer.from(object.Body);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const what = primary ? 'primary source' : `secondary source ${input.name}`;
    throw new PhaseFailure(
      'CLIENT_ERROR',
      `${error.code}: ${error.message} status code: ${error.httpStatus} for ${what} and source version arn:aws:s3:::${input.bucket}/${input.key}`,
    );
  }
}
