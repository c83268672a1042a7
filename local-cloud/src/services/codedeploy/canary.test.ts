import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, GetDeploymentCommand, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createCloudWatch } from '../cloudwatch/cloudwatch-service.ts';
import { createLambda } from '../lambda/lambda-service.ts';
import { zipFile } from '../lambda/testing/zip-file.ts';
import { createLogs } from '../logs/logs-service.ts';
import { createS3 } from '../s3/s3-service.ts';
import { createCodeDeploy } from './codedeploy-service.ts';

const CODE = {
  one: "exports.handler = async () => 'one';",
  two: "exports.handler = async () => 'two';",
  broken: "exports.handler = async () => { throw new Error('broken'); };",
};
const roleOf = (service: string, statements: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
const allow = (Action: string[], Resource: unknown = '*') => ({ Effect: 'Allow', Action, Resource });

/** As the CDK makes it: each change of the code has a version of its own logical id. */
function template(code: keyof typeof CODE, config: string): string {
  const version = `Version${code}`;
  return JSON.stringify({
    Resources: {
      Role: roleOf('lambda.amazonaws.com', [allow(['logs:*'])]),
      DeployRole: roleOf('codedeploy.amazonaws.com', [
        allow(['lambda:GetAlias', 'lambda:UpdateAlias'], { 'Fn::GetAtt': ['Function', 'Arn'] }),
        allow(['cloudwatch:DescribeAlarms']),
      ]),
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'f',
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Code: { S3Bucket: 'assets', S3Key: `${code}.zip` },
        },
      },
      [version]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'AWS/Lambda',
          MetricName: 'Errors',
          Dimensions: [
            { Name: 'FunctionName', Value: { Ref: 'Function' } },
            { Name: 'Resource', Value: { 'Fn::Join': [':', [{ Ref: 'Function' }, 'live']] } },
            { Name: 'ExecutedVersion', Value: { 'Fn::GetAtt': [version, 'Version'] } },
          ],
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          TreatMissingData: 'notBreaching',
        },
      },
      Application: { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } },
      Group: {
        Type: 'AWS::CodeDeploy::DeploymentGroup',
        Properties: {
          ApplicationName: { Ref: 'Application' },
          ServiceRoleArn: { 'Fn::GetAtt': ['DeployRole', 'Arn'] },
          DeploymentConfigName: config,
          DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
          AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
          AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: 'Alarm' } }] },
        },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: { Ref: 'Application' }, DeploymentGroupName: { Ref: 'Group' } } },
        Properties: { FunctionName: { Ref: 'Function' }, FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] }, Name: 'live' },
      },
    },
  });
}

let test: TestCloud;
let cloudFormation: CloudFormationClient;
let codeDeploy: CodeDeployClient;
let lambda: LambdaClient;
beforeEach(async () => {
  test = await startTestCloud([
    createLogs,
    createS3,
    createLambda,
    createCloudWatch,
    (cloud) => createCodeDeploy(cloud, { canaryMinute_ms: 300 }),
    createCloudFormation,
  ]);
  cloudFormation = new CloudFormationClient(test.client);
  codeDeploy = new CodeDeployClient(test.client);
  lambda = new LambdaClient(test.client);
  const s3 = (operation: string, input: unknown) => test.cloud.call('s3', operation, input, test.caller());
  await s3('CreateBucket', { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } });
  for (const [name, source] of Object.entries(CODE))
    await s3('PutObject', { Bucket: 'assets', Key: `${name}.zip`, Body: zipFile({ 'index.js': source }) });
});
afterEach(() => test.stop());

async function invoke(): Promise<unknown> {
  const { Payload, FunctionError } = await test.cloud.call<{ Payload: Uint8Array; FunctionError?: string }>(
    'lambda',
    'Invoke',
    { FunctionName: 'f:live' },
    test.caller(),
  );
  return FunctionError === undefined ? (JSON.parse(Buffer.from(Payload).toString()) as unknown) : 'failed';
}
const liveAlias = () => lambda.send(new GetAliasCommand({ FunctionName: 'f', Name: 'live' }));
const isShifting = async () => (await liveAlias()).RoutingConfig !== undefined;
const settled = () =>
  vi.waitFor(
    async () => {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'canary' }));
      expect(Stacks?.[0]?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      return Stacks?.[0]?.StackStatus;
    },
    { timeout: 15_000, interval: 50 },
  );
const input = (text: string) => ({ StackName: 'canary', TemplateBody: text, Capabilities: ['CAPABILITY_IAM' as const] });

it('gives a new version a tenth of the invocations, then all; one that fails is rolled back by its alarm', {
  timeout: 30_000,
}, async () => {
  const quick = 'CodeDeployDefault.LambdaCanary10Percent5Minutes';
  await cloudFormation.send(new CreateStackCommand(input(template('one', quick))));
  expect(await settled()).toBe('CREATE_COMPLETE');
  expect(await invoke()).toBe('one');

  await cloudFormation.send(new UpdateStackCommand(input(template('two', quick))));
  await vi.waitFor(async () => expect(await isShifting()).toBe(true), { timeout: 5000, interval: 20 });
  const answers = await Promise.all(Array.from({ length: 300 }, invoke));
  expect(await isShifting()).toBe(true);
  // 300 draws of a tenth: beyond 6 to 62 in fewer than one run in a million.
  const news = answers.filter((answer) => answer === 'two').length;
  expect(news).toBeGreaterThan(6);
  expect(news).toBeLessThan(62);
  expect(answers.every((answer) => answer === 'one' || answer === 'two')).toBe(true);
  expect(await settled()).toBe('UPDATE_COMPLETE');
  expect(new Set(await Promise.all(Array.from({ length: 20 }, invoke)))).toEqual(new Set(['two']));
  const versions = async () =>
    (await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: 'f' }))).Versions?.map((one) => one.Version);
  // The old one goes in the clean-up.
  expect(await versions()).toEqual(['$LATEST', '2']);

  await cloudFormation.send(new UpdateStackCommand(input(template('broken', 'CodeDeployDefault.LambdaCanary10Percent30Minutes'))));
  await vi.waitFor(async () => expect(await isShifting()).toBe(true), { timeout: 5000, interval: 20 });
  await vi.waitFor(
    async () => {
      await Promise.all(Array.from({ length: 20 }, invoke));
      expect(await isShifting()).toBe(false);
    },
    { timeout: 8000, interval: 100 },
  );
  expect(await settled()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(new Set(await Promise.all(Array.from({ length: 50 }, invoke)))).toEqual(new Set(['two']));
  expect(await liveAlias()).toMatchObject({ FunctionVersion: '2' });
  expect(await versions()).toEqual(['$LATEST', '2']);

  const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'canary' }));
  const failed = StackEvents.find(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'Alias' && ResourceStatus === 'UPDATE_FAILED',
  );
  expect(failed?.ResourceStatusReason).toMatch(/CodeDeploy deployment d-[A-Z0-9]{9} is Stopped: .*\(Error code: ALARM_ACTIVE\)/);
  const { deployments = [] } = await codeDeploy.send(new ListDeploymentsCommand({}));
  const infos = await Promise.all(
    deployments.map(async (deploymentId) => (await codeDeploy.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo),
  );
  expect(infos.map((info) => [info?.creator, info?.status])).toEqual([
    ['codeDeployRollback', 'Succeeded'],
    ['user', 'Stopped'],
    ['user', 'Succeeded'],
  ]);
});
