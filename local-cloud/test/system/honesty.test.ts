import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient, ExportTableToPointInTimeCommand } from '@aws-sdk/client-dynamodb';
import { GetFunctionCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { parameterNames } from '@enstratus/contract';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { clientOptions } from '../../src/tools/running-system.ts';
import { System } from './system.ts';

let system: System;
let cloudFormation: CloudFormationClient;

beforeAll(() => {
  system = new System();
  cloudFormation = new CloudFormationClient({ ...clientOptions(system.endpoints), maxAttempts: 1 });
});

describe('what the local cloud does not carry out fails by its name', () => {
  it.each([
    ['a resource type', { Thing: { Type: 'AWS::Batch::JobQueue', Properties: {} } }, 'AWS::Batch::JobQueue'],
    ['a property', { Queue: { Type: 'AWS::SQS::Queue', Properties: { Colour: 'blue' } } }, 'Colour'],
    ['an intrinsic function', { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Reverse': 'x' } } } }, 'Fn::Reverse'],
  ])('%s of a template, before anything is made', async (_, Resources, name) => {
    const StackName = `honest-${name.replaceAll(/\W/g, '')}`;
    await expect(cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }))).rejects.toThrow(
      name,
    );
    await expect(cloudFormation.send(new DescribeStacksCommand({ StackName }))).rejects.toThrow('does not exist');
  });

  it('an attribute that a resource does not have, by an event of the resource that asks for it', async () => {
    const StackName = 'honest-attribute';
    const Resources = {
      Topic: { Type: 'AWS::SNS::Topic' },
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Topic', 'Colour'] } } },
    };
    await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
    await vi.waitFor(
      async () =>
        expect((await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus).toBe('ROLLBACK_COMPLETE'),
      { timeout: 10_000 },
    );
    const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
    expect(StackEvents).toContainEqual(
      expect.objectContaining({
        LogicalResourceId: 'Queue',
        ResourceStatus: 'CREATE_FAILED',
        ResourceStatusReason: expect.stringContaining('Colour'),
      }),
    );
    await cloudFormation.send(new DeleteStackCommand({ StackName }));
  });

  it('an operation of a service', async () => {
    const client = new DynamoDBClient({ ...clientOptions(system.endpoints), maxAttempts: 1 });
    await expect(client.send(new ExportTableToPointInTimeCommand({ TableArn: 'arn', S3Bucket: 'b' }))).rejects.toThrow(
      'ExportTableToPointInTime',
    );
  });

  it('a service', async () => {
    const response = await fetch(system.endpoints.aws, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${system.endpoints.account}/20260101/us-east-2/kinesis/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
    expect([response.status, await response.text()]).toEqual([501, expect.stringContaining('kinesis')]);
  });
});

describe('accounts and regions', () => {
  it('a function is not reached from another region, even by its ARN', async () => {
    const FunctionName = await system.parameter(parameterNames.registerDeviceFunctionName);
    const { Configuration } = await system.lambda.send(new GetFunctionCommand({ FunctionName }));
    const elsewhere = new LambdaClient({ ...clientOptions(system.endpoints), region: 'us-west-2', maxAttempts: 1 });
    await expect(elsewhere.send(new InvokeCommand({ FunctionName: Configuration?.FunctionArn }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['another account', { credentials: { accessKeyId: '999988887777', secretAccessKey: 'x' } }],
    ['another region', { region: 'eu-central-1' }],
  ])('%s sees nothing of the system', async (_, change) => {
    const options = { ...clientOptions(system.endpoints), ...change, maxAttempts: 1 };
    expect((await new CloudFormationClient(options).send(new ListStacksCommand({}))).StackSummaries ?? []).toEqual([]);
    await expect(
      new DynamoDBClient(options).send(new DescribeTableCommand({ TableName: system.endpoints.tableName })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect((await new CloudWatchLogsClient(options).send(new DescribeLogGroupsCommand({}))).logGroups).toEqual([]);
    expect((await new LambdaClient(options).send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  });
});
