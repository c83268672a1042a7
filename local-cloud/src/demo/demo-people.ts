import { randomInt } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  type CognitoIdentityProviderClient,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBDocumentClient, PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { type Persona, personas } from '@enstratus/contract';
import { userEntity } from '@enstratus/contract/entities';
import { z } from 'zod';
import { putOnce } from './demo-organizations.ts';

/** A login for the dashboard. */
export interface DemoUser {
  readonly persona: Persona;
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly user_id: string;
  /** The organization below which they see everything. */
  readonly path: string;
}

/** Who the demo logins are. */
export const PEOPLE: readonly Omit<DemoUser, 'password'>[] = [
  { persona: 'admin', user_id: 'demo-admin', name: 'Ada Operator', email: 'admin@enfusion.example', path: '/enfusion' },
  {
    persona: 'partner',
    user_id: 'demo-partner',
    name: 'Paul Partner',
    email: 'partner@lone-star-drives.example',
    path: '/enfusion/lone-star-drives',
  },
  {
    persona: 'dealer',
    user_id: 'demo-dealer',
    name: 'Dora Dealer',
    email: 'dealer@delta-pumps.example',
    path: '/enfusion/mesa-solar/delta-pumps',
  },
  {
    persona: 'customer',
    user_id: 'demo-customer',
    name: 'Carl Customer',
    email: 'customer@gila-farms.example',
    path: '/enfusion/lone-star-drives/desert-supply/gila-farms',
  },
];

const passwordsFile = z.partialRecord(z.enum(personas), z.string());

export interface PeopleSeed {
  readonly cognito: CognitoIdentityProviderClient;
  readonly documents: DynamoDBDocumentClient;
  readonly table: string;
  readonly userPoolId: string;
  /** Where the passwords are kept, so that they stay the same from start to start. */
  readonly directory: string;
}

/** One login for each persona, in the pool and in the table. Their passwords are made at the first start and stand in a file of mode 0600. */
export async function registerDemoPeople(seed: PeopleSeed): Promise<DemoUser[]> {
  const file = join(seed.directory, 'demo-passwords.json');
  const known = existsSync(file) ? passwordsFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  const people = PEOPLE.map((person) => ({ ...person, password: known[person.persona] ?? newPassword() }));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(people.map(({ persona, password }) => [persona, password])), null, 2)}\n`, {
    mode: 0o600,
  });
  chmodSync(file, 0o600);
  // A password that was in no file before is set even for somebody who is there already: nobody knows the one of theirs.
  for (const person of people) await registerPerson(seed, person, { setPassword: known[person.persona] === undefined });
  return people;
}

/** Makes somebody's login (persona group, id of ours, lasting password) and their item; who is there stays as they are. */
export async function registerPerson(
  { cognito, documents, table, userPoolId }: Omit<PeopleSeed, 'directory'>,
  person: DemoUser,
  { setPassword }: { readonly setPassword: boolean },
): Promise<void> {
  const { email, name, persona, path, user_id } = person;
  const item = { user_id, email, name, persona, path, created_at: Math.floor(Date.now() / 1000) };
  await putOnce(documents, userEntity({ table }).create(item).params<PutCommandInput>());
  const ofUser = { UserPoolId: userPoolId, Username: email };
  try {
    await cognito.send(
      new AdminCreateUserCommand({
        ...ofUser,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'custom:user_id', Value: user_id },
        ],
      }),
    );
  } catch (error) {
    // After a kill between the calls the user is there without a lasting password.
    if (!(error instanceof UsernameExistsException)) throw error;
    const { UserStatus } = await cognito.send(new AdminGetUserCommand(ofUser));
    if (UserStatus === 'CONFIRMED' && !setPassword) return;
  }
  await cognito.send(new AdminAddUserToGroupCommand({ ...ofUser, GroupName: persona }));
  await cognito.send(new AdminSetUserPasswordCommand({ ...ofUser, Password: person.password, Permanent: true }));
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz';

/** Easy to type and to read out, and within the pool's policy: four groups of letters, a capital, a digit. */
export function newPassword(): string {
  const group = (length: number) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${group(1).toUpperCase()}${group(4)}-${group(5)}-${group(5)}-${randomInt(2, 10)}`;
}
