import {
  CreatePullRequestCommand,
  GetBranchCommand,
  GetPullRequestCommand,
  ListPullRequestsCommand,
  MergePullRequestByFastForwardCommand,
  UpdatePullRequestStatusCommand,
} from '@aws-sdk/client-codecommit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CodeCommitBench } from './testing/codecommit-bench.ts';

let bench: CodeCommitBench;
beforeAll(async () => {
  bench = await CodeCommitBench.start();
});
afterAll(() => bench.stop());

/** A repository with main and a branch one commit ahead of it, and a pull request between them. */
async function opened() {
  const repositoryName = await bench.repository();
  const clone = await bench.git.clone(bench.url(repositoryName), repositoryName);
  const base = await bench.git.commit(clone, { 'a.txt': 'a' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
  await bench.git.run(clone, 'switch', '--quiet', '-c', 'feature');
  const ahead = await bench.git.commit(clone, { 'b.txt': 'b' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'feature');
  const { pullRequest } = await bench.client.send(
    new CreatePullRequestCommand({ title: 'Add b', targets: [{ repositoryName, sourceReference: 'feature' }] }),
  );
  const pullRequestId = pullRequest?.pullRequestId ?? '';
  const get = async () => (await bench.client.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest;
  const main = async () => (await bench.client.send(new GetBranchCommand({ repositoryName, branchName: 'main' }))).branch?.commitId;
  return { repositoryName, clone, base, ahead, pullRequestId, get, main };
}
const told = (repositoryName: string) =>
  bench.events
    .filter(
      ({ detailType, resources }) => detailType === 'CodeCommit Pull Request State Change' && resources.includes(bench.arn(repositoryName)),
    )
    .map(({ detail }) => detail);

it('is opened, follows its branch and is merged by fast-forward', async () => {
  const { repositoryName, clone, base, ahead, pullRequestId, get, main } = await opened();
  expect(await get()).toMatchObject({
    title: 'Add b',
    pullRequestStatus: 'OPEN',
    pullRequestTargets: [
      {
        repositoryName,
        sourceReference: 'refs/heads/feature',
        destinationReference: 'refs/heads/main',
        sourceCommit: ahead,
        destinationCommit: base,
        mergeBase: base,
        mergeMetadata: { isMerged: false },
      },
    ],
  });
  const further = await bench.git.commit(clone, { 'c.txt': 'c' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'feature');
  expect((await get())?.pullRequestTargets?.[0]?.sourceCommit).toBe(further);

  const merge = { pullRequestId, repositoryName };
  await expect(bench.client.send(new MergePullRequestByFastForwardCommand({ ...merge, sourceCommitId: ahead }))).rejects.toMatchObject({
    name: 'TipOfSourceReferenceIsDifferentException',
  });
  await bench.client.send(new MergePullRequestByFastForwardCommand({ ...merge, sourceCommitId: further }));
  expect(await main()).toBe(further);
  expect(await get()).toMatchObject({
    pullRequestStatus: 'CLOSED',
    pullRequestTargets: [{ mergeMetadata: { isMerged: true, mergeCommitId: further, mergeOption: 'FAST_FORWARD_MERGE' } }],
  });
  expect(told(repositoryName)).toMatchObject([
    {
      event: 'pullRequestCreated',
      pullRequestStatus: 'Open',
      isMerged: 'False',
      sourceCommit: ahead,
      destinationReference: 'refs/heads/main',
    },
    { event: 'pullRequestSourceBranchUpdated', sourceCommit: further },
    { event: 'pullRequestMergeStatusUpdated', pullRequestStatus: 'Closed', isMerged: 'True' },
  ]);
  expect(bench.told(repositoryName)).toContainEqual(
    expect.objectContaining({ event: 'referenceUpdated', referenceName: 'main', commitId: further, oldCommitId: base }),
  );
  await expect(bench.client.send(new MergePullRequestByFastForwardCommand(merge))).rejects.toMatchObject({
    name: 'PullRequestAlreadyClosedException',
  });
});

it('is not merged by fast-forward when main went on', async () => {
  const { repositoryName, clone, pullRequestId, main } = await opened();
  await bench.git.run(clone, 'switch', '--quiet', 'main');
  const other = await bench.git.commit(clone, { 'd.txt': 'd' });
  await bench.git.run(clone, 'push', '--quiet', 'origin', 'main');
  await expect(bench.client.send(new MergePullRequestByFastForwardCommand({ pullRequestId, repositoryName }))).rejects.toMatchObject({
    name: 'ManualMergeRequiredException',
  });
  expect(await main()).toBe(other);
});

it('is closed without a merge, and listed by its status', async () => {
  const { repositoryName, pullRequestId, get } = await opened();
  const list = async (pullRequestStatus: 'OPEN' | 'CLOSED') =>
    (await bench.client.send(new ListPullRequestsCommand({ repositoryName, pullRequestStatus }))).pullRequestIds;
  expect(await list('OPEN')).toEqual([pullRequestId]);
  await bench.client.send(new UpdatePullRequestStatusCommand({ pullRequestId, pullRequestStatus: 'CLOSED' }));
  expect([await list('OPEN'), await list('CLOSED')]).toEqual([[], [pullRequestId]]);
  expect(await get()).toMatchObject({ pullRequestStatus: 'CLOSED' });
  expect(told(repositoryName).at(-1)).toMatchObject({ event: 'pullRequestStatusChanged', pullRequestStatus: 'Closed', isMerged: 'False' });
  await expect(bench.client.send(new UpdatePullRequestStatusCommand({ pullRequestId, pullRequestStatus: 'OPEN' }))).rejects.toMatchObject({
    name: 'InvalidPullRequestStatusUpdateException',
  });
});

it('is merged by nobody whom a policy keeps from that branch', async () => {
  const { repositoryName, pullRequestId, main, base } = await opened();
  const { AccessKeyId, SessionToken } = await bench.session(
    'merger',
    { Effect: 'Allow', Action: 'codecommit:*', Resource: '*' },
    {
      Effect: 'Deny',
      Action: 'codecommit:MergePullRequestByFastForward',
      Resource: '*',
      Condition: { StringEqualsIfExists: { 'codecommit:References': ['refs/heads/main'] } },
    },
  );
  const { cloud } = bench.cloud;
  const caller = bench.cloud.caller(cloud.authorizer.identify(AccessKeyId, SessionToken));
  await expect(cloud.call('codecommit', 'MergePullRequestByFastForward', { pullRequestId, repositoryName }, caller)).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
  expect(await main()).toBe(base);
});

it('that there is not is told so', async () => {
  await expect(bench.client.send(new GetPullRequestCommand({ pullRequestId: '999999' }))).rejects.toMatchObject({
    name: 'PullRequestDoesNotExistException',
  });
  const repositoryName = await bench.repository();
  const targets = [{ repositoryName, sourceReference: 'none', destinationReference: 'main' }];
  await expect(bench.client.send(new CreatePullRequestCommand({ title: 'x', targets }))).rejects.toMatchObject({
    name: 'ReferenceDoesNotExistException',
  });
});
