import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCodeBuild } from './codebuild-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCodeBuild]);
});
afterAll(() => test.stop());

/** An input of each operation. */
const INPUTS: Record<string, unknown> = {
  BatchGetBuilds: { ids: ['p:1'] },
  BatchGetProjects: { names: ['p1'] },
  CreateProject: { name: 'p1', serviceRole: `arn:aws:iam::${ACCOUNT}:role/r` },
  DeleteProject: { name: 'p1' },
  ListBuilds: {},
  ListBuildsForProject: { projectName: 'p1' },
  ListProjects: {},
  RetryBuild: { id: 'p:1' },
  StartBuild: { projectName: 'p1' },
  StopBuild: { id: 'p:1' },
  UpdateProject: { name: 'p1' },
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(test.cloud.call('codebuild', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: codebuild:${operation} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('codebuild')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
