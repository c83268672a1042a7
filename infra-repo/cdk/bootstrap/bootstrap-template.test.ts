import { organizationNamed } from '@enstratus/platform/delivery';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type BootstrappedAccount, bootstrapTemplate } from './bootstrap-template.ts';
import { executionPolicy } from './execution-policy.ts';

const organization = organizationNamed('enfusion');
const accounts: readonly BootstrappedAccount[] = ['delivery', 'dev', 'test', 'prod'];
const resourcesOf = (account: BootstrappedAccount) => parse(bootstrapTemplate(account, organization)).Resources;
/** IAM's wildcards in an action, a resource or an ARN that a condition names. */
const like = (pattern: string, value: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i').test(value);

/** Whether CloudFormation may do it: an explicit deny wins, then an allow is needed. Throws for a condition that this test does not know. */
function mayDo(account: BootstrappedAccount, action: string, resource: string, policyArn?: string): boolean {
  const matching = executionPolicy(account).Statement.filter(({ Action, Resource, Condition = {} }) => {
    expect(Object.entries(Condition).flatMap(([operator, keys]) => Object.keys(keys).map((key) => `${operator} ${key}`))).toEqual(
      Object.keys(Condition).length === 0 ? [] : ['ArnLike iam:PolicyARN'],
    );
    const arns = [Condition['ArnLike']?.['iam:PolicyARN'] ?? []].flat();
    return (
      Action.some((pattern) => like(pattern, action)) &&
      [Resource].flat().some((pattern) => like(pattern, resource)) &&
      (arns.length === 0 || (policyArn !== undefined && arns.some((pattern) => like(pattern, policyArn))))
    );
  });
  return matching.length > 0 && matching.every(({ Effect }) => Effect === 'Allow');
}
const inAccount = (rest: string) => `arn:aws:iam::420000000001:${rest}`;

const roles = ['DeploymentActionRole', 'FilePublishingRole', 'ImagePublishingRole', 'LookupRole'];

describe('the bootstrap of an account', () => {
  it.each(accounts)('lets nobody of the delivery account into %s but its pipelines', (account) => {
    const Resources = resourcesOf(account);
    for (const role of roles) {
      const statements: unknown[] = Resources[role].Properties.AssumeRolePolicyDocument.Statement;
      const across = statements.filter((statement) => JSON.stringify(statement).includes('TrustedAccounts'));
      expect(across.length).toBeGreaterThan(0);
      for (const statement of across) {
        const [, letIn] = (statement as { 'Fn::If': [string, { Condition: unknown }] })['Fn::If'];
        const conditions = JSON.stringify(letIn.Condition);
        // Each branch of a condition that has branches.
        const branches = conditions.includes('Fn::If')
          ? (letIn.Condition as { 'Fn::If': unknown[] })['Fn::If'].slice(1)
          : [letIn.Condition];
        for (const branch of branches)
          expect(JSON.stringify(branch)).toMatch(/"aws:PrincipalArn":\["arn:aws:iam::410000000001:role\/[Ee]nstratus/);
      }
    }
  });

  it('lets a pipeline in whose role CloudFormation has named in short', () => {
    const { Statement } = resourcesOf('prod').DeploymentActionRole.Properties.AssumeRolePolicyDocument;
    const patterns = [...JSON.stringify(Statement).matchAll(/"(arn:aws:iam::410000000001:role[^"]+)"/g)].map(
      ([, pattern]) => pattern ?? '',
    );
    const letIn = (role: string) => patterns.some((pattern) => like(pattern, `arn:aws:iam::410000000001:role/${role}`));
    expect(letIn('EnstratusPipelineDashboa-DeliveryCodeBuildActionRo-TP83SUKFOQYZ')).toBe(true);
    expect(letIn('EnstratusIngest-IngestFunctionRole-1A2B')).toBe(false);
    expect(letIn('somebody-EnstratusPipelineDashboard')).toBe(false);
  });

  it('lets nobody of production itself deploy there', () => {
    const own = (account: BootstrappedAccount) =>
      JSON.stringify(roles.map((role) => resourcesOf(account)[role].Properties.AssumeRolePolicyDocument)).includes(
        '"AWS":{"Ref":"AWS::AccountId"}',
      );
    expect(own('prod')).toBe(false);
    expect(own('dev')).toBe(true);
  });

  it.each(accounts)('gives CloudFormation in %s a policy of its own, never an administrator', (account) => {
    const Resources = resourcesOf(account);
    expect(Resources.CloudFormationExecutionRole.Properties.ManagedPolicyArns).toEqual([{ Ref: 'EnstratusExecutionPolicy' }]);
    expect(Resources.EnstratusExecutionPolicy.Properties.PolicyDocument).toEqual(JSON.parse(JSON.stringify(executionPolicy(account))));
  });
});

describe('what CloudFormation may do', () => {
  it.each(accounts)('in %s makes no people, no keys and no organization', (account) => {
    const allowed = executionPolicy(account)
      .Statement.filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    expect(allowed).not.toContain('*');
    expect(
      allowed.filter((action) => /^(iam:(\*|.*(User|Group|AccessKey|SAML|OpenID|Login).*)|organizations:|account:|sso|sts:)/.test(action)),
    ).toEqual([]);
  });

  it('keeps to roles of our own names', () => {
    for (const account of accounts) {
      for (const { Sid, Effect, Action, Resource } of executionPolicy(account).Statement) {
        if (Effect === 'Allow' && Action.some((action) => action.startsWith('iam:'))) {
          expect(['RolesOfOurOwnNames', 'PoliciesOfOurOwnNamesOnThem']).toContain(Sid);
          expect(Resource).not.toContain('*');
        }
      }
    }
  });

  it.each(accounts)('in %s makes the roles and policies that stacks have', (account) => {
    for (const role of [inAccount('role/EnstratusIngest-IngestFunctionRole-1A2B'), inAccount('role/enstratus-build')]) {
      for (const action of ['CreateRole', 'PutRolePolicy', 'DeleteRole', 'PassRole', 'UpdateAssumeRolePolicy', 'TagRole'])
        expect(mayDo(account, `iam:${action}`, role)).toBe(true);
      expect(mayDo(account, 'iam:AttachRolePolicy', role, inAccount('policy/EnstratusIngest-Overflow-1A2B'))).toBe(true);
    }
    for (const action of ['CreatePolicy', 'CreatePolicyVersion', 'DeletePolicyVersion', 'DeletePolicy', 'ListEntitiesForPolicy'])
      expect(mayDo(account, `iam:${action}`, inAccount('policy/enstratus-pushers'))).toBe(true);
  });

  it.each(accounts)('in %s cannot change its own policy, nor the roles of the bootstrap', (account) => {
    const { ManagedPolicyName } = resourcesOf(account).EnstratusExecutionPolicy.Properties;
    const own = inAccount(`policy/${ManagedPolicyName['Fn::Join'][1][0]}-us-east-2`);
    for (const action of ['CreatePolicyVersion', 'DeletePolicyVersion', 'DeletePolicy', 'CreatePolicy', 'TagPolicy'])
      expect(mayDo(account, `iam:${action}`, own), action).toBe(false);
    const bootstrapped = inAccount('role/cdk-hnb659fds-cfn-exec-role-420000000001-us-east-2');
    for (const action of ['PutRolePolicy', 'DetachRolePolicy', 'UpdateAssumeRolePolicy', 'PassRole'])
      expect(mayDo(account, `iam:${action}`, bootstrapped), action).toBe(false);
  });

  it.each(accounts)('in %s attaches policies of our own names alone, and not its own', (account) => {
    const attached = (policyArn: string) =>
      mayDo(account, 'iam:AttachRolePolicy', inAccount('role/EnstratusIngest-IngestFunctionRole-1A2B'), policyArn);
    expect(attached('arn:aws:iam::aws:policy/AdministratorAccess')).toBe(false);
    expect(attached(inAccount('policy/somebody-elses'))).toBe(false);
    expect(attached(inAccount('policy/enstratus-execution-us-east-2'))).toBe(false);
  });

  it('in production deletes nothing that holds data', () => {
    const denied = (account: BootstrappedAccount) =>
      executionPolicy(account)
        .Statement.filter(({ Effect }) => Effect === 'Deny')
        .flatMap(({ Action }) => Action);
    expect(denied('prod')).toEqual(expect.arrayContaining(['dynamodb:DeleteTable', 'cognito-idp:DeleteUserPool', 's3:DeleteBucket']));
    expect(denied('dev')).not.toContain('dynamodb:DeleteTable');
  });
});
