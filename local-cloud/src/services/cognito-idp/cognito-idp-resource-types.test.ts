import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListGroupsCommand,
  ListUserPoolsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';

let test: TestCloud;
let stacks: CloudFormationClient;
let cognito: CognitoIdentityProviderClient;

beforeEach(async () => {
  test = await startTestCloud([createCognitoIdp, createCloudFormation]);
  stacks = new CloudFormationClient(test.client);
  cognito = new CognitoIdentityProviderClient(test.client);
});

afterEach(async () => {
  stacks.destroy();
  cognito.destroy();
  await test.stop();
});

const USER_ID = {
  AttributeDataType: 'String',
  Mutable: false,
  Name: 'user_id',
  StringAttributeConstraints: { MaxLength: '64', MinLength: '1' },
};

/** A pool, its client and its groups as CDK synthesizes infra-repo's. */
function template({ schema = [USER_ID], pool = {}, client = {}, groups = ['admin', 'partner'] }): string {
  const ofPool = { UserPoolId: { Ref: 'Pool' } };
  return JSON.stringify({
    Resources: {
      Pool: {
        Type: 'AWS::Cognito::UserPool',
        Properties: {
          AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
          AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
          AutoVerifiedAttributes: ['email'],
          EmailVerificationMessage: 'The verification code to your new account is {####}',
          MfaConfiguration: 'OFF',
          Policies: { PasswordPolicy: { MinimumLength: 12, RequireSymbols: true, TemporaryPasswordValidityDays: 7 } },
          Schema: [{ Mutable: true, Name: 'email', Required: true }, ...schema],
          UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
          UserPoolTier: 'ESSENTIALS',
          UsernameAttributes: ['email'],
          UsernameConfiguration: { CaseSensitive: false },
          VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE', SmsMessage: '{####}' },
          ...pool,
        },
      },
      Client: {
        Type: 'AWS::Cognito::UserPoolClient',
        Properties: {
          ...ofPool,
          AccessTokenValidity: 60,
          AllowedOAuthFlowsUserPoolClient: false,
          ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
          GenerateSecret: false,
          ReadAttributes: ['custom:user_id', 'email'],
          SupportedIdentityProviders: ['COGNITO'],
          TokenValidityUnits: { AccessToken: 'minutes' },
          ...client,
        },
      },
      ...Object.fromEntries(
        groups.map((GroupName, Precedence) => [
          `${GroupName}Group`,
          { Type: 'AWS::Cognito::UserPoolGroup', Properties: { ...ofPool, GroupName, Precedence } },
        ]),
      ),
    },
    Outputs: {
      UserPoolId: { Value: { Ref: 'Pool' } },
      Arn: { Value: { 'Fn::GetAtt': ['Pool', 'Arn'] } },
      ProviderName: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderName'] } },
      ProviderURL: { Value: { 'Fn::GetAtt': ['Pool', 'ProviderURL'] } },
      ClientId: { Value: { Ref: 'Client' } },
    },
  });
}

async function settled(status: string): Promise<Record<string, string>> {
  return vi.waitFor(
    async () => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'people' }));
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      expect(stack?.StackStatus, await reasons()).toBe(status);
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    { timeout: 10_000 },
  );
}

async function reasons(): Promise<string> {
  const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'people' }));
  return StackEvents.map((event) => event.ResourceStatusReason).join('; ');
}

it('makes, changes and deletes a pool with its client and groups', async () => {
  await stacks.send(new CreateStackCommand({ StackName: 'people', TemplateBody: template({}), Tags: [{ Key: 'repo', Value: 'infra' }] }));
  const { UserPoolId = '', ClientId = '', Arn, ProviderName, ProviderURL } = await settled('CREATE_COMPLETE');
  expect(Arn).toBe(`arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${UserPoolId}`);
  expect([ProviderName, ProviderURL]).toEqual([`${test.endpoint.slice('http://'.length)}/${UserPoolId}`, `${test.endpoint}/${UserPoolId}`]);
  const pool = async () => (await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool;
  expect(await pool()).toMatchObject({
    Name: expect.stringMatching(/^people-Pool-\w+$/),
    UsernameAttributes: ['email'],
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    Policies: { PasswordPolicy: { MinimumLength: 12 } },
    UserPoolTags: expect.objectContaining({ repo: 'infra' }),
  });
  const client = async () => (await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).UserPoolClient;
  expect(await client()).toMatchObject({ AccessTokenValidity: 60, ReadAttributes: ['custom:user_id', 'email'] });
  const groups = async () => (await cognito.send(new ListGroupsCommand({ UserPoolId }))).Groups?.map(({ GroupName }) => GroupName);
  expect(await groups()).toEqual(['admin', 'partner']);

  const TemplateBody = template({
    schema: [USER_ID, { ...USER_ID, Name: 'path' }],
    pool: { Policies: { PasswordPolicy: { MinimumLength: '14' } } },
    client: { AccessTokenValidity: 30 },
    groups: ['admin'],
  });
  await stacks.send(new UpdateStackCommand({ StackName: 'people', TemplateBody }));
  expect(await settled('UPDATE_COMPLETE')).toMatchObject({ UserPoolId, ClientId });
  expect(await pool()).toMatchObject({ Policies: { PasswordPolicy: { MinimumLength: 14 } } });
  expect((await pool())?.SchemaAttributes?.map(({ Name }) => Name)).toContain('custom:path');
  expect(await client()).toMatchObject({ AccessTokenValidity: 30 });
  expect(await groups()).toEqual(['admin']);

  await stacks.send(new DeleteStackCommand({ StackName: 'people' }));
  await expect
    .poll(async () => (await cognito.send(new ListUserPoolsCommand({ MaxResults: 1 }))).UserPools, { timeout: 10_000 })
    .toEqual([]);
});

it('rolls back what a pool does not allow: another schema, other names to sign in with', async () => {
  await stacks.send(new CreateStackCommand({ StackName: 'people', TemplateBody: template({}) }));
  const { UserPoolId } = await settled('CREATE_COMPLETE');
  for (const [TemplateBody, reason] of [
    [template({ schema: [{ ...USER_ID, Mutable: true }] }), 'Existing schema attributes cannot be modified or deleted'],
    [template({ pool: { UsernameAttributes: ['phone_number'] } }), "UsernameAttributes of a user pool can't be changed"],
  ] as const) {
    await stacks.send(new UpdateStackCommand({ StackName: 'people', TemplateBody }));
    expect(await settled('UPDATE_ROLLBACK_COMPLETE')).toMatchObject({ UserPoolId });
    expect(await reasons()).toContain(reason);
  }
});

it('sets, changes and takes away the trigger before tokens are made; any other is refused by its name', async () => {
  const trigger = (name: string) => ({
    PreTokenGenerationConfig: { LambdaArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`, LambdaVersion: 'V2_0' },
  });
  const update = (pool: object) => stacks.send(new UpdateStackCommand({ StackName: 'people', TemplateBody: template({ pool }) }));
  await stacks.send(new CreateStackCommand({ StackName: 'people', TemplateBody: template({ pool: { LambdaConfig: trigger('first') } }) }));
  const { UserPoolId } = await settled('CREATE_COMPLETE');
  const triggers = async () => (await cognito.send(new DescribeUserPoolCommand({ UserPoolId }))).UserPool?.LambdaConfig;
  expect(await triggers()).toMatchObject(trigger('first'));
  await update({ LambdaConfig: trigger('second') });
  await settled('UPDATE_COMPLETE');
  expect(await triggers()).toMatchObject(trigger('second'));
  await expect(update({ LambdaConfig: { PreSignUp: 'arn' } })).rejects.toThrow('PreSignUp');
  await update({});
  await settled('UPDATE_COMPLETE');
  expect(await triggers()).toEqual({});
});
