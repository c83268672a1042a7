import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCodeCommit } from './codecommit-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCodeCommit]);
});
afterAll(() => test.stop());

const repositoryName = 'r';
const commitId = 'a'.repeat(40);
const resourceArn = `arn:aws:codecommit:${REGION}:${ACCOUNT}:r`;
/** An input of each operation. */
const INPUTS: Record<string, object> = {
  BatchGetRepositories: { repositoryNames: ['r'] },
  CreateBranch: { repositoryName, branchName: 'b', commitId },
  CreatePullRequest: { title: 't', targets: [{ repositoryName, sourceReference: 'b' }] },
  CreateRepository: { repositoryName },
  DeleteBranch: { repositoryName, branchName: 'b' },
  DeleteRepository: { repositoryName },
  GetBranch: { repositoryName, branchName: 'b' },
  GetCommit: { repositoryName, commitId },
  GetDifferences: { repositoryName, afterCommitSpecifier: 'b' },
  GetFile: { repositoryName, filePath: 'f' },
  GetFolder: { repositoryName, folderPath: 'f' },
  GetPullRequest: { pullRequestId: '1' },
  GetRepository: { repositoryName },
  ListBranches: { repositoryName },
  ListPullRequests: { repositoryName },
  ListRepositories: {},
  ListTagsForResource: { resourceArn },
  MergePullRequestByFastForward: { pullRequestId: '1', repositoryName },
  TagResource: { resourceArn, tags: {} },
  UntagResource: { resourceArn, tagKeys: [] },
  UpdateDefaultBranch: { repositoryName, defaultBranchName: 'b' },
  UpdatePullRequestStatus: { pullRequestId: '1', pullRequestStatus: 'CLOSED' },
  UpdateRepositoryDescription: { repositoryName },
  UpdateRepositoryName: { oldName: 'r', newName: 's' },
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(test.cloud.call('codecommit', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: codecommit:${operation} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('codecommit')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
