import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppSyncClient, ListGraphqlApisCommand } from '@aws-sdk/client-appsync';
import { CloudFormationClient, DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { deviceLogGroupName, parameterNames } from '@enstratus/contract';
import { organizationNamed } from '@enstratus/platform/delivery';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { awsEnvironment } from '../../src/start/cdk-cli.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { acceptInvitation } from '../../src/tools/sign-in.ts';
import { System } from '../system/system.ts';

/**
 * An environment's whole life in an account that has nothing, by the one command each that an operator uses on AWS. It is PROD: its stack is protected, nobody of the account may deploy by the bootstrap's
 * roles, and CloudFormation may delete nothing there that holds data.
 */
const organization = organizationNamed('enfusion');
const account = organization.stages.find(({ stage }) => stage === 'prod')?.account ?? '';
const { region } = organization;
const root = join(import.meta.dirname, '..', '..', '..');
const admin = 'first.operator@enfusion.example';

let system: System;
let directory: string;
let ssm: SSMClient;
const running = new Set<ChildProcess>();

beforeAll(() => {
  system = new System();
  directory = mkdtempSync(join(tmpdir(), 'environment-'));
  ssm = new SSMClient(as());
});

afterAll(() => {
  for (const child of running) cutOff(child);
  rmSync(directory, { recursive: true, force: true });
});

const as = () => clientOptions({ ...system.endpoints, account, region });

/** Begins infra-repo's command with credentials of an account; a process group of its own, so that it can be cut off with what it has started. */
function begin(args: readonly string[], by = account) {
  const env = awsEnvironment({ endpoint: system.endpoints.aws, account: by, region, home: join(directory, 'cdk-home') });
  const child = spawn(process.execPath, ['bin/environment.ts', ...args, '--repos', root, '--json'], {
    cwd: join(root, 'infra-repo'),
    // What is cut off leaves its assemblies behind: where this test takes them away.
    env: { ...env, PARTICLE_ACCESS_TOKEN: 'of-a-product', TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said.err += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).finally(() => running.delete(child));
  return { child, said, ended };
}

/** As a power cut would. */
function cutOff({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

async function run(...args: string[]): Promise<unknown> {
  const { said, ended } = begin(args);
  if ((await ended) !== 0) throw new Error(said.err);
  return JSON.parse(said.out);
}

async function refused(args: readonly string[], by?: string): Promise<string> {
  const { said, ended } = begin(args, by);
  expect(await ended).toBe(1);
  return said.err;
}

const parameter = async (Name: string) => (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value ?? '';

const made = ['new', '--stage', 'prod', '--admin', admin, '--particle-product', 'pumps', '--particle-url', 'https://particle.example'];
const foundSchema = z.object({ found: z.array(z.object({ kind: z.string(), name: z.string() })), left: z.array(z.unknown()) });
const mailsSchema = z.array(z.object({ subject: z.string(), body: z.string() }));

describe('an environment', { timeout: 900_000 }, () => {
  it('is made by nobody of another account', async () => {
    expect(await refused(made, '111122223333')).toContain(`PROD of enfusion is account ${account}`);
  });

  it('is cut off in the middle of being made', async () => {
    const { child, said, ended } = begin(made);
    const isUnderWay = async () => {
      const { Stacks = [] } = await new CloudFormationClient(as()).send(new DescribeStacksCommand({ StackName: 'EnstratusAppsync' }));
      expect(Stacks[0]?.StackStatus).toBeDefined();
    };
    await vi.waitFor(isUnderWay, { timeout: 600_000, interval: 20 });
    cutOff(child);
    await ended;
    expect(said.err).toContain('✔ Deploy EnstratusInfra');
    expect(said.err).not.toContain('✔ Deploy EnstratusDashboard');
  });

  it('is there once the same command has run to its end, and does nothing twice', async () => {
    const { child: _, said, ended } = begin(made);
    expect(await ended, said.err).toBe(0);
    const { steps, invited } = z
      .object({ invited: z.boolean(), steps: z.array(z.object({ step: z.string(), duration_s: z.number() })) })
      .parse(JSON.parse(said.out));
    console.log(steps.map(({ step, duration_s }) => `${duration_s.toFixed(1).padStart(6)} s  ${step}`).join('\n'));
    expect(said.err).toMatch(/Deploy EnstratusInfra[^\n]*\n\s+there already/);
    expect(invited).toBe(true);
    expect(await parameter(parameterNames.particleAccessToken)).toBe('of-a-product');
  });

  it('lets its first operator in, who finds no device yet', async () => {
    const mails = mailsSchema.parse(await (await fetch(`${system.endpoints.aws}/_local/mail?to=${admin}`)).json());
    expect(mails).toHaveLength(1);
    const [, firstPassword = ''] = /Your first password, for seven days, is (\S+) and/.exec(mails[0]?.body ?? '') ?? [];
    const place = {
      aws: system.endpoints.aws,
      userPoolId: await parameter(parameterNames.userPoolId),
      userPoolClientId: await parameter(parameterNames.userPoolClientId),
    };
    const { AccessToken } = await acceptInvitation(place, admin, firstPassword, 'Chosen-by-myself-7');
    const answer = await fetch(await parameter(parameterNames.graphqlUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: AccessToken },
      body: JSON.stringify({
        query: '{ me { email persona organization { path name } } devices(first: 5) { edges { node { device_id } } } }',
      }),
    });
    expect(await answer.json()).toEqual({
      data: {
        me: { email: admin, persona: 'admin', organization: { path: '/enfusion', name: 'ENFusion' } },
        devices: { edges: [] },
      },
    });
  });

  it('has what an environment at work has: logs of devices, an archive with versions, somebody on call', async () => {
    await new CloudWatchLogsClient(as()).send(new CreateLogGroupCommand({ logGroupName: deviceLogGroupName('well-3') }));
    const s3 = new S3Client({ ...as(), forcePathStyle: true });
    const Bucket = await parameter(parameterNames.archiveBucketName);
    for (const Body of ['one', 'two']) await s3.send(new PutObjectCommand({ Bucket, Key: 'packs/well-3', Body }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'packs/well-3' }));
    await new SNSClient(as()).send(
      new SubscribeCommand({
        TopicArn: await parameter(parameterNames.alarmsTopicArn),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${region}:111122223333:on-call`,
      }),
    );
  });

  it('is removed by nobody who does not say what is lost, and only listed by a dry run', async () => {
    const remove = ['remove', '--stage', 'prod'];
    expect(await refused([...remove, '--yes', account])).toContain('--production-data-is-gone-for-good');
    expect(await refused([...remove, '--yes', '111122223333', '--production-data-is-gone-for-good'])).toContain('Nothing was removed');
    const { found } = foundSchema.parse(await run(...remove, '--dry-run'));
    expect(new Set(found.map(({ kind }) => kind))).toEqual(
      new Set(['stack', 'table', 'user pool', 'bucket', 'log group', 'parameter', 'subscription']),
    );
    expect(await parameter(parameterNames.tableName)).toMatch(/^EnstratusInfra/);
  });

  it('is removed so that nothing is left in the account', async () => {
    const sure = ['--yes', account, '--production-data-is-gone-for-good'];
    expect(foundSchema.parse(await run('remove', '--stage', 'prod', ...sure)).left).toEqual([]);
    expect(await whatIsThere()).toEqual([]);
    expect(foundSchema.parse(await run('remove', '--stage', 'prod', ...sure)).found).toEqual([]);
  });
});

/** Everything that the account has, whatever it is called. */
async function whatIsThere(): Promise<unknown[]> {
  const options = as();
  const { StackSummaries = [] } = await new CloudFormationClient(options).send(new ListStacksCommand({}));
  const { TableNames = [] } = await new DynamoDBClient(options).send(new ListTablesCommand({}));
  const { UserPools = [] } = await new CognitoIdentityProviderClient(options).send(new ListUserPoolsCommand({ MaxResults: 60 }));
  const { Buckets = [] } = await new S3Client({ ...options, forcePathStyle: true }).send(new ListBucketsCommand({}));
  const { logGroups = [] } = await new CloudWatchLogsClient(options).send(new DescribeLogGroupsCommand({}));
  const { Parameters = [] } = await ssm.send(new DescribeParametersCommand({}));
  const { Functions = [] } = await new LambdaClient(options).send(new ListFunctionsCommand({}));
  const { QueueUrls = [] } = await new SQSClient(options).send(new ListQueuesCommand({}));
  const { Topics = [] } = await new SNSClient(options).send(new ListTopicsCommand({}));
  const { Subscriptions = [] } = await new SNSClient(options).send(new ListSubscriptionsCommand({}));
  const { graphqlApis = [] } = await new AppSyncClient(options).send(new ListGraphqlApisCommand({}));
  const { DistributionList } = await new CloudFrontClient(options).send(new ListDistributionsCommand({}));
  const { Roles = [] } = await new IAMClient(options).send(new ListRolesCommand({}));
  return [
    ...StackSummaries.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE'),
    ...TableNames,
    ...UserPools,
    ...Buckets,
    ...logGroups,
    ...Parameters,
    ...Functions,
    ...QueueUrls,
    ...Topics,
    ...Subscriptions,
    ...graphqlApis,
    ...(DistributionList?.Items ?? []),
    ...Roles,
  ];
}
