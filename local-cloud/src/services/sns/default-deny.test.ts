import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSns } from './sns-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createSns]);
  await test.cloud.call('sns', 'CreateTopic', { Name: 'events' }, test.caller());
});
afterAll(() => test.stop());

const TopicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:events`;
const SubscriptionArn = `${TopicArn}:1`;
/** An input of each operation, and the action that IAM asks for where it has another name. The default topic policy allows none. */
const INPUTS: Record<string, [input: unknown, action?: string]> = {
  AddPermission: [{ TopicArn, Label: 'x', AWSAccountId: [], ActionName: [] }],
  CreateTopic: [{ Name: 'other' }],
  DeleteTopic: [{ TopicArn }],
  GetSubscriptionAttributes: [{ SubscriptionArn }],
  GetTopicAttributes: [{ TopicArn }],
  ListSubscriptions: [{}],
  ListSubscriptionsByTopic: [{ TopicArn }],
  ListTagsForResource: [{ ResourceArn: TopicArn }],
  ListTopics: [{}],
  Publish: [{ TopicArn, Message: 'x' }],
  PublishBatch: [{ TopicArn, PublishBatchRequestEntries: [] }, 'Publish'],
  RemovePermission: [{ TopicArn, Label: 'x' }],
  SetSubscriptionAttributes: [{ SubscriptionArn, AttributeName: 'x' }],
  SetTopicAttributes: [{ TopicArn, AttributeName: 'x' }],
  Subscribe: [{ TopicArn, Protocol: 'sqs', Endpoint: 'x' }],
  TagResource: [{ ResourceArn: TopicArn, Tags: [] }],
  Unsubscribe: [{ SubscriptionArn }],
  UntagResource: [{ ResourceArn: TopicArn, TagKeys: [] }],
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, [input, action = operation]) => {
    await expect(test.cloud.call('sns', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: sns:${action} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('sns')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
