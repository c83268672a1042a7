import { randomBytes } from 'node:crypto';
import { encodePack, type Persona } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type GraphqlAnswer, SignedIn, type Watching } from './graphql-client.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

/*
 * Persona by operation, in a tree of its own: nobody reaches what lies beside or above them, whatever id, cursor or filter they send, and a foreign id
 * is answered as one that does not exist.
 */

const root = `/enfusion/t-${randomBytes(4).toString('hex')}`;
const customer = (dealer: string, name: string) => `${root}/${dealer}/${name}`;

let system: System;
let devices: { readonly own: Device; readonly sibling: Device; readonly otherDealer: Device; readonly otherPartner: Device };
let people: Readonly<Record<Persona, SignedIn>>;
const watching: Watching[] = [];

/** Which of the devices each persona may see. */
const sees: Readonly<Record<Persona, readonly (keyof typeof devices)[]>> = {
  admin: ['own', 'sibling', 'otherDealer', 'otherPartner'],
  partner: ['own', 'sibling', 'otherDealer'],
  dealer: ['own', 'sibling'],
  customer: ['own'],
};
const personas = Object.keys(sees) as Persona[];
const kinds = ['own', 'sibling', 'otherDealer', 'otherPartner'] as const;
const pairs = personas.flatMap((persona) => kinds.map((kind) => [persona, kind, sees[persona].includes(kind)] as const));

beforeAll(async () => {
  system = new System();
  devices = {
    own: await system.newDevice(`${customer('d1', 'c1')}/field`),
    sibling: await system.newDevice(`${customer('d1', 'c10')}/field`),
    otherDealer: await system.newDevice(`${customer('d10', 'c1')}/field`),
    otherPartner: await system.newDevice(`${root}0/d1/c1/field`),
  };
  for (const device of Object.values(devices))
    expect((await system.post(device, encodePack(handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15)))).status).toBe(200);
  people = {
    admin: await SignedIn.new(system, 'admin', '/enfusion'),
    partner: await SignedIn.new(system, 'partner', root),
    dealer: await SignedIn.new(system, 'dealer', `${root}/d1`),
    customer: await SignedIn.new(system, 'customer', customer('d1', 'c1')),
  };
});

afterAll(() => {
  for (const one of watching) one.stop();
});

const fleetPage = z.object({
  devices: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    edges: z.array(z.object({ node: z.object({ device_id: z.string(), path: z.string() }) })),
  }),
});

/** Every device that somebody is shown, page by page. */
async function fleetOf(person: SignedIn, filter: object | null = null): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  do {
    const answer: GraphqlAnswer = await person.ask(
      'query Fleet($after: String, $filter: DeviceFilter) { devices(first: 7, after: $after, filter: $filter) { pageInfo { hasNextPage endCursor } edges { node { device_id path } } } }',
      { after, filter },
    );
    expect(answer.errors).toBeUndefined();
    const { edges, pageInfo } = fleetPage.parse(answer.data).devices;
    for (const { node } of edges) {
      expect(`${node.path}/`.startsWith(`${person.user.path}/`)).toBe(true);
      found.push(node.device_id);
    }
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

describe('the fleet', () => {
  it.each(personas)('of the %s holds all that lies below and nothing else', async (persona) => {
    const found = await fleetOf(people[persona]);
    for (const kind of kinds) expect([kind, found.includes(devices[kind].deviceId)]).toEqual([kind, sees[persona].includes(kind)]);
    expect(new Set(found).size).toBe(found.length);
  });

  it.each(personas)('of the %s stays their own with a filter by state or text', async (persona) => {
    const byState = await fleetOf(people[persona], { run_state: ['solar', 'unknown'] });
    const byText = await fleetOf(people[persona], { text: 'test-' });
    for (const kind of kinds) {
      expect([kind, byState.includes(devices[kind].deviceId)]).toEqual([kind, sees[persona].includes(kind)]);
      expect([kind, byText.includes(devices[kind].deviceId)]).toEqual([kind, sees[persona].includes(kind)]);
    }
  });

  it('does not follow the cursor of somebody who sees more', async () => {
    const answer = await people.admin.ask('{ devices(first: 1) { pageInfo { hasNextPage endCursor } edges { node { device_id path } } } }');
    const { endCursor } = fleetPage.parse(answer.data).devices.pageInfo;
    const own = await people.customer.ask('query Next($after: String) { devices(after: $after) { edges { node { path } } } }', {
      after: endCursor,
    });
    expect(own.errors?.[0]?.message).toContain('after');
    expect(own.data?.['devices'] ?? null).toBeNull();
  });
});

describe('a device by its id', () => {
  const series = (device_id: string) =>
    [
      'query Series($device_id: ID!, $from: AWSDateTime!, $to: AWSDateTime!) { deviceSeries(device_id: $device_id, metrics: [solar_w], from: $from, to: $to) { metrics { values } } }',
      { device_id, from: new Date(Date.now() - 3_600_000).toISOString(), to: new Date().toISOString() },
    ] as const;
  const operations: Readonly<Record<string, (device_id: string) => readonly [string, object]>> = {
    device: (device_id) => [
      'query Device($device_id: ID!) { device(device_id: $device_id) { device_id latest { solar_w } } }',
      { device_id },
    ],
    deviceSeries: series,
    watchDevice: (device_id) => ['mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { watched_until } }', { device_id }],
  };

  it.each(pairs)('is for the %s, %s device: %s', async (persona, kind, isSeen) => {
    for (const [operation, ask] of Object.entries(operations)) {
      const answer = await people[persona].ask(...ask(devices[kind].deviceId));
      if (isSeen) {
        expect([operation, answer.errors]).toEqual([operation, undefined]);
        expect([operation, answer.data?.[operation]]).not.toEqual([operation, null]);
        continue;
      }
      const unknown = await people[persona].ask(...ask(`none-${randomBytes(6).toString('hex')}`));
      expect([operation, answer]).toEqual([operation, unknown]);
      expect(answer.data?.[operation] ?? null).toBeNull();
    }
  });

  it.each(pairs)('is told live to the %s, %s device: %s', async (persona, kind, isSeen) => {
    const subscribing = people[persona].watch(devices[kind].deviceId);
    if (isSeen) watching.push(await subscribing);
    else await expect(subscribing).rejects.toThrow(/Unauthorized|Not Authorized/);
  });

  it('is told only to those who watch it', async () => {
    const device = devices.own;
    await people.customer.ask(...(operations['watchDevice'] as (id: string) => [string, object])(device.deviceId));
    const own = await people.customer.watch(device.deviceId);
    const other = await people.admin.watch(devices.otherPartner.deviceId);
    watching.push(own, other);
    const documents = handMadeDocuments({ boot_id: 1, seq: 15, time: minutesAgo(5) }, 3);
    expect((await system.post(device, encodePack(documents))).status).toBe(200);
    await vi.waitFor(() => expect(own.told).toHaveLength(1), { timeout: 10_000, interval: 20 });
    expect(own.told[0]).toMatchObject({
      device_id: device.deviceId,
      documents: documents.map(({ seq, solar_w }) => ({ seq, solar_w })),
    });
    expect(other.told).toEqual([]);
  });

  it('is not made up by somebody who is signed in: the mutation of ingest is for its role alone', async () => {
    for (const persona of personas) {
      const answer = await people[persona].ask(
        'mutation Lie($status: DeviceStatusInput!) { publishDeviceStatus(status: $status) { device_id } }',
        {
          status: {
            device_id: devices.own.deviceId,
            path: `${customer('d1', 'c1')}/field/${devices.own.deviceId}`,
            last_contact_at: new Date().toISOString(),
            silent_at: new Date().toISOString(),
            documents: [],
          },
        },
      );
      expect(answer.errors?.[0]?.errorType).toBe('Unauthorized');
      expect(answer.data?.['publishDeviceStatus'] ?? null).toBeNull();
    }
  });
});
