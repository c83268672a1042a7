import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, ListQueuesCommand, ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createSqs } from './sqs-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let sqs: SQSClient;

beforeEach(async () => {
  test = await startTestCloud([createSqs, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  sqs = new SQSClient(test.client);
});

afterEach(async () => {
  stacks.destroy();
  sqs.destroy();
  await test.stop();
});

/** As infra-repo's WorkQueue synthesizes. */
function template(workQueue: object, statement: object): string {
  return JSON.stringify({
    Resources: {
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true } },
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 },
          ...workQueue,
        },
      },
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { PolicyDocument: { Statement: [statement], Version: '2012-10-17' }, Queues: [{ Ref: 'Work' }] },
      },
    },
    Outputs: {
      Url: { Value: { Ref: 'Work' } },
      Arn: { Value: { 'Fn::GetAtt': ['Work', 'Arn'] } },
      Name: { Value: { 'Fn::GetAtt': ['Work', 'QueueName'] } },
    },
  });
}

async function settled(status: string): Promise<Record<string, string>> {
  return vi.waitFor(
    async () => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'messages' }));
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'messages' }));
      expect(stack?.StackStatus, JSON.stringify(StackEvents.map((event) => event.ResourceStatusReason))).toBe(status);
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    { timeout: 10_000 },
  );
}

it('makes, changes and deletes queues with their policies', async () => {
  const allow = { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' };
  await stacks.send(
    new CreateStackCommand({
      StackName: 'messages',
      TemplateBody: template({ VisibilityTimeout: 185, Tags: [{ Key: 'own', Value: 'yes' }] }, allow),
      Tags: [{ Key: 'repo', Value: 'ingest' }],
    }),
  );
  const { Url = '', Arn, Name } = await settled('CREATE_COMPLETE');
  expect(Url).toBe(`${test.endpoint}/${ACCOUNT}/${Name}`);
  expect(Arn).toBe(`arn:aws:sqs:${REGION}:${ACCOUNT}:${Name}`);
  expect(Name).toMatch(/^messages-Work-\w+$/);
  const read = async () => (await sqs.send(new GetQueueAttributesCommand({ QueueUrl: Url, AttributeNames: ['All'] }))).Attributes ?? {};
  const made = await read();
  expect(made).toMatchObject({ VisibilityTimeout: '185' });
  expect(JSON.parse(made['RedrivePolicy'] ?? '')).toMatchObject({ maxReceiveCount: 5 });
  expect(JSON.parse(made['Policy'] ?? '')).toMatchObject({ Statement: [{ Effect: 'Allow' }] });
  const tags = async () => (await sqs.send(new ListQueueTagsCommand({ QueueUrl: Url }))).Tags;
  expect(await tags()).toMatchObject({ own: 'yes', repo: 'ingest' });

  const deny = { ...allow, Effect: 'Deny', Principal: '*' };
  await stacks.send(
    new UpdateStackCommand({
      StackName: 'messages',
      TemplateBody: template({ DelaySeconds: '7' }, deny),
      Tags: [{ Key: 'repo', Value: 'ingest' }],
    }),
  );
  expect(await settled('UPDATE_COMPLETE')).toMatchObject({ Url });
  // What is no longer in the template has its default again.
  const changed = await read();
  expect(changed).toMatchObject({ VisibilityTimeout: '30', DelaySeconds: '7' });
  expect(JSON.parse(changed['Policy'] ?? '')).toMatchObject({ Statement: [{ Effect: 'Deny' }] });
  expect(await tags()).not.toHaveProperty('own');

  await stacks.send(new DeleteStackCommand({ StackName: 'messages' }));
  await expect.poll(async () => (await sqs.send(new ListQueuesCommand({}))).QueueUrls, { timeout: 10_000 }).toBeUndefined();
});

it('refuses a property that is not carried out, by name', async () => {
  const TemplateBody = JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } } });
  await expect(stacks.send(new CreateStackCommand({ StackName: 'messages', TemplateBody }))).rejects.toMatchObject({
    message: expect.stringContaining('the property FifoQueue of AWS::SQS::Queue'),
  });
});
