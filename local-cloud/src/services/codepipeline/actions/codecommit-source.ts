import { z } from 'zod';
import type { ActionOutcome, ActionRun } from './action-run.ts';
import { ActionFailed } from './action-run.ts';
import { codeCommitConfiguration } from './configurations.ts';

const branchAnswer = z.object({ branch: z.object({ commitId: z.string() }) });
const signature = z.object({ date: z.string().optional() }).optional();
const commitAnswer = z.object({ commit: z.object({ message: z.string().optional(), author: signature, committer: signature }) });

/**
 * Takes the head of a branch, or the commit that the execution was started with, as the pipeline's source (CodePipeline User Guide, "CodeCommit
 * source action reference"). Its variables are those of "Variables available for pipeline actions".
 */
export async function takeSource(run: ActionRun): Promise<ActionOutcome> {
  const { cloud, caller, execution, declaration, record } = run;
  const { RepositoryName: repositoryName, BranchName: branchName } = codeCommitConfiguration.parse(run.configuration);
  const given = execution.overrides[declaration.name];
  const commitId =
    given ?? branchAnswer.parse(await cloud.call('codecommit', 'GetBranch', { repositoryName, branchName }, caller)).branch.commitId;
  const { commit } = commitAnswer.parse(await cloud.call('codecommit', 'GetCommit', { repositoryName, commitId }, caller));
  const zip = await run.partners.exportCommit(cloud, { repositoryName, commitId }, caller);
  for (const place of Object.values(record.outputs)) await run.artifacts.put(place, zip, caller);
  const message = commit.message ?? '';
  return {
    externalId: commitId,
    summary: message,
    revision: {
      revisionId: commitId,
      summary: message,
      url: `https://${run.scope.region}.console.aws.amazon.com/codecommit/home?region=${run.scope.region}#/repository/${repositoryName}/commit/${commitId}`,
      created_ms: dateOf(commit.committer?.date) ?? cloud.clock(),
    },
    variables: {
      RepositoryName: repositoryName,
      BranchName: branchName,
      CommitId: commitId,
      CommitMessage: message,
      AuthorDate: isoDate(commit.author?.date),
      CommitterDate: isoDate(commit.committer?.date),
    },
  };
}

/** Seconds since 1970 with an offset, as CodeCommit writes them (CodeCommit API Reference, "UserInfo"), or any date that can be read. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^(\d+)(?: [+-]\d{4})?$/.exec(text)?.[1];
  const time_ms = seconds === undefined ? Date.parse(text) : Number(seconds) * 1000;
  if (Number.isNaN(time_ms)) throw new ActionFailed('JobFailed', `CodeCommit answered a date that can't be read: ${text}`);
  return time_ms;
}

function isoDate(text: string | undefined): string {
  const time_ms = dateOf(text);
  return time_ms === undefined ? '' : new Date(time_ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
