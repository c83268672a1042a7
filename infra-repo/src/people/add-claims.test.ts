import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from './add-claims.lambda.ts';
import { addClaims, type PeopleTable } from './add-claims.ts';
import { SignInRefused } from './sign-in-refused.ts';

const USER = { user_id: { S: 'ada' }, persona: { S: 'dealer' }, path: { S: '/enfusion/p1/d3' } };

/** An event as Cognito sends it (Amazon Cognito Developer Guide, "Pre token generation Lambda trigger", version two). */
const event = (attributes: Record<string, string> = { 'custom:user_id': 'ada' }) => ({
  version: '2',
  triggerSource: 'TokenGeneration_Authentication',
  region: 'us-east-2',
  userPoolId: 'us-east-2_EXAMPLE',
  userName: '11112222-3333-4444-5555-666677778888',
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'client' },
  request: {
    userAttributes: { sub: '11112222-3333-4444-5555-666677778888', email: 'ada@example.com', ...attributes },
    groupConfiguration: { groupsToOverride: ['dealer'], iamRolesToOverride: [], preferredRole: null },
    scopes: ['aws.cognito.signin.user.admin'],
  },
  response: { claimsAndScopeOverrideDetails: null },
});

let item: Record<string, object> | undefined;
const send = vi.fn(async (_command: unknown) => ({ Item: item }));
const warn = vi.fn();
const table = { dynamodb: { send }, tableName: 'table', log: { warn } } as unknown as PeopleTable;

beforeEach(() => {
  item = USER;
  vi.clearAllMocks();
});
afterEach(() => vi.unstubAllEnvs());

it("puts the user item's user_id, persona and path into both tokens, and hands on the rest as it came", async () => {
  const claims = { user_id: 'ada', persona: 'dealer', path: '/enfusion/p1/d3' };
  expect(await addClaims(event(), table)).toEqual({
    ...event(),
    response: {
      claimsAndScopeOverrideDetails: {
        idTokenGeneration: { claimsToAddOrOverride: claims },
        accessTokenGeneration: { claimsToAddOrOverride: claims },
      },
    },
  });
  expect(warn).not.toHaveBeenCalled();
});

it('reads the item as it is now, by the id of ours', async () => {
  await addClaims(event(), table);
  const [command] = send.mock.calls[0] ?? [];
  expect(command).toBeInstanceOf(GetItemCommand);
  expect((command as GetItemCommand).input).toMatchObject({
    TableName: 'table',
    Key: { pk: { S: 'USER#ada' }, sk: { S: 'USER' } },
    ConsistentRead: true,
  });
});

describe('a sign-in is refused', () => {
  it.each<[string, Record<string, string>, typeof item, string]>([
    ['without an id of ours', {}, USER, 'custom:user_id'],
    ['with an id that is none', { 'custom:user_id': 'Ada#1' }, USER, 'custom:user_id'],
    ['without a user item', { 'custom:user_id': 'ada' }, undefined, 'no user item'],
    ['with a persona that is none', { 'custom:user_id': 'ada' }, { ...USER, persona: { S: 'root' } }, 'persona must be one of'],
    ['without a persona', { 'custom:user_id': 'ada' }, { user_id: USER.user_id, path: USER.path }, 'persona'],
    ['with a path that is none', { 'custom:user_id': 'ada' }, { ...USER, path: { S: '/' } }, 'path must be an organization'],
    ["with a site's path", { 'custom:user_id': 'ada' }, { ...USER, path: { S: '/enfusion/p/d/c/s' } }, 'path must be an organization'],
    ['with a path that is no text', { 'custom:user_id': 'ada' }, { ...USER, path: { N: '5' } }, 'path must be a text'],
  ])('%s, with a warning that says why', async (_, attributes, stored, reason) => {
    item = stored;
    const refused = addClaims(event(attributes), table);
    await expect(refused).rejects.toThrow(SignInRefused);
    await expect(refused).rejects.toThrow(/^This account has no access yet/);
    expect(warn).toHaveBeenCalledExactlyOnceWith('sign-in refused', expect.objectContaining({ reason: expect.stringContaining(reason) }));
    expect(JSON.stringify(warn.mock.calls)).not.toContain('example.com');
  });
});

it('fails where the table fails, and for what is no event of version two', async () => {
  send.mockRejectedValueOnce(new Error('ProvisionedThroughputExceededException'));
  await expect(addClaims(event(), table)).rejects.toThrow('ProvisionedThroughput');
  await expect(addClaims({ ...event(), version: '1' }, table)).rejects.toThrow('version');
  await expect(addClaims({}, table)).rejects.toThrow('userName');
  expect(warn).not.toHaveBeenCalled();
});

it('names what its environment lacks when it is first called', async () => {
  vi.stubEnv('TABLE_NAME', undefined);
  await expect(handler(event())).rejects.toThrow('TABLE_NAME is missing');
});
