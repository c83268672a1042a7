import { randomBytes } from 'node:crypto';
import { encodePack, type Persona } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type GraphqlAnswer, SignedIn, type Watching } from './graphql-client.ts';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

/*
 * The fleet of each persona, page by page, in a tree of its own, and who is told what comes. persona-by-operation.test.ts asks every operation for what is
 * somebody else's.
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

describe('what comes from a device', () => {
  it('is told only to those who watch it', async () => {
    const device = devices.own;
    await people.customer.ask('mutation Watch($device_id: ID!) { watchDevice(device_id: $device_id) { watched_until } }', {
      device_id: device.deviceId,
    });
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
});
