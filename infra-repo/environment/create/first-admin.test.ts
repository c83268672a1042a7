import { UserNotFoundException } from '@aws-sdk/client-cognito-identity-provider';
import { beforeEach, expect, it } from 'vitest';
import { inviteFirstAdmin, type PeopleStores } from './first-admin.ts';

const ada = { email: 'ada@enfusion.example', name: 'Ada' };
const now = 1_763_759_640;

/** What was asked of Cognito and of the table, in order: the command's name without `Command`, and its input. */
let asked: { name: string; input: Record<string, unknown> }[];
let login: { Name: string; Value: string }[] | undefined;

const client = {
  async send(command: { input: Record<string, unknown> }) {
    const name = command.constructor.name.replace('Command', '');
    asked.push({ name, input: command.input });
    if (name === 'AdminCreateUser') login = command.input['UserAttributes'] as typeof login;
    if (name !== 'AdminGetUser') return {};
    if (login === undefined) throw new UserNotFoundException({ message: 'User does not exist.', $metadata: {} });
    return { UserAttributes: login };
  },
};
const stores = { cognito: client, documents: client, userPoolId: 'pool', table: 'table' } as unknown as PeopleStores;
const inputOf = (name: string) => asked.find((one) => one.name === name)?.input;

beforeEach(() => {
  asked = [];
  login = undefined;
});

it('makes the login with an invitation, the group and the item of an operator of the whole fleet, by one id of ours', async () => {
  expect(await inviteFirstAdmin(ada, stores, now)).toBe(true);
  expect(asked.map(({ name }) => name)).toEqual(['AdminGetUser', 'AdminCreateUser', 'AdminAddUserToGroup', 'Put']);
  const created = inputOf('AdminCreateUser') ?? {};
  expect(created).toMatchObject({ Username: ada.email, DesiredDeliveryMediums: ['EMAIL'] });
  // Cognito makes the first password up and mails it: nobody here knows it, and the mail isn't held back.
  expect(Object.keys(created)).not.toEqual(expect.arrayContaining(['TemporaryPassword']));
  expect(Object.keys(created)).not.toEqual(expect.arrayContaining(['MessageAction']));
  const user_id = login?.find(({ Name }) => Name === 'custom:user_id')?.Value;
  expect(inputOf('AdminAddUserToGroup')).toMatchObject({ GroupName: 'admin' });
  expect(inputOf('Put')).toMatchObject({
    Item: { pk: `USER#${user_id}`, user_id, ...ada, persona: 'admin', path: '/enfusion', created_at: now },
  });
});

it('goes on with the id that the login has, after a cut, and invites nobody twice', async () => {
  login = [{ Name: 'custom:user_id', Value: 'u-of-before' }];
  expect(await inviteFirstAdmin(ada, stores, now)).toBe(false);
  expect(inputOf('AdminCreateUser')).toBeUndefined();
  expect(inputOf('Put')).toMatchObject({ Item: { user_id: 'u-of-before' } });
});

it('refuses a login without an id of ours', async () => {
  login = [{ Name: 'email', Value: ada.email }];
  await expect(inviteFirstAdmin(ada, stores, now)).rejects.toThrow('custom:user_id');
});
