import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCloudFormation } from '../../src/services/cloudformation/cloudformation-service.ts';
import { createS3 } from '../../src/services/s3/s3-service.ts';
import { createSqs } from '../../src/services/sqs/sqs-service.ts';
import { createSsm } from '../../src/services/ssm/ssm-service.ts';
import { createSts } from '../../src/services/sts/sts-service.ts';
import { cdk } from '../../src/start/cdk-cli.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../src/testing/test-cloud.ts';

/**
 * The unmodified CDK CLI against the local cloud, with a small app of its own: one life of a stack, told in order.
 * The app is synthesized once for each of its variants, so that the CLI's runs don't wait for it.
 */
const repo = join(import.meta.dirname, '..', '..');
const app = 'node test/fixtures/queue-app/app.ts';

let cloud: TestCloud;
let directory: string;
let cloudFormation: CloudFormationClient;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cdk-cli-'));
  cloud = await startTestCloud([createSts, createS3, createSsm, createSqs, createCloudFormation]);
  cloudFormation = new CloudFormationClient(cloud.client);
  const variants: [string, string[]][] = [
    ['first', []],
    ['changed', ['-c', 'seconds=45']],
    ['failing', ['-c', 'seconds=60', '-c', 'fails=yes']],
  ];
  await Promise.all(
    variants.map(([name, context]) => run('synth', '--quiet', '--app', app, '--output', join(directory, name), ...context)),
  );
}, 120_000);

afterAll(async () => {
  cloudFormation.destroy();
  await cloud.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function tryTo(...args: string[]): Promise<{ code: number; output: string }> {
  return cdk(repo, args, { endpoint: cloud.endpoint, account: ACCOUNT, region: REGION, home: join(directory, 'home') });
}

async function run(...args: string[]): Promise<string> {
  const { code, output } = await tryTo(...args);
  expect(code, output).toBe(0);
  return output;
}

function deploy(variant: string) {
  return tryTo('deploy', '--app', join(directory, variant), '--require-approval', 'never');
}

async function stack() {
  return (await cloudFormation.send(new DescribeStacksCommand({ StackName: 'QueueApp' }))).Stacks?.[0];
}

async function visibilityTimeout(): Promise<string | undefined> {
  const url = (await stack())?.Outputs?.find(({ OutputKey }) => OutputKey === 'QueueUrl')?.OutputValue;
  const sqs = new SQSClient(cloud.client);
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['VisibilityTimeout'] }));
  sqs.destroy();
  return answer.Attributes?.['VisibilityTimeout'];
}

test('bootstrap, deploy, diff, a change, a change that fails and rolls back, destroy', { timeout: 180_000 }, async () => {
  await run('bootstrap', `aws://${ACCOUNT}/${REGION}`);
  expect(await run('bootstrap', `aws://${ACCOUNT}/${REGION}`)).toContain('(no changes)');

  const first = await deploy('first');
  expect(first.code, first.output).toBe(0);
  expect((await stack())?.StackStatus).toBe('CREATE_COMPLETE');
  expect((await stack())?.RoleARN).toBe(`arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-${REGION}`);
  expect(await visibilityTimeout()).toBe('30');
  const ssm = new SSMClient(cloud.client);
  const parameter = await ssm.send(new GetParameterCommand({ Name: '/queue-app/jobs' }));
  ssm.destroy();
  expect(parameter.Parameter?.Value).toMatch(/^QueueApp-Jobs/);
  expect((await deploy('first')).output).toContain('QueueApp (no changes)');

  const difference = await run('diff', '--app', join(directory, 'changed'), '--method', 'change-set');
  expect(difference).toMatch(/\[~\] AWS::SQS::Queue Jobs.*\[~\] VisibilityTimeout.*\[-\] 30.*\[\+\] 45/s);
  expect(difference).not.toContain('requires replacement');

  const changed = await deploy('changed');
  expect(changed.code, changed.output).toBe(0);
  expect((await stack())?.StackStatus).toBe('UPDATE_COMPLETE');
  expect(await visibilityTimeout()).toBe('45');

  const failing = await deploy('failing');
  expect(failing.code).toBe(1);
  expect(failing.output).toContain('ParameterAlreadyExists');
  expect((await stack())?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await visibilityTimeout()).toBe('45');
  expect(await run('diff', '--app', join(directory, 'changed'))).toContain('There were no differences');

  const { StackId: id } = (await stack()) ?? {};
  await run('destroy', '--app', join(directory, 'changed'), '--force');
  await expect(stack()).rejects.toThrow('Stack with id QueueApp does not exist');
  const { StackEvents: events = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: id }));
  expect(events[0]).toMatchObject({ ResourceStatus: 'DELETE_COMPLETE', PhysicalResourceId: id });
});
