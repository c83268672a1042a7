import { randomBytes } from 'node:crypto';
import { AdminDisableUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { encodePack, type Persona } from '@enstratus/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problemOf } from '../../fuzz/answer-verdict.ts';
import { clientOptions } from '../../src/tools/running-system.ts';
import { signIn } from '../../src/tools/sign-in.ts';
import { type Answered, ask, type Credentials } from './asking.ts';
import { deployedSchema, everyOperation, type SchemaOperation, type Thing } from './every-operation.ts';
import { SignedIn } from './graphql-client.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { minutesAgo, System } from './system.ts';

/*
 * Every operation of the deployed schema, by everybody who may or may not ask it, for what is theirs, somebody else's, nobody's, malformed or something else. What
 * is somebody else's is answered to the byte as what does not exist, and nothing of it stands in any answer.
 */

const root = `/enfusion/walk-${randomBytes(4).toString('hex')}`;
/** Names begin alike on every level, so that a path that is only compared as a text is found out. */
const places = {
  own: `${root}/d1/c1`,
  sibling: `${root}/d1/c10`,
  otherDealer: `${root}/d10/c1`,
  otherPartner: `${root}0/d1/c1`,
} as const;
type Place = keyof typeof places;
const placeNames = Object.keys(places) as Place[];

interface Stood extends Thing {
  readonly particleId: string;
  /** Texts that stand in its items alone. */
  readonly secrets: readonly string[];
}
interface Caller {
  readonly name: string;
  readonly credentials: Credentials;
  readonly sees: readonly Place[];
}

let system: System;
let operations: SchemaOperation[];
let things: Readonly<Record<Place, Stood>>;
let callers: readonly Caller[];
let others: readonly (readonly [what: string, thing: Thing])[];

const sees: Readonly<Record<Persona, readonly Place[]>> = {
  admin: placeNames,
  partner: ['own', 'sibling', 'otherDealer'],
  dealer: ['own', 'sibling'],
  customer: ['own'],
};
const paths: Readonly<Record<Persona, string>> = { admin: '/enfusion', partner: root, dealer: `${root}/d1`, customer: places.own };

beforeAll(async () => {
  system = new System();
  operations = everyOperation(await deployedSchema(system));
  const people = new Map<string, SignedIn>();
  for (const persona of Object.keys(paths) as Persona[]) people.set(persona, await SignedIn.new(system, persona, paths[persona]));
  const admin = people.get('admin') as SignedIn;
  things = Object.fromEntries(
    await Promise.all(placeNames.map(async (place, at) => [place, await stand(admin, place, at)])),
  ) as typeof things;
  const stranger = await SignedIn.new(system, 'customer', places.otherPartner);
  const disabled = await SignedIn.new(system, 'customer', places.own);
  const cognito = new CognitoIdentityProviderClient(clientOptions(system.endpoints));
  await cognito.send(new AdminDisableUserCommand({ UserPoolId: system.endpoints.userPoolId, Username: disabled.user.email }));
  await expect(signIn(system.endpoints, disabled.user.email, disabled.user.password)).rejects.toThrow(/disabled|NotAuthorized/i);
  callers = [
    ...(Object.keys(paths) as Persona[]).map((persona) => ({
      name: persona,
      credentials: tokenOf(people.get(persona)),
      sees: sees[persona],
    })),
    { name: 'a customer of another partner', credentials: tokenOf(stranger), sees: ['otherPartner'] },
    // Their last token is good until it expires, as AppSync takes tokens: it must show no more than it did.
    { name: 'somebody who is disabled', credentials: tokenOf(disabled), sees: ['own'] },
    { name: 'somebody who is signed out', credentials: {}, sees: [] },
    { name: 'somebody with a token that nobody signed', credentials: { authorization: forged(disabled.token) }, sees: [] },
    { name: 'a role without the grant', credentials: await roleWithoutGrant(), sees: [] },
  ];
  others = [
    ...[
      '',
      ' ',
      '*',
      '%',
      '..',
      '../x',
      '__proto__',
      'constructor',
      'DEVICE',
      'LATEST',
      '\u0000',
      'é',
      '{"$ne":null}',
      'a'.repeat(10_000),
    ].map((text) => [`malformed, ${JSON.stringify(text.slice(0, 12))}`, named(text)] as const),
    ['a user’s id', named(stranger.user.user_id)],
    ['an organization’s path', named(places.otherPartner)],
    ['a device’s path', named(things.otherPartner.path)],
    ['Particle’s id', named(things.otherPartner.particleId)],
    ['a key of the table', named(`DEVICE#${things.otherPartner.device_id}`)],
    ['the id in capitals', named(things.otherPartner.device_id.toUpperCase())],
    ['a cursor of nobody', named('none', Buffer.from('1:/enfusion/nobody/d/c/s/none').toString('base64url'))],
  ];
});

const tokenOf = (person: SignedIn | undefined): Credentials => ({ authorization: person?.token ?? '' });
const forged = (token: string): string => [Buffer.from('{"alg":"none"}').toString('base64url'), token.split('.')[1], ''].join('.');
const named = (text: string, cursor = text): Thing => ({ device_id: text, path: text, cursor });
const nobody = (): Thing => named(`none-${randomBytes(6).toString('hex')}`, `none-${randomBytes(6).toString('hex')}`);

const listed = z.object({
  devices: z.object({ edges: z.array(z.object({ cursor: z.string(), node: z.object({ path: z.string() }) })) }),
});

/** A device with readings, whose cursor somebody who sees everything has got. */
async function stand(admin: SignedIn, place: Place, at: number): Promise<Stood> {
  const name = `Secret ${randomBytes(6).toString('hex')}`;
  const particleId = await system.newParticleId();
  const deviceId = `walk-${randomBytes(6).toString('hex')}`;
  const path = `${places[place]}/field`;
  const { FunctionError, answer } = await system.register({
    device_id: deviceId,
    particle_id: particleId,
    name,
    path,
    time_zone: 'America/Denver',
  });
  if (FunctionError !== undefined) throw new Error(JSON.stringify(answer));
  const solar_w = 70_001 + at;
  const documents = handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15).map((document) => ({ ...document, solar_w }));
  expect((await system.post({ particleId }, encodePack(documents))).status).toBe(200);
  const answered = await admin.ask('query Cursor($filter: DeviceFilter) { devices(filter: $filter) { edges { cursor node { path } } } }', {
    filter: { text: deviceId },
  });
  const { edges } = listed.parse(answered.data).devices;
  const [edge] = edges;
  if (edge === undefined) throw new Error(`${deviceId} is in nobody's list`);
  return {
    device_id: deviceId,
    particleId,
    path: edge.node.path,
    cursor: edge.cursor,
    secrets: [name, deviceId, places[place] === places.own ? edge.node.path : places[place], String(solar_w)],
  };
}

/** Signed for by a role of the account that nobody has granted anything. */
async function roleWithoutGrant(): Promise<Credentials> {
  const { account, region } = system.endpoints;
  const RoleName = `walk-${randomBytes(6).toString('hex')}`;
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' }],
  });
  const { Role } = await new IAMClient(clientOptions(system.endpoints)).send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const assume = new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'walk' });
  const session = (await new STSClient(clientOptions(system.endpoints)).send(assume)).Credentials;
  return {
    // The local cloud doesn't verify signatures (LIMITS.md): who signs is known by the key.
    authorization: `AWS4-HMAC-SHA256 Credential=${session?.AccessKeyId}/20261122/${region}/appsync/aws4_request, SignedHeaders=host, Signature=0`,
    'x-amz-security-token': session?.SessionToken ?? '',
  };
}

/** An answer without what was sent and without the time. */
function comparable({ status, text }: Answered, thing: Thing): string {
  const plain = [thing.device_id, thing.path, thing.cursor]
    .filter((sent) => sent.length > 3)
    .reduce((rest, sent) => rest.replaceAll(JSON.stringify(sent).slice(1, -1), '<sent>'), text);
  return `${status} ${plain.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')}`;
}

/** Throws when an answer holds anything of what its caller doesn't see and hasn't sent. */
function expectNoLeak(caller: Caller, operation: SchemaOperation, what: string, thing: Thing, answer: Answered): void {
  const told = `${caller.name}, ${operation.name}, ${what}`;
  expect([told, problemOf({ ...answer, headers: {}, body: answer.text }, [thing.device_id])]).toEqual([told, undefined]);
  const sent = [thing.device_id, thing.path, thing.cursor];
  for (const place of placeNames.filter((one) => !caller.sees.includes(one))) {
    const leaked = things[place].secrets.filter((secret) => answer.text.includes(secret) && !sent.some((one) => one.includes(secret)));
    // A path that begins like somebody else's may be the caller's own.
    expect([told, place, leaked.filter((secret) => !caller.sees.some((own) => things[own].path.includes(secret)))]).toEqual([
      told,
      place,
      [],
    ]);
  }
}

describe('every operation of the schema, by everybody, for what is whose', () => {
  it('answers what is somebody else’s as what does not exist, and tells nothing of it', { timeout: 300_000 }, async () => {
    expect(operations.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Query.device', 'Mutation.watchDevice', 'Subscription.onDeviceStatus']),
    );
    let asked = 0;
    for (const caller of callers) {
      for (const operation of operations) {
        const unknown = nobody();
        const none = await ask(system, operation, unknown, caller.credentials);
        const asNone = comparable(none, unknown);
        expectNoLeak(caller, operation, 'unknown', unknown, none);
        for (const place of placeNames) {
          const thing = things[place];
          const answer = await ask(system, operation, thing, caller.credentials);
          asked += 1;
          expectNoLeak(caller, operation, place, thing, answer);
          const isTheirs = caller.sees.includes(place);
          const told = `${caller.name}, ${operation.name}, ${place}`;
          if (!isTheirs && operation.namesThings) expect([told, comparable(answer, thing)]).toEqual([told, asNone]);
          // The mutation by which ingest tells those who watch is for its role alone.
          if (isTheirs && operation.field !== 'publishDeviceStatus') expect([told, isAnswered(operation, answer)]).toEqual([told, true]);
          else if (operation.namesThings || caller.sees.length === 0) expect([told, isAnswered(operation, answer)]).toEqual([told, false]);
        }
        for (const [what, thing] of others) {
          const answer = await ask(system, operation, thing, caller.credentials);
          asked += 1;
          expectNoLeak(caller, operation, what, thing, answer);
          if (operation.namesThings && operation.kind !== 'subscription' && operation.field !== 'devices')
            expect([caller.name, operation.name, what, isAnswered(operation, answer)]).toEqual([caller.name, operation.name, what, false]);
        }
      }
    }
    expect(asked).toBe(callers.length * operations.length * (placeNames.length + others.length));
  });
});

function isAnswered({ kind, field }: SchemaOperation, { status, text }: Answered): boolean {
  if (kind === 'subscription') return status === 200;
  const { data, errors } = JSON.parse(text) as { data?: Record<string, unknown> | null; errors?: unknown };
  return status === 200 && errors === undefined && (data?.[field] ?? null) !== null;
}
