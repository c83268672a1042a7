import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createSsm } from '../ssm/ssm-service.ts';
import type { InvocationRecord } from './invocation.ts';
import type { LambdaService } from './lambda-service.ts';
import { type LambdaCloud, ROLE, startLambdaCloud } from './testing/lambda-cloud.ts';
import { zipFile } from './testing/zip-file.ts';

const ARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
/** A function of which everything that calls it knows the alias only. */
const TEMPLATE = JSON.stringify({
  Resources: {
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'f',
        Handler: 'index.handler',
        Runtime: 'nodejs24.x',
        Role: ROLE,
        Code: { S3Bucket: 'assets', S3Key: 'f.zip' },
      },
    },
    Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' }, Description: 'the first' } },
    Alias: {
      Type: 'AWS::Lambda::Alias',
      Properties: { FunctionName: { Ref: 'Function' }, FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] }, Name: 'live' },
    },
    Url: {
      Type: 'AWS::Lambda::Url',
      DependsOn: 'Alias',
      Properties: { TargetFunctionArn: { 'Fn::GetAtt': ['Function', 'Arn'] }, Qualifier: 'live', AuthType: 'NONE' },
    },
    MayUseUrl: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: { Ref: 'Alias' }, Action: 'lambda:InvokeFunctionUrl', Principal: '*', FunctionUrlAuthType: 'NONE' },
    },
    MayBeInvokedByUrl: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: { Ref: 'Alias' }, Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'Alias' }, EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    },
    Done: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'done' } },
    Events: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      DependsOn: 'Alias',
      Properties: {
        FunctionName: 'f',
        Qualifier: 'live',
        DestinationConfig: { OnSuccess: { Destination: { 'Fn::GetAtt': ['Done', 'Arn'] } } },
      },
    },
  },
  Outputs: { Url: { Value: { 'Fn::GetAtt': ['Url', 'FunctionUrl'] } }, Target: { Value: { Ref: 'Url' } } },
});

let cloud: LambdaCloud;
let client: CloudFormationClient;
const records: InvocationRecord[] = [];
const call = <Out>(service: string, operation: string, input: unknown) =>
  cloud.test.cloud.call<Out>(service, operation, input, cloud.test.caller());

beforeEach(async () => {
  cloud = await startLambdaCloud({ services: [createS3, createSsm, createCloudFormation] });
  client = new CloudFormationClient(cloud.test.client);
  (cloud.test.cloud.service('lambda') as LambdaService).onInvocation((record) => records.push(record));
  await cloud.allow({ Action: ['logs:*', 'sqs:*'], Resource: '*' });
  await call('s3', 'CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: REGION } });
  const source = 'exports.handler = async (event, context) => context.invokedFunctionArn;';
  await call('s3', 'PutObject', { Bucket: 'assets', Key: 'f.zip', Body: zipFile({ 'index.js': source }) });
});
afterEach(async () => {
  client.destroy();
  await cloud.test.stop();
});

it('are made of a template, serve the alias and go again', async () => {
  await client.send(new CreateStackCommand({ StackName: 'aliased', TemplateBody: TEMPLATE }));
  const stack = await vi.waitFor(
    async () => {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'aliased' }));
      expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
      return Stacks?.[0];
    },
    { timeout: 10_000 },
  );
  const outputs = Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  expect(outputs['Target']).toBe(`${ARN}:live`);
  expect(await (await fetch(outputs['Url'] ?? '')).json()).toBe(`${ARN}:live`);

  const queue = (name: string) => `${cloud.test.endpoint}/${ACCOUNT}/${name}`;
  await call('sqs', 'SendMessage', { QueueUrl: queue('q'), MessageBody: 'x' });
  await call('lambda', 'Invoke', { FunctionName: `${ARN}:live`, InvocationType: 'Event' });
  const { Messages } = await call<{ Messages?: { Body: string }[] }>('sqs', 'ReceiveMessage', {
    QueueUrl: queue('done'),
    WaitTimeSeconds: 5,
  });
  expect(JSON.parse(Messages?.[0]?.Body ?? '{}')).toMatchObject({
    requestContext: { functionArn: `${ARN}:live` },
    responseContext: { executedVersion: '1' },
    responsePayload: `${ARN}:live`,
  });
  await vi.waitFor(() => expect(new Set(records.map(({ source }) => source))).toEqual(new Set(['url', 'sqs', 'asynchronous'])));
  for (const record of records) expect(record).toMatchObject({ qualifier: 'live', executedVersion: '1', functionName: 'f' });

  await client.send(new DeleteStackCommand({ StackName: 'aliased' }));
  await vi.waitFor(
    async () => {
      const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName: stack?.StackId }));
      expect(StackEvents?.[0]?.ResourceStatus).toBe('DELETE_COMPLETE');
    },
    { timeout: 10_000 },
  );
  expect(await call('lambda', 'ListFunctions', {})).toEqual({ Functions: [] });
});

/** A function that answers what a parameter tells it, and an alias on its version, which has the description. */
const telling = (description: object) =>
  JSON.stringify({
    Parameters: { Colour: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/colour' } },
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'teller',
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: ROLE,
          Code: { S3Bucket: 'assets', S3Key: 'teller.zip' },
          Environment: { Variables: { COLOUR: { Ref: 'Colour' } } },
        },
      },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' }, ...description } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: { FunctionName: { Ref: 'Function' }, FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] }, Name: 'live' },
      },
    },
  });

it.each([
  ['goes over to a new version when a parameter that the description tells has changed', { Description: { Ref: 'Colour' } }, 'blue'],
  ['stays on a version that was told the old one when no description tells it', {}, 'red'],
])('of the same template %s', async (_, description, told) => {
  const settled = (status: string) =>
    vi.waitFor(
      async () => {
        const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'told' }));
        expect(Stacks?.[0]?.StackStatus).toBe(status);
      },
      { timeout: 10_000 },
    );
  const answer = async () => {
    const { Payload } = await cloud.lambda.send(new InvokeCommand({ FunctionName: 'teller', Qualifier: 'live' }));
    return JSON.parse(Buffer.from(Payload ?? []).toString());
  };
  const teller = zipFile({ 'index.js': 'exports.handler = async () => process.env.COLOUR;' });
  await call('s3', 'PutObject', { Bucket: 'assets', Key: 'teller.zip', Body: teller });
  await call('ssm', 'PutParameter', { Name: '/colour', Type: 'String', Value: 'red' });
  await client.send(new CreateStackCommand({ StackName: 'told', TemplateBody: telling(description) }));
  await settled('CREATE_COMPLETE');
  expect(await answer()).toBe('red');
  await call('ssm', 'PutParameter', { Name: '/colour', Type: 'String', Value: 'blue', Overwrite: true });
  await client.send(new UpdateStackCommand({ StackName: 'told', TemplateBody: telling(description) }));
  await settled('UPDATE_COMPLETE');
  expect(await answer()).toBe(told);
});
