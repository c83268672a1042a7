import { CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Cloud } from '../../kernel/cloud.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createLambda } from '../lambda/lambda-service.ts';
import { zipFile } from '../lambda/testing/zip-file.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createSns } from '../sns/sns-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createCloudWatch } from './cloudwatch-service.ts';

const SOURCE = `exports.handler = async ({ bad, refused }) => {
  if (refused) console.log('document refused');
  if (bad) throw new Error('bad');
  return 1;
};`;

/** A template as CDK synthesizes one for a function, its log, its alarms, and the topic that is told. */
const alarm = (properties: object) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmActions: [{ Ref: 'Topic' }],
    OKActions: [{ Ref: 'Topic' }],
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    DatapointsToAlarm: 1,
    EvaluationPeriods: 1,
    Period: 60,
    Statistic: 'Sum',
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    ...properties,
  },
});
const TEMPLATE = {
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'Topic' },
              Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
            },
          ],
        },
      },
    },
    Heard: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'heard' } },
    HeardPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Heard' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'sns.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Heard', 'Arn'] },
            },
          ],
        },
      },
    },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      DependsOn: ['HeardPolicy'],
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Heard', 'Arn'] }, RawMessageDelivery: true },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'log',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: '*' }],
            },
          },
        ],
      },
    },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: {} },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'works',
        Code: { S3Bucket: 'assets', S3Key: 'works.zip' },
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        LoggingConfig: { LogGroup: { Ref: 'Log' }, LogFormat: 'JSON' },
      },
    },
    RefusedFilter: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        FilterPattern: '{ $.message = "document refused" }',
        LogGroupName: { Ref: 'Log' },
        MetricTransformations: [{ MetricName: 'Refused', MetricNamespace: 'Own', MetricValue: '1' }],
      },
    },
    Errors: alarm({
      AlarmName: 'errors',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Function' } }],
    }),
    Refused: alarm({ AlarmName: 'refused', Namespace: 'Own', MetricName: 'Refused', Threshold: 2, AlarmActions: [], OKActions: [] }),
    Waiting: alarm({
      AlarmName: 'waiting',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Statistic: 'Maximum',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Heard', 'QueueName'] } }],
      AlarmActions: [],
      OKActions: [],
    }),
  },
};

const createOftenEvaluated = (cloud: Cloud) => createCloudWatch(cloud, { evaluateEvery_ms: 100 });
let ahead_ms = 0;
let test: TestCloud;
let alarms: CloudWatchClient;
let stacks: CloudFormationClient;
beforeAll(async () => {
  const services = [createS3, createLogs, createSqs, createSns, createLambda, createCloudFormation, createOftenEvaluated];
  test = await startTestCloud(services, { clock: () => Date.now() + ahead_ms });
  alarms = new CloudWatchClient(test.client);
  stacks = new CloudFormationClient(test.client);
  await call('s3', 'CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: REGION } });
  await call('s3', 'PutObject', { Bucket: 'assets', Key: 'works.zip', Body: zipFile({ 'index.js': SOURCE }) });
  await stacks.send(
    new CreateStackCommand({ StackName: 'works', TemplateBody: JSON.stringify(TEMPLATE), Capabilities: ['CAPABILITY_IAM'] }),
  );
  await stackReaches('CREATE_COMPLETE');
});
afterAll(async () => {
  for (const client of [alarms, stacks]) client.destroy();
  await test.stop();
});

const call = <Out>(service: string, operation: string, input: object) => test.cloud.call<Out>(service, operation, input, test.caller());
const stackReaches = (status: string) =>
  vi.waitFor(
    async () => {
      const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'works' }));
      expect(Stacks[0]?.StackStatus, Stacks[0]?.StackStatusReason).toBe(status);
    },
    { timeout: 10_000 },
  );
const reaches = (AlarmName: string, state: string, timeout = 15_000) =>
  vi.waitFor(
    async () =>
      expect((await alarms.send(new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }))).MetricAlarms?.[0]?.StateValue).toBe(state),
    { timeout, interval: 50 },
  );
const invoke = (event: object) => call('lambda', 'Invoke', { FunctionName: 'works', Payload: Buffer.from(JSON.stringify(event)) });

/** The states that the topic told of one after the other, until nothing more is there. */
async function told(): Promise<string[]> {
  const QueueUrl = `${test.endpoint}/${ACCOUNT}/heard`;
  const { Messages = [] } = await call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>('sqs', 'ReceiveMessage', {
    QueueUrl,
    WaitTimeSeconds: 5,
    MaxNumberOfMessages: 10,
  });
  for (const { ReceiptHandle } of Messages) await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle });
  return Messages.map(({ Body }) => {
    const { AlarmName, NewStateValue } = JSON.parse(Body) as { AlarmName: string; NewStateValue: string };
    return `${AlarmName} ${NewStateValue}`;
  });
}

it('a deployed function that throws sets its alarm off within seconds, and it is over when the function works again; the topic is told', async () => {
  await reaches('errors', 'OK');
  expect(await told()).toEqual(['errors OK']);
  await invoke({ bad: true });
  await reaches('errors', 'ALARM');
  expect(await told()).toEqual(['errors ALARM']);
  ahead_ms += 70_000;
  await invoke({});
  await reaches('errors', 'OK');
  expect(await told()).toEqual(['errors OK']);
});

it('what a metric filter matches in the log sets its alarm off', async () => {
  await reaches('refused', 'OK');
  await invoke({ refused: true });
  await invoke({ refused: true });
  await reaches('refused', 'ALARM');
});

it('what waits in a queue sets its alarm off', async () => {
  await reaches('waiting', 'OK');
  await call('sqs', 'SendMessage', { QueueUrl: `${test.endpoint}/${ACCOUNT}/heard`, MessageBody: 'x' });
  await reaches('waiting', 'ALARM');
});

it('the stack takes its alarms with it', async () => {
  const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`;
  const { Tags } = await call<{ Tags: { Key: string }[] }>('monitoring', 'ListTagsForResource', { ResourceARN: arn });
  expect(Tags.map(({ Key }) => Key)).toContain('aws:cloudformation:stack-name');
  await stacks.send(new DeleteStackCommand({ StackName: 'works' }));
  await vi.waitFor(async () => expect((await alarms.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]), { timeout: 10_000 });
});
