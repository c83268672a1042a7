import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createSns } from './sns-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let sns: SNSClient;
let sqs: SQSClient;

beforeEach(async () => {
  test = await startTestCloud([createSqs, createSns, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  sns = new SNSClient(test.client);
  sqs = new SQSClient(test.client);
});

afterEach(async () => {
  for (const client of [stacks, sns, sqs]) client.destroy();
  await test.stop();
});

/** A topic, a queue that lets it in, and the subscription between, as CDK synthesizes them. */
function template(topic: object, subscription: object, Sid: string): string {
  return JSON.stringify({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: topic },
      TopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Sid,
                Effect: 'Deny',
                Principal: '*',
                Action: 'sns:Publish',
                Resource: { Ref: 'Topic' },
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
            Version: '2012-10-17',
          },
          Topics: [{ Ref: 'Topic' }],
        },
      },
      Queue: { Type: 'AWS::SQS::Queue' },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'sns.amazonaws.com' },
                Action: 'sqs:SendMessage',
                Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
                Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'Topic' } } },
              },
            ],
            Version: '2012-10-17',
          },
          Queues: [{ Ref: 'Queue' }],
        },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: ['QueuePolicy'],
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'sqs',
          Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          Region: REGION,
          ...subscription,
        },
      },
    },
    Outputs: {
      TopicArn: { Value: { Ref: 'Topic' } },
      TopicName: { Value: { 'Fn::GetAtt': ['Topic', 'TopicName'] } },
      QueueUrl: { Value: { Ref: 'Queue' } },
      SubscriptionArn: { Value: { Ref: 'Subscription' } },
    },
  });
}

async function settled(status: string): Promise<Record<string, string>> {
  return vi.waitFor(
    async () => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'topics' }));
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'topics' }));
      expect(stack?.StackStatus, JSON.stringify(StackEvents.map((event) => event.ResourceStatusReason))).toBe(status);
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    { timeout: 10_000 },
  );
}

it('makes, changes and deletes a topic that delivers to a queue', async () => {
  const raw = { RawMessageDelivery: true };
  await stacks.send(
    new CreateStackCommand({ StackName: 'topics', TemplateBody: template({ DisplayName: 'Device events' }, raw, 'First') }),
  );
  const { TopicArn = '', TopicName = '', QueueUrl, SubscriptionArn = '' } = await settled('CREATE_COMPLETE');
  expect(TopicName).toMatch(/^topics-Topic-\w+$/);
  expect(TopicArn.endsWith(`:${TopicName}`)).toBe(true);
  const publishAndReceive = async (Message: string, state: string) => {
    const MessageAttributes = { state: { DataType: 'String', StringValue: state } };
    await sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    return Messages.map(({ Body }) => Body);
  };
  expect(await publishAndReceive('one', 'run')).toEqual(['one']);
  const attributes = async () => (await sns.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes ?? {};
  expect(await attributes()).toMatchObject({ DisplayName: 'Device events', Policy: expect.stringContaining('First') });

  const filtered = { ...raw, FilterPolicy: { state: ['fault'] } };
  await stacks.send(new UpdateStackCommand({ StackName: 'topics', TemplateBody: template({}, filtered, 'Second') }));
  expect(await settled('UPDATE_COMPLETE')).toMatchObject({ TopicArn, SubscriptionArn });
  expect(await attributes()).toMatchObject({ DisplayName: '', Policy: expect.stringContaining('Second') });
  await sns.send(new PublishCommand({ TopicArn, Message: 'unwanted' }));
  expect(await publishAndReceive('two', 'fault')).toEqual(['two']);

  await stacks.send(new UpdateStackCommand({ StackName: 'topics', TemplateBody: template({}, {}, 'Second') }));
  await settled('UPDATE_COMPLETE');
  const subscribed = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  expect(subscribed.Attributes).toMatchObject({ RawMessageDelivery: 'false' });
  expect(subscribed.Attributes).not.toHaveProperty('FilterPolicy');

  await stacks.send(new DeleteStackCommand({ StackName: 'topics' }));
  await expect.poll(async () => (await sns.send(new ListTopicsCommand({}))).Topics, { timeout: 10_000 }).toEqual([]);
  expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toEqual([]);
});
