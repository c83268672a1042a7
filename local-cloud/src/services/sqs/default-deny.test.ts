import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSqs } from './sqs-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createSqs]);
  await test.cloud.call('sqs', 'CreateQueue', { QueueName: 'q' }, test.caller());
});
afterAll(() => test.stop());

const QueueUrl = `/${ACCOUNT}/q`;
const Entries: unknown[] = [];
const SourceArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:q`;
/** An input of each operation, and the action that IAM asks for where it has another name. */
const INPUTS: Record<string, [input: unknown, action?: string]> = {
  CancelMessageMoveTask: [{ TaskHandle: 'x' }],
  ChangeMessageVisibility: [{ QueueUrl, ReceiptHandle: 'x', VisibilityTimeout: 1 }],
  ChangeMessageVisibilityBatch: [{ QueueUrl, Entries }, 'ChangeMessageVisibility'],
  CreateQueue: [{ QueueName: 'other' }],
  DeleteMessage: [{ QueueUrl, ReceiptHandle: 'x' }],
  DeleteMessageBatch: [{ QueueUrl, Entries }, 'DeleteMessage'],
  DeleteQueue: [{ QueueUrl }],
  GetQueueAttributes: [{ QueueUrl }],
  GetQueueUrl: [{ QueueName: 'q' }],
  ListDeadLetterSourceQueues: [{ QueueUrl }],
  ListMessageMoveTasks: [{ SourceArn }],
  ListQueueTags: [{ QueueUrl }],
  ListQueues: [{}],
  PurgeQueue: [{ QueueUrl }],
  ReceiveMessage: [{ QueueUrl }],
  SendMessage: [{ QueueUrl, MessageBody: 'x' }],
  SendMessageBatch: [{ QueueUrl, Entries }, 'SendMessage'],
  SetQueueAttributes: [{ QueueUrl, Attributes: {} }],
  StartMessageMoveTask: [{ SourceArn }],
  TagQueue: [{ QueueUrl, Tags: {} }],
  UntagQueue: [{ QueueUrl, TagKeys: [] }],
};

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, [input, action = operation]) => {
    await expect(test.cloud.call('sqs', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: sqs:${action} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(test.cloud.service('sqs')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });
});
