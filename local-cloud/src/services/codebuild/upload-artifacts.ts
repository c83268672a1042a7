import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';
import { zipFiles } from './archive.ts';
import { ArtifactError, selectFiles } from './artifacts.ts';
import type { BuildRecord } from './build-record.ts';
import type { ArtifactSpec, Buildspec } from './buildspec.ts';
import { PhaseFailure } from './phase-failure.ts';

/**
 * Zips what the buildspec names as artifacts and puts it where the pipeline wants it, with the service role's rights. One output of a
 * pipeline is the `artifacts` of the buildspec, of several each is one of its `secondary-artifacts` (CodePipeline User Guide, "AWS CodeBuild
 * build and test action reference"). Throws PhaseFailure when nothing matches, or the role may not write.
 */
export async function uploadArtifacts(
  cloud: Cloud,
  build: BuildRecord,
  spec: Buildspec,
  source: string,
  caller: Caller,
  told: (line: string) => void,
): Promise<void> {
  const { outputs = [] } = build.pipeline ?? {};
  for (const output of outputs) {
    const files = await filesOf(output.name, outputs.length === 1, spec, source, told);
    const Body = await zipFiles(files);
    try {
      await cloud.call('s3', 'PutObject', { Bucket: output.bucket, Key: output.key, Body }, caller);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new PhaseFailure(
        'CLIENT_ERROR',
        `Error in UPLOAD_ARTIFACTS phase: ${error.code}: ${error.message} status code: ${error.httpStatus} for arn:aws:s3:::${output.bucket}/${output.key}`,
      );
    }
  }
}

async function filesOf(name: string, single: boolean, spec: Buildspec, source: string, told: (line: string) => void) {
  try {
    return await selectFiles(source, artifactOf(name, single, spec), told);
  } catch (error) {
    if (error instanceof ArtifactError) throw new PhaseFailure('CLIENT_ERROR', error.message);
    throw error;
  }
}

function artifactOf(name: string, single: boolean, spec: Buildspec): ArtifactSpec {
  const { artifacts } = spec;
  const secondary = artifacts?.['secondary-artifacts'] ?? {};
  const found = Object.hasOwn(secondary, name) ? secondary[name] : undefined;
  if (found !== undefined) return found;
  if (single && artifacts?.files !== undefined) return { ...artifacts, files: artifacts.files };
  throw new ArtifactError(`no artifact of the buildspec is the pipeline's output ${name}`);
}
