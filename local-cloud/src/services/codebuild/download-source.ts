import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { Caller } from '../../kernel/service.ts';
import { exportCommit } from '../codecommit/export-commit.ts';
import { unzipTo } from './archive.ts';
import type { BuildRecord, PipelineArtifact, PipelineSide } from './build-record.ts';
import { PhaseFailure } from './phase-failure.ts';
import { repositoryNameOf } from './project-settings.ts';
import type { Workspace } from './workspace.ts';

/**
 * Brings the source into the workspace with the service role's rights, and answers the commit where there is one. Throws PhaseFailure when
 * the role may not read it, or it isn't there.
 */
export async function downloadSource(cloud: Cloud, build: BuildRecord, workspace: Workspace, caller: Caller): Promise<string | undefined> {
  if (build.pipeline !== undefined) {
    await downloadArtifacts(cloud, build.pipeline, workspace, caller);
    return build.resolvedSourceVersion;
  }
  return build.settings.source.type === 'CODECOMMIT' ? downloadCommit(cloud, build, workspace, caller) : undefined;
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

/**
 * The tree of a branch, tag or commit of CodeCommit; without one, of the default branch. CodeBuild clones by git, which needs
 * codecommit:GitPull of the service role (CodeBuild User Guide, "Create a CodeBuild service role"); the tree alone comes here, without history.
 */
async function downloadCommit(cloud: Cloud, build: BuildRecord, workspace: Workspace, caller: Caller): Promise<string> {
  const repositoryName = repositoryNameOf(build.settings.source.location) ?? '';
  const { account, region } = caller;
  // What git fetches by GitPull is no call of the API: it is read as CodeBuild's own here, once the role may pull.
  const itself: Caller = { account, region, principal: administratorOf(account) };
  try {
    cloud.authorizer.authorize(caller, {
      action: 'codecommit:GitPull',
      resource: `arn:aws:codecommit:${region}:${account}:${repositoryName}`,
    });
    const commitId = await resolveCommit(cloud, repositoryName, build.sourceVersion ?? '', itself);
    await unzipTo(await exportCommit(cloud, { repositoryName, commitId }, itself), workspace.source);
    return commitId;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const version = build.sourceVersion === undefined ? '' : ` and source version ${build.sourceVersion}`;
    throw new PhaseFailure('CLIENT_ERROR', `${error.code}: ${error.message} for primary source${version}`);
  }
}

async function resolveCommit(cloud: Cloud, repositoryName: string, version: string, caller: Caller): Promise<string> {
  const name = version.replace(/\^\{(commit|\w+)\}$/, '').replace(/^refs\/heads\//, '');
  if (/^[0-9a-f]{40}$/.test(name)) {
    await cloud.call('codecommit', 'GetCommit', { repositoryName, commitId: name }, caller);
    return name;
  }
  const branchName = name === '' ? await defaultBranch(cloud, repositoryName, caller) : name;
  const { branch } = await cloud.call<{ branch: { commitId: string } }>('codecommit', 'GetBranch', { repositoryName, branchName }, caller);
  return branch.commitId;
}

async function defaultBranch(cloud: Cloud, repositoryName: string, caller: Caller): Promise<string> {
  type Answer = { repositoryMetadata: { defaultBranch?: string } };
  const { repositoryMetadata } = await cloud.call<Answer>('codecommit', 'GetRepository', { repositoryName }, caller);
  if (repositoryMetadata.defaultBranch === undefined) throw new AwsError('BranchDoesNotExistException', `${repositoryName} has no branch`);
  return repositoryMetadata.defaultBranch;
}
