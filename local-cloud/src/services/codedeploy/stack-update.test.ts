import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Things } from '../../testing/fake-resources.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createLambda } from '../lambda/lambda-service.ts';
import { zipFile } from '../lambda/testing/zip-file.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createCodeDeploy } from './codedeploy-service.ts';

const trusting = (service: string, statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
/** A function of this memory with an alias, whose canary lasts until it is stopped, and what else the stack has. */
const template = (MemorySize: number, more: object = {}) =>
  JSON.stringify({
    Resources: {
      Role: trusting('lambda.amazonaws.com', [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]),
      DeployRole: trusting('codedeploy.amazonaws.com', [
        { Effect: 'Allow', Action: ['lambda:GetAlias', 'lambda:UpdateAlias'], Resource: '*' },
      ]),
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'f',
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          MemorySize,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { S3Bucket: 'assets', S3Key: 'f.zip' },
        },
      },
      [`Version${MemorySize}`]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
      Config: {
        Type: 'AWS::CodeDeploy::DeploymentConfig',
        Properties: {
          ComputePlatform: 'Lambda',
          TrafficRoutingConfig: { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryInterval: 2000, CanaryPercentage: 10 } },
        },
      },
      Group: {
        Type: 'AWS::CodeDeploy::DeploymentGroup',
        Properties: {
          ApplicationName: { Ref: 'Application' },
          DeploymentConfigName: { Ref: 'Config' },
          ServiceRoleArn: { 'Fn::GetAtt': ['DeployRole', 'Arn'] },
        },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: 'Application' }, DeploymentGroupName: { Ref: 'Group' } } },
        Properties: {
          FunctionName: { Ref: 'Function' },
          FunctionVersion: { 'Fn::GetAtt': [`Version${MemorySize}`, 'Version'] },
          Name: 'live',
        },
      },
      ...more,
    },
  });

let test: TestCloud;
let client: CloudFormationClient;
const things = new Things();
const call = <Out>(service: string, operation: string, input: unknown) => test.cloud.call<Out>(service, operation, input, test.caller());
const input = (text: string) => ({ StackName: 'shop', TemplateBody: text, Capabilities: ['CAPABILITY_IAM' as const] });
const settled = () =>
  vi.waitFor(
    async () => {
      const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'shop' }));
      expect(Stacks?.[0]?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      return Stacks?.[0]?.StackStatus;
    },
    { timeout: 10_000, interval: 20 },
  );
const liveAlias = () =>
  call<{ FunctionVersion: string; RoutingConfig?: unknown }>('lambda', 'GetAlias', { FunctionName: 'f', Name: 'live' });
const shifting = () => vi.waitFor(async () => expect((await liveAlias()).RoutingConfig).toBeDefined(), { timeout: 5000, interval: 20 });
/** The alias is on the old version, the new one is gone, and nothing shifts any more. */
async function expectOld(): Promise<void> {
  const alias = await liveAlias();
  expect(alias.FunctionVersion).toBe('1');
  expect(alias).not.toHaveProperty('RoutingConfig');
  const { Versions } = await call<{ Versions: { Version: string }[] }>('lambda', 'ListVersionsByFunction', { FunctionName: 'f' });
  expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1']);
  expect(await call('codedeploy', 'ListDeployments', { includeOnlyStatuses: ['Created', 'InProgress'] })).toEqual({ deployments: [] });
}

beforeEach(async () => {
  things.failing.clear();
  things.waiting.clear();
  test = await startTestCloud([createS3, createLambda, createCodeDeploy, things.create, createCloudFormation]);
  client = new CloudFormationClient(test.client);
  await call('s3', 'CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
  await call('s3', 'PutObject', { Bucket: 'assets', Key: 'f.zip', Body: zipFile({ 'index.js': 'exports.handler = async () => 1;' }) });
  await client.send(new CreateStackCommand(input(template(128))));
  expect(await settled()).toBe('CREATE_COMPLETE');
});
afterEach(async () => {
  client.destroy();
  await test.stop();
});

it('stops the shift and goes back when another resource fails meanwhile', async () => {
  things.failing.add('create Fails');
  let letGo = () => {};
  things.waiting.set('create Fails', new Promise((resolve) => (letGo = resolve)));
  await client.send(
    new UpdateStackCommand(input(template(256, { Other: { Type: 'Test::Things::Thing', Properties: { Name: 'Fails' } } }))),
  );
  await shifting();
  letGo();
  expect(await settled()).toBe('UPDATE_ROLLBACK_COMPLETE');
  await expectOld();
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
  const failed = StackEvents.find(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Alias' && ResourceStatus === 'UPDATE_FAILED',
  );
  expect(failed?.ResourceStatusReason).toBe('Resource update cancelled');
});

it('stops the shift and goes back when the cloud was stopped meanwhile', async () => {
  await client.send(new UpdateStackCommand(input(template(256))));
  await shifting();
  test = await test.restart();
  client.destroy();
  client = new CloudFormationClient(test.client);
  expect(await settled()).toBe('UPDATE_ROLLBACK_COMPLETE');
  await expectOld();
  // The stack can be deployed again, to a version of a new number.
  await client.send(
    new UpdateStackCommand(input(template(512).replace('"CanaryInterval":2000', '"CanaryInterval":1').replaceAll('"Config"', '"Quick"'))),
  );
  expect(await settled()).toBe('UPDATE_COMPLETE');
  expect(await liveAlias()).toMatchObject({ FunctionVersion: '3' });
});

it('makes no version where nothing has changed', async () => {
  await client.send(new UpdateStackCommand(input(template(128).replaceAll('Version128', 'VersionAgain'))));
  expect(await settled()).toBe('UPDATE_ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 'shop' }));
  const failed = StackEvents.find(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'VersionAgain' && ResourceStatus === 'CREATE_FAILED',
  );
  expect(failed?.ResourceStatusReason).toContain(
    'A version for this Lambda function exists ( 1 ). Modify the function to create a new version.',
  );
  await expectOld();
});
