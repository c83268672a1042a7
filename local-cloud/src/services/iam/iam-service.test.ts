import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { policyDocument } from '../../kernel/policy-document.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import { operation, type Service } from '../../kernel/service.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSts } from '../sts/sts-service.ts';
import { usedGrants } from './authorizer.ts';
import { assumeRole } from './role-sessions.ts';

const OTHER = '444455556666';
let now = Date.parse('2026-06-01T12:00:00Z');
let test: TestCloud;
let iam: IAMClient;
let sts: STSClient;

/** A service with one operation on one resource that has a policy of its own. */
const createVault = (): Service => ({
  name: 'vault',
  protocol: { kind: 'json', version: '1.1', target: 'Vault' },
  operations: {
    Open: operation({
      input: z.strictObject({ owner: z.string(), policy: z.unknown().optional() }),
      authorize: ({ owner, policy }) => [
        {
          action: 'vault:Open',
          resource: `arn:aws:vault:us-east-2:${owner}:box`,
          resourcePolicy: policy === undefined ? undefined : policyDocument.parse(policy),
        },
      ],
      run: () => ({ opened: true }),
    }),
  },
});

beforeEach(async () => {
  now = Date.parse('2026-06-01T12:00:00Z');
  test = await startTestCloud([createSts, createVault], { clock: () => now });
  iam = new IAMClient(test.client);
  sts = new STSClient(test.client);
});

afterEach(() => test.stop());

const trust = (Principal: unknown, Condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...(Condition ? { Condition } : {}) }],
  });
const allow = (Action: string, Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } });

async function makeRole(RoleName: string, principal: unknown = { Service: 'lambda.amazonaws.com' }): Promise<string> {
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(principal) }));
  return Role?.Arn ?? '';
}

it('keeps roles with inline and managed policies, also over a restart', async () => {
  await makeRole('worker');
  await iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'open', PolicyDocument: allow('vault:Open') }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'more', PolicyDocument: allow('vault:*') }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: Policy?.Arn }));
  test = await test.restart();
  iam = new IAMClient(test.client);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'worker' }));
  expect(Role).toMatchObject({
    RoleName: 'worker',
    Arn: `arn:aws:iam::${ACCOUNT}:role/worker`,
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
  });
  const inline = await iam.send(new GetRolePolicyCommand({ RoleName: 'worker', PolicyName: 'open' }));
  expect(JSON.parse(decodeURIComponent(inline.PolicyDocument ?? ''))).toMatchObject({ Statement: [{ Action: ['vault:Open'] }] });
  expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'worker' }))).AttachedPolicies).toEqual([
    { PolicyName: 'more', PolicyArn: Policy?.Arn },
  ]);
});

it('answers with the errors of IAM', async () => {
  await makeRole('worker');
  await expect(makeRole('worker')).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
  await expect(iam.send(new GetRoleCommand({ RoleName: 'nobody' }))).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'open', PolicyDocument: allow('vault:Open') }));
  await expect(iam.send(new DeleteRoleCommand({ RoleName: 'worker' }))).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await expect(
    iam.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/PowerUserAccess' })),
  ).rejects.toThrow('PowerUserAccess');
});

it('lets a role attach the policies alone that a condition on iam:PolicyARN names', async () => {
  const Condition = { ArnLike: { 'iam:PolicyARN': 'arn:aws:iam::*:policy/ours-*' } };
  const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'iam:AttachRolePolicy', Resource: '*', Condition } };
  const RoleArn = await makeRole('deployer', { AWS: ACCOUNT });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'deployer', PolicyName: 'attach', PolicyDocument: JSON.stringify(document) }));
  await makeRole('worker');
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'ours-1', PolicyDocument: allow('vault:*') }));
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'deployment' }));
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const deployer = new IAMClient({ ...test.client, credentials });
  await deployer.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: Policy?.Arn }));
  await expect(
    deployer.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })),
  ).rejects.toMatchObject({ name: 'AccessDenied' });
});

it('keeps the tags of a managed policy', async () => {
  const Tags = [{ Key: 'team', Value: 'fleet' }];
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'tagged', PolicyDocument: allow('vault:*'), Tags }));
  expect(Policy?.Tags).toEqual(Tags);
  expect((await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }))).Policy?.Tags).toEqual(Tags);
});

it('answers lists page by page', async () => {
  for (const name of ['a', 'b', 'c']) await makeRole(name);
  const first = await iam.send(new ListRolesCommand({ MaxItems: 2 }));
  expect([first.Roles?.map(({ RoleName }) => RoleName), first.IsTruncated]).toEqual([['a', 'b'], true]);
  const second = await iam.send(new ListRolesCommand({ MaxItems: 2, Marker: first.Marker }));
  expect([second.Roles?.map(({ RoleName }) => RoleName), second.IsTruncated, second.Marker]).toEqual([['c'], false, undefined]);
  await expect(iam.send(new ListRolesCommand({ Marker: 'nonsense' }))).rejects.toMatchObject({ name: 'ValidationError' });

  const RoleName = 'a';
  for (const PolicyName of ['p', 'q'])
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: allow('vault:Open') }));
  for (const name of ['ReadOnlyAccess', 'AdministratorAccess'])
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:aws:iam::aws:policy/${name}` }));
  await iam.send(
    new TagRoleCommand({
      RoleName,
      Tags: [
        { Key: 'x', Value: '1' },
        { Key: 'y', Value: '2' },
      ],
    }),
  );
  const rest = { RoleName, MaxItems: 1, Marker: '1' };
  expect(await iam.send(new ListRolePoliciesCommand({ RoleName, MaxItems: 1 }))).toMatchObject({
    PolicyNames: ['p'],
    IsTruncated: true,
    Marker: '1',
  });
  expect((await iam.send(new ListRolePoliciesCommand(rest))).PolicyNames).toEqual(['q']);
  expect((await iam.send(new ListAttachedRolePoliciesCommand(rest))).AttachedPolicies).toMatchObject([
    { PolicyName: 'AdministratorAccess' },
  ]);
  expect((await iam.send(new ListRoleTagsCommand(rest))).Tags).toEqual([{ Key: 'y', Value: '2' }]);
});

it('knows no policy by a name that only the language has', async () => {
  await makeRole('worker');
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'more', PolicyDocument: allow('vault:*') }));
  const missing = { name: 'NoSuchEntityException' };
  const inline = { RoleName: 'worker', PolicyName: 'constructor' };
  await expect(iam.send(new GetRolePolicyCommand(inline))).rejects.toMatchObject(missing);
  await expect(iam.send(new DeleteRolePolicyCommand(inline))).rejects.toMatchObject(missing);
  await expect(iam.send(new GetPolicyVersionCommand({ PolicyArn: Policy?.Arn, VersionId: 'constructor' }))).rejects.toMatchObject(missing);
});

it('lets a role do what its policy grants, nothing else, and forgets a grant that is taken away', async () => {
  const roleArn = await makeRole('worker');
  const { principal } = assumeRole(test.cloud, { roleArn, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  const open = () => test.cloud.call('vault', 'Open', { owner: ACCOUNT }, test.caller(principal));
  await expect(open()).rejects.toThrow(
    `User: arn:aws:sts::${ACCOUNT}:assumed-role/worker/s is not authorized to perform: vault:Open on resource: arn:aws:vault:us-east-2:${ACCOUNT}:box because no identity-based policy allows the vault:Open action`,
  );
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'worker',
      PolicyName: 'open',
      PolicyDocument: allow('vault:Open', `arn:aws:vault:*:${ACCOUNT}:box`),
    }),
  );
  await expect(open()).resolves.toEqual({ opened: true });
  expect(usedGrants(test.cloud)).toEqual([
    {
      holder: roleArn,
      policy: 'open',
      grantedAction: 'vault:Open',
      action: 'vault:Open',
      resource: `arn:aws:vault:us-east-2:${ACCOUNT}:box`,
    },
  ]);
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName: 'open' }));
  await expect(open()).rejects.toMatchObject({ code: 'AccessDeniedException' });
});

it('needs both sides across accounts, one side within an account', async () => {
  const roleArn = await makeRole('worker');
  const { principal } = assumeRole(test.cloud, { roleArn, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  const policyFor = (aws: string) => ({ Statement: { Effect: 'Allow', Principal: { AWS: aws }, Action: 'vault:Open', Resource: '*' } });
  const open = (owner: string, aws?: string) =>
    test.cloud.call('vault', 'Open', { owner, ...(aws === undefined ? {} : { policy: policyFor(aws) }) }, test.caller(principal));
  await expect(open(ACCOUNT, roleArn)).resolves.toBeDefined();
  await expect(open(ACCOUNT, ACCOUNT)).rejects.toThrow('no identity-based policy');
  await expect(open(OTHER, roleArn)).rejects.toThrow('no identity-based policy');
  await iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'open', PolicyDocument: allow('vault:Open') }));
  await expect(open(OTHER)).rejects.toThrow('no resource-based policy');
  await expect(open(OTHER, roleArn)).resolves.toBeDefined();
  await expect(open(OTHER, ACCOUNT)).resolves.toBeDefined();
});

it('lets a service in by the resource policy alone', async () => {
  const caller = test.caller(servicePrincipal('sns.amazonaws.com', ACCOUNT, 'arn:topic'));
  const statement = (extra: object) => ({
    Statement: { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'vault:Open', Resource: '*', ...extra },
  });
  const open = (policy?: object) => test.cloud.call('vault', 'Open', { owner: ACCOUNT, policy }, caller);
  await expect(open()).rejects.toMatchObject({ code: 'AccessDeniedException' });
  await expect(open(statement({}))).resolves.toBeDefined();
  await expect(open(statement({ Condition: { ArnEquals: { 'aws:SourceArn': 'arn:topic' } } }))).resolves.toBeDefined();
  await expect(open(statement({ Condition: { StringEquals: { 'aws:SourceAccount': OTHER } } }))).rejects.toMatchObject({
    code: 'AccessDeniedException',
  });
});

it('hands out credentials that act as the role until they expire', async () => {
  const RoleArn = await makeRole('deployer', { AWS: `arn:aws:iam::${ACCOUNT}:root` });
  const { Credentials, AssumedRoleUser } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'cli', DurationSeconds: 900 }));
  expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/deployer/cli`);
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
  const asRole = new STSClient({ ...test.client, credentials });
  expect(await asRole.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: ACCOUNT, Arn: AssumedRoleUser?.Arn });
  const forged = new STSClient({ ...test.client, credentials: { ...credentials, sessionToken: 'forged' } });
  await expect(forged.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  now += 900_000;
  await expect(asRole.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
});

it("refuses a session that is longer than the role's own maximum", async () => {
  const principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const short = { RoleArn: await makeRole('short', principal), RoleSessionName: 'cli' };
  await expect(sts.send(new AssumeRoleCommand({ ...short, DurationSeconds: 3601 }))).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  });
  await expect(sts.send(new AssumeRoleCommand(short))).resolves.toBeDefined();
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'long', AssumeRolePolicyDocument: trust(principal), MaxSessionDuration: 7200 }),
  );
  const { Credentials } = await sts.send(new AssumeRoleCommand({ ...short, RoleArn: Role?.Arn, DurationSeconds: 7200 }));
  expect(Credentials?.Expiration?.getTime()).toBe(now + 7_200_000);
});

it.each([
  ['Federated', 'cognito-identity.amazonaws.com'],
  ['CanonicalUser', '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be'],
])('refuses a policy with a principal of the kind %s, which would never match', async (kind, name) => {
  await expect(makeRole('foreign', { [kind]: name })).rejects.toMatchObject({
    name: 'NotCarriedOut',
    message: expect.stringContaining(`principals of the kind "${kind}"`),
  });
  await expect(makeRole('both', { AWS: '*', [kind]: [name] })).rejects.toThrow(`principals of the kind "${kind}"`);
});

it('refuses a role to whom its trust policy does not name', async () => {
  const lambdaOnly = await makeRole('function-role');
  const foreign = new STSClient({ ...test.client, credentials: { accessKeyId: OTHER, secretAccessKey: 'x' } });
  const assume = (client: STSClient, RoleArn: string) => client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'cli' }));
  await expect(assume(sts, lambdaOnly)).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(assume(foreign, await makeRole('own', { AWS: ACCOUNT }))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(assume(foreign, await makeRole('shared', { AWS: OTHER }))).resolves.toBeDefined();
  await expect(assume(sts, `arn:aws:iam::${ACCOUNT}:role/nobody`)).rejects.toMatchObject({ name: 'AccessDenied' });
  expect(() => assumeRole(test.cloud, { roleArn: lambdaOnly, sessionName: 's', servicePrincipal: 'ec2.amazonaws.com' })).toThrow(
    'ec2.amazonaws.com',
  );
});

it('takes a 12-digit access key id as that account, and no other key', async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:root` });
  const stranger = new STSClient({ ...test.client, credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' } });
  await expect(stranger.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
});
