import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddCustomAttributesCommand,
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminSetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DeleteGroupCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetGroupCommand,
  InitiateAuthCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
  ListUserPoolsCommand,
  ListUsersCommand,
  ListUsersInGroupCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';

let test: TestCloud;
let cognito: CognitoIdentityProviderClient;

beforeEach(async () => {
  test = await startTestCloud([createCognitoIdp]);
  cognito = new CognitoIdentityProviderClient(test.client);
});

afterEach(async () => {
  cognito.destroy();
  await test.stop();
});

/** A pool such as infra-repo deploys. */
async function createPool(input: Partial<CreateUserPoolCommandInput> = {}): Promise<string> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'people',
      UsernameAttributes: ['email'],
      Schema: [
        { Name: 'email', Required: true, Mutable: true },
        { Name: 'user_id', AttributeDataType: 'String', Mutable: false, StringAttributeConstraints: { MinLength: '1', MaxLength: '64' } },
        { Name: 'devices', AttributeDataType: 'Number', NumberAttributeConstraints: { MinValue: '0', MaxValue: '10' } },
      ],
      ...input,
    }),
  );
  return UserPool?.Id ?? '';
}

async function createUser(UserPoolId: string, Username: string, input: Partial<AdminCreateUserCommandInput> = {}) {
  const { User } = await cognito.send(new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: 'SUPPRESS', ...input }));
  return User;
}

async function getUser(UserPoolId: string, Username: string) {
  const { UserAttributes = [], ...user } = await cognito.send(new AdminGetUserCommand({ UserPoolId, Username }));
  return { ...user, attributes: Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value])) };
}

describe('a user pool', () => {
  it('is described as it was made, with the standard schema', async () => {
    const id = await createPool({ Policies: { PasswordPolicy: { MinimumLength: 12 } }, AutoVerifiedAttributes: ['email'] });
    expect(id).toMatch(/^us-east-2_[A-Za-z0-9]{9}$/);
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
    expect(UserPool).toMatchObject({
      Arn: `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${id}`,
      Name: 'people',
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireSymbols: true, TemporaryPasswordValidityDays: 7 } },
      UsernameAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: false },
      MfaConfiguration: 'OFF',
      DeletionProtection: 'INACTIVE',
      EstimatedNumberOfUsers: 0,
    });
    const schema = Object.fromEntries((UserPool?.SchemaAttributes ?? []).map(({ Name = '', ...rest }) => [Name, rest]));
    expect(Object.keys(schema)).toHaveLength(22);
    expect(schema['email']).toMatchObject({ Required: true, AttributeDataType: 'String' });
    expect(schema['custom:user_id']).toMatchObject({ Mutable: false, StringAttributeConstraints: { MinLength: '1', MaxLength: '64' } });
  });

  it('is updated, listed, extended and, unless protected, deleted', async () => {
    const UserPoolId = await createPool({ DeletionProtection: 'ACTIVE' });
    await expect(cognito.send(new DeleteUserPoolCommand({ UserPoolId }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await cognito.send(new UpdateUserPoolCommand({ UserPoolId, UserPoolTags: { stage: 'dev' } }));
    await cognito.send(new AddCustomAttributesCommand({ UserPoolId, CustomAttributes: [{ Name: 'path', AttributeDataType: 'String' }] }));
    const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({ Name: 'people', UserPoolTags: { stage: 'dev' }, DeletionProtection: 'INACTIVE' });
    expect(UserPool?.SchemaAttributes?.at(-1)?.Name).toBe('custom:path');
    expect((await cognito.send(new ListUserPoolsCommand({ MaxResults: 10 }))).UserPools).toMatchObject([
      { Id: UserPoolId, Name: 'people' },
    ]);
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId }));
    await expect(cognito.send(new DescribeUserPoolCommand({ UserPoolId }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('refuses what is not carried out, by name', async () => {
    const refused = { name: 'NotCarriedOut' };
    await expect(createPool({ MfaConfiguration: 'ON' })).rejects.toMatchObject(refused);
    await expect(createPool({ LambdaConfig: { PreSignUp: 'x' } })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('LambdaConfig.PreSignUp'),
    });
    const UserPoolId = await createPool();
    const { UserPoolClient } = await cognito.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'web' }));
    for (const AuthFlow of ['USER_PASSWORD_AUTH', 'CUSTOM_AUTH', 'USER_AUTH'] as const) {
      await expect(
        cognito.send(new InitiateAuthCommand({ ClientId: UserPoolClient?.ClientId, AuthFlow, AuthParameters: {} })),
      ).rejects.toMatchObject({ ...refused, message: expect.stringContaining(`"${AuthFlow}" of cognito-idp:InitiateAuth`) });
    }
    const sms = { MessageAction: undefined, DesiredDeliveryMediums: ['SMS' as const] };
    await expect(createUser(UserPoolId, 'a@example.com', sms)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('SMS'),
    });
    await expect(getUser(UserPoolId, 'a@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    for (const LambdaVersion of ['V1_0', 'V3_0'] as const) {
      const LambdaConfig = { PreTokenGenerationConfig: { LambdaArn: 'arn:aws:lambda:us-east-2:111122223333:function:f', LambdaVersion } };
      await expect(createPool({ LambdaConfig })).rejects.toMatchObject({ ...refused, message: expect.stringContaining(LambdaVersion) });
    }
  });
});

describe('a client', () => {
  it('is made, read, updated, listed and deleted', async () => {
    const UserPoolId = await createPool();
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({
        UserPoolId,
        ClientName: 'dashboard',
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        AccessTokenValidity: 60,
        RefreshTokenValidity: 43_200,
        TokenValidityUnits: { AccessToken: 'minutes', RefreshToken: 'minutes' },
        ReadAttributes: ['email', 'custom:user_id'],
      }),
    );
    const ClientId = UserPoolClient?.ClientId ?? '';
    expect(ClientId).toMatch(/^[a-z0-9]{26}$/);
    expect(UserPoolClient).toMatchObject({ ClientName: 'dashboard', EnableTokenRevocation: true, AuthSessionValidity: 3 });
    expect(UserPoolClient?.ClientSecret).toBeUndefined();
    await cognito.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId, RefreshTokenValidity: 5 }));
    const described = await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }));
    expect(described.UserPoolClient).toMatchObject({ ClientName: 'dashboard', RefreshTokenValidity: 5 });
    // What an update doesn't name has its default again.
    expect(described.UserPoolClient?.ReadAttributes).toBeUndefined();
    const listed = await cognito.send(new ListUserPoolClientsCommand({ UserPoolId }));
    expect(listed.UserPoolClients).toEqual([{ ClientId, UserPoolId, ClientName: 'dashboard' }]);
    await cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId }));
    await expect(cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it.each([
    [{ ReadAttributes: ['custom:nothing'] }, 'InvalidParameterException'],
    [{ AccessTokenValidity: 25 }, 'InvalidParameterException'],
    [{ AllowedOAuthFlowsUserPoolClient: true }, 'NotCarriedOut'],
    [{ SupportedIdentityProviders: ['Google'] }, 'NotCarriedOut'],
  ])('refuses %j', async (wanted, name) => {
    const UserPoolId = await createPool();
    await expect(cognito.send(new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c', ...wanted }))).rejects.toMatchObject({ name });
  });
});

describe('users', () => {
  it('are made by their e-mail address and known by an id', async () => {
    const pool = await createPool();
    const made = await createUser(pool, 'Ada@Example.com', { UserAttributes: [{ Name: 'custom:user_id', Value: 'u-1' }] });
    expect(made?.Username).toMatch(/^[0-9a-f]{8}-/);
    const user = await getUser(pool, 'ada@example.COM');
    expect(user).toMatchObject({
      Username: made?.Username,
      Enabled: true,
      UserStatus: 'FORCE_CHANGE_PASSWORD',
      attributes: { sub: made?.Username, email: 'Ada@Example.com', 'custom:user_id': 'u-1' },
    });
    await expect(createUser(pool, 'ADA@example.com')).rejects.toMatchObject({ name: 'UsernameExistsException' });
    await expect(createUser(pool, 'ada')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Username should be an email.',
    });
  });

  it('are made by name in a pool without sign-in attributes', async () => {
    const pool = await createPool({ UsernameAttributes: [] });
    const made = await createUser(pool, 'ada');
    expect(made?.Username).toBe('ada');
    expect((await getUser(pool, 'ADA')).attributes).toEqual({ sub: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('get passwords that fit the policy, and none is kept as such', async () => {
    const pool = await createPool({ Policies: { PasswordPolicy: { MinimumLength: 12 } } });
    await createUser(pool, 'ada@example.com', { TemporaryPassword: 'Temporary-Secret-1' });
    const set = (Password: string) =>
      cognito.send(new AdminSetUserPasswordCommand({ UserPoolId: pool, Username: 'ada@example.com', Password, Permanent: true }));
    await expect(set('Short-1')).rejects.toMatchObject({
      name: 'InvalidPasswordException',
      message: expect.stringContaining('not long enough'),
    });
    await expect(set('no-capitals-at-all-1')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await expect(createUser(pool, 'eve@example.com', { TemporaryPassword: 'weak' })).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    await set('Permanent-Secret-1');
    expect((await getUser(pool, 'ada@example.com')).UserStatus).toBe('CONFIRMED');
    const folder = join(test.cloud.state.root, ACCOUNT, REGION);
    const kept = ['cognito-idp.sqlite', 'cognito-idp.sqlite-wal']
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join('');
    expect(kept).toContain('ada@example.com');
    expect(kept).not.toContain('-Secret-1');
  });

  it.each([
    ['custom:user_id', 'x'.repeat(65)],
    ['custom:user_id', ''],
    ['custom:devices', '11'],
    ['custom:devices', 'many'],
    ['custom:unknown', 'x'],
    ['email_verified', 'perhaps'],
    ['phone_number', '12'],
    ['birthdate', '1.1.2000'],
  ])('are refused with %s of %j', async (Name, Value) => {
    const pool = await createPool();
    await expect(createUser(pool, 'ada@example.com', { UserAttributes: [{ Name, Value }] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(getUser(pool, 'ada@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });

  it('are updated as far as the schema allows', async () => {
    const pool = await createPool({ UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] } });
    await createUser(pool, 'ada@example.com', { UserAttributes: [{ Name: 'custom:user_id', Value: 'u-1' }] });
    await createUser(pool, 'eve@example.com');
    const update = (...attributes: [string, string][]) =>
      cognito.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: pool,
          Username: 'ada@example.com',
          UserAttributes: attributes.map(([Name, Value]) => ({ Name, Value })),
        }),
      );
    await update(['name', 'Ada'], ['custom:devices', '3']);
    await update(['name', '']);
    expect((await getUser(pool, 'ada@example.com')).attributes).toEqual({
      sub: expect.any(String),
      email: 'ada@example.com',
      'custom:user_id': 'u-1',
      'custom:devices': '3',
    });
    await expect(update(['custom:user_id', 'u-2'])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update(['sub', 'u-2'])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update(['email', ''])).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update(['email', 'ada@example.org'])).rejects.toMatchObject({ name: 'NotCarriedOut' });
    await expect(update(['email', 'eve@example.com'], ['email_verified', 'true'])).rejects.toMatchObject({ name: 'AliasExistsException' });
    await update(['email', 'ada@example.org'], ['email_verified', 'true']);
    await expect(getUser(pool, 'ada@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    expect((await getUser(pool, 'ada@example.org')).attributes).toMatchObject({ email_verified: 'true' });
  });

  it('are disabled, enabled and deleted', async () => {
    const pool = await createPool();
    await createUser(pool, 'ada@example.com');
    const who = { UserPoolId: pool, Username: 'ada@example.com' };
    await cognito.send(new AdminDisableUserCommand(who));
    expect((await getUser(pool, 'ada@example.com')).Enabled).toBe(false);
    await cognito.send(new AdminEnableUserCommand(who));
    expect((await getUser(pool, 'ada@example.com')).Enabled).toBe(true);
    await cognito.send(new AdminDeleteUserCommand(who));
    await expect(getUser(pool, 'ada@example.com')).rejects.toMatchObject({ name: 'UserNotFoundException' });
    await createUser(pool, 'ada@example.com');
  });

  it('are listed by filter, page by page', async () => {
    const pool = await createPool({ UsernameAttributes: [] });
    for (const name of ['ada', 'adele', 'bob'])
      await createUser(pool, name, { UserAttributes: [{ Name: 'email', Value: `${name}@example.com` }] });
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: pool, Username: 'bob' }));
    const list = async (Filter: string, Limit?: number, PaginationToken?: string) => {
      const page = await cognito.send(
        new ListUsersCommand({ UserPoolId: pool, Filter, Limit, PaginationToken, AttributesToGet: ['email'] }),
      );
      return { names: page.Users?.map(({ Username }) => Username), next: page.PaginationToken, first: page.Users?.[0]?.Attributes };
    };
    expect(await list('email ^= "AD"')).toEqual({
      names: ['ada', 'adele'],
      next: undefined,
      first: [{ Name: 'email', Value: 'ada@example.com' }],
    });
    expect((await list('status = "Disabled"')).names).toEqual(['bob']);
    expect((await list('cognito:user_status = "force_change_password"')).names).toEqual(['ada', 'adele', 'bob']);
    const first = await list('', 2);
    const second = await list('', 2, first.next);
    expect([first.names, second.names, second.next]).toEqual([['ada', 'adele'], ['bob'], undefined]);
    await expect(list('custom:user_id = "x"')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('groups', () => {
  it('are made, joined, left and deleted', async () => {
    const UserPoolId = await createPool({ UsernameAttributes: [] });
    for (const [Precedence, GroupName] of ['admin', 'partner'].entries())
      await cognito.send(new CreateGroupCommand({ UserPoolId, GroupName, Precedence }));
    await expect(cognito.send(new CreateGroupCommand({ UserPoolId, GroupName: 'admin' }))).rejects.toMatchObject({
      name: 'GroupExistsException',
    });
    expect((await cognito.send(new GetGroupCommand({ UserPoolId, GroupName: 'admin' }))).Group).toMatchObject({
      Precedence: 0,
      UserPoolId,
    });
    for (const Username of ['ada', 'bob', 'eve']) {
      await createUser(UserPoolId, Username);
      await cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: 'admin' }));
    }
    const members = async (Limit: number, NextToken?: string) => {
      const page = await cognito.send(new ListUsersInGroupCommand({ UserPoolId, GroupName: 'admin', Limit, NextToken }));
      return { names: page.Users?.map(({ Username }) => Username), next: page.NextToken };
    };
    const first = await members(2);
    expect([first.names, (await members(2, first.next)).names]).toEqual([['ada', 'bob'], ['eve']]);
    await cognito.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username: 'bob', GroupName: 'admin' }));
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'eve' }));
    expect((await members(60)).names).toEqual(['ada']);
    const groupsOf = async (Username: string) =>
      (await cognito.send(new AdminListGroupsForUserCommand({ UserPoolId, Username }))).Groups?.map(({ GroupName }) => GroupName);
    expect([await groupsOf('ada'), await groupsOf('bob')]).toEqual([['admin'], []]);
    await cognito.send(new DeleteGroupCommand({ UserPoolId, GroupName: 'admin' }));
    expect(await groupsOf('ada')).toEqual([]);
    expect((await cognito.send(new ListGroupsCommand({ UserPoolId }))).Groups?.map(({ GroupName }) => GroupName)).toEqual(['partner']);
    await expect(cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: 'ada', GroupName: 'admin' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });
});

it('keeps pools and users over a restart', async () => {
  const pool = await createPool();
  await createUser(pool, 'ada@example.com');
  test = await test.restart();
  cognito.destroy();
  cognito = new CognitoIdentityProviderClient(test.client);
  expect((await getUser(pool, 'ada@example.com')).attributes).toMatchObject({ email: 'ada@example.com' });
});
