import { organizationNamed } from '@enstratus/platform/delivery';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type BootstrappedAccount, bootstrapTemplate } from './bootstrap-template.ts';
import { executionPolicy } from './execution-policy.ts';

const organization = organizationNamed('enfusion');
const accounts: readonly BootstrappedAccount[] = ['delivery', 'dev', 'test', 'prod'];
const resourcesOf = (account: BootstrappedAccount) => parse(bootstrapTemplate(account, organization)).Resources;
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
          expect(Sid).toBe('RolesOfOurOwnNames');
          expect(Resource).not.toContain('*');
        }
      }
    }
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
