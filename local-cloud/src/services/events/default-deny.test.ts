import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createEvents } from './events-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createEvents]);
});
afterAll(() => test.stop());

const ResourceARN = `arn:aws:events:${REGION}:${ACCOUNT}:rule/r`;
/** An input of each operation. */
const INPUTS: Record<string, object> = {
  DeleteRule: { Name: 'r' },
  DescribeRule: { Name: 'r' },
  DisableRule: { Name: 'r' },
  EnableRule: { Name: 'r' },
  ListRules: {},
  ListTagsForResource: { ResourceARN },
  ListTargetsByRule: { Rule: 'r' },
  PutEvents: { Entries: [{}] },
  PutRule: { Name: 'r' },
  PutTargets: { Rule: 'r', Targets: [{ Id: 'x', Arn: 'x' }] },
  RemoveTargets: { Rule: 'r', Ids: ['x'] },
  TagResource: { ResourceARN, Tags: [] },
  TestEventPattern: { EventPattern: '', Event: '' },
  UntagResource: { ResourceARN, TagKeys: [] },
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(test.cloud.call('events', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: events:${operation} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('events')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
