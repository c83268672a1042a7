import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createCognitoIdp]);
});
afterAll(() => test.stop());

const UserPoolId = 'us-east-2_Example12';
const ofUser = { UserPoolId, Username: 'ada' };
const ofGroup = { UserPoolId, GroupName: 'admin' };
const ofClient = { UserPoolId, ClientId: 'x' };
/** An input of each operation; each asks IAM for the action of its own name. */
const INPUTS: Record<string, unknown> = {
  AddCustomAttributes: { UserPoolId, CustomAttributes: [{ Name: 'x' }] },
  AdminAddUserToGroup: { ...ofUser, ...ofGroup },
  AdminCreateUser: ofUser,
  AdminDeleteUser: ofUser,
  AdminDeleteUserAttributes: { ...ofUser, UserAttributeNames: [] },
  AdminDisableUser: ofUser,
  AdminEnableUser: ofUser,
  AdminGetUser: ofUser,
  AdminListGroupsForUser: ofUser,
  AdminRemoveUserFromGroup: { ...ofUser, ...ofGroup },
  AdminResetUserPassword: ofUser,
  AdminSetUserPassword: { ...ofUser, Password: 'x' },
  AdminUpdateUserAttributes: ofUser,
  AdminUserGlobalSignOut: ofUser,
  CreateGroup: ofGroup,
  CreateUserPool: { PoolName: 'x' },
  CreateUserPoolClient: { UserPoolId, ClientName: 'x' },
  DeleteGroup: ofGroup,
  DeleteUserPool: { UserPoolId },
  DeleteUserPoolClient: ofClient,
  DescribeUserPool: { UserPoolId },
  DescribeUserPoolClient: ofClient,
  GetGroup: ofGroup,
  ListGroups: { UserPoolId },
  ListUserPoolClients: { UserPoolId },
  ListUserPools: { MaxResults: 1 },
  ListUsers: { UserPoolId },
  ListUsersInGroup: ofGroup,
  UpdateGroup: ofGroup,
  UpdateUserPool: { UserPoolId },
  UpdateUserPoolClient: ofClient,
};

/** What the people in a pool do, who have no AWS credentials (Cognito Developer Guide, "Understanding API, OIDC, and managed login pages authentication"). */
const PUBLIC = [
  'ChangePassword',
  'ConfirmForgotPassword',
  'ForgotPassword',
  'GetTokensFromRefreshToken',
  'GetUser',
  'GlobalSignOut',
  'InitiateAuth',
  'RespondToAuthChallenge',
  'RevokeToken',
];

describe('a role without policies', () => {
  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(test.cloud.call('cognito-idp', operation, input, test.caller(ROLE_WITHOUT_POLICIES))).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: cognito-idp:${operation} on`),
    });
  });

  it('is asked about by every operation that is not public', () => {
    const all = Object.keys(test.cloud.service('cognito-idp')?.operations ?? {});
    expect(all.sort()).toEqual([...Object.keys(INPUTS), ...PUBLIC].sort());
  });
});
