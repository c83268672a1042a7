import { encodePack, packItem, type TokenClaims } from '@enstratus/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { cursorOf } from './fleet/fleet-cursor.ts';
import { getDevice } from './fleet/get-device.ts';
import { listDevices } from './fleet/list-devices.ts';
import { checkWatch } from './live/check-watch.ts';
import { watchDevice } from './live/watch-device.ts';
import { getMe } from './people/get-me.ts';
import { readSeries } from './series/read-series.ts';
import { callerAt, FleetWorld, statusDocument } from './testing/fleet-world.ts';

/** A tree whose names begin alike on every level, with a device below each customer. The secret of each stands in its name, its site and its readings. */
const customers = ['/enfusion/p1/d1/c1', '/enfusion/p1/d1/c10', '/enfusion/p1/d10/c1', '/enfusion/p10/d1/c1', '/enfusion/p2/d1/c1'];
const idOf = (customer: string): string => `pump${customer.replaceAll('/', '-').replace('-enfusion', '')}`;
const pathOf = (customer: string): string => `${customer}/site/${idOf(customer)}`;
const secretOf = (customer: string): string => `secret of ${customer}`;
const wattsOf = (customer: string): number => 1000 + customers.indexOf(customer);

let world: FleetWorld;
beforeEach(() => {
  world = new FleetWorld();
  for (const customer of customers) {
    const path = pathOf(customer);
    const document = statusDocument(world.now_s - 60, { solar_w: wattsOf(customer) });
    world.device(path, { name: `Pump, ${secretOf(customer)}`, run_state: 'solar', state_time: world.now_s - 60 });
    world.latest(path, document);
    world.site(`${customer}/site`, `Site, ${secretOf(customer)}`);
    world.organization(customer, `Customer, ${secretOf(customer)}`);
    world.memory.put(packItem(idOf(customer), encodePack([document]), [document], world.now_s));
  }
  for (const caller of callers) world.user(caller, caller.user_id, `${caller.user_id}@example.com`);
});

const callers: readonly TokenClaims[] = ['/enfusion', '/enfusion/p1', '/enfusion/p1/d1', '/enfusion/p1/d1/c1'].map(callerAt);
const isOwn = (caller: TokenClaims, customer: string): boolean => `${customer}/`.startsWith(`${caller.path}/`);

/** Every operation that is asked for one device, and what it answers for one that is the caller's. */
const operations = {
  'Query.device': (device_id: unknown, caller: TokenClaims) => getDevice({ device_id }, caller, world.fleet),
  'Query.deviceSeries': (device_id: unknown, caller: TokenClaims) =>
    readSeries({ device_id, metrics: ['solar_w'], from: '2025-11-22T08:20:00Z', to: '2025-11-22T08:27:00Z' }, caller, {
      ...world,
      clock: world.clock,
    }),
  'Mutation.watchDevice': (device_id: unknown, caller: TokenClaims) => watchDevice({ device_id }, caller, world),
  'Subscription.onDeviceStatus': (device_id: unknown, caller: TokenClaims) => checkWatch({ device_id }, caller, world),
};

const cases = callers.flatMap((caller) =>
  Object.keys(operations).map((name) => [caller.persona, name as keyof typeof operations, caller] as const),
);

describe.each(cases)('%s, %s', (_, name, caller) => {
  it.each(customers)('a device of %s: itself if it is below the caller, otherwise nothing', async (customer) => {
    const answer = await operations[name](idOf(customer), caller);
    if (isOwn(caller, customer)) {
      expect(answer).toMatchObject({ device_id: idOf(customer) });
      if (name === 'Query.device') expect(answer).toMatchObject({ latest: { solar_w: wattsOf(customer) } });
      if (name === 'Query.deviceSeries') expect(JSON.stringify(answer)).toContain(`[null,null,null,null,null,${wattsOf(customer)},null]`);
    } else expect(answer).toBeNull();
  });

  it('an unknown or malformed id: nothing, like the id of somebody else’s device, and nothing is read for what can be no id', async () => {
    const before = new Map(world.memory.items);
    for (const id of ['pump-9', 'LATEST', '', '*', 'a'.repeat(10_000), '../pump', 'DEVICE', caller.path, '__proto__', 'pump\u0000']) {
      expect(await operations[name](id, caller)).toBeNull();
    }
    // Only the first is the form of an id.
    expect(world.memory.commands).toEqual(['GetItem']);
    expect(world.memory.items).toEqual(before);
  });

  it('what is not even a text is refused', async () => {
    for (const id of [7, null, undefined, { S: 'pump-9' }, ['pump-9']]) {
      await expect(operations[name](id, caller)).rejects.toThrow('device_id must be a text');
    }
    expect(world.memory.commands).toEqual([]);
  });
});

describe.each(callers.map((caller) => [caller.persona, caller] as const))('%s, Query.devices', (_, caller) => {
  const own = customers.filter((customer) => isOwn(caller, customer));
  const ids = async (args: object): Promise<string[]> => {
    const page = await listDevices(args, caller, world.fleet);
    for (const customer of customers.filter((one) => !own.includes(one))) {
      expect(JSON.stringify(page)).not.toContain(`${secretOf(customer)}"`);
      expect(JSON.stringify(page)).not.toContain(`${idOf(customer)}"`);
    }
    return page.edges.map(({ node }) => node.device_id);
  };

  it('has the devices below the caller, and none of anybody else, however it is filtered', async () => {
    const expected = own.map(idOf).sort();
    expect((await ids({})).sort()).toEqual(expected);
    expect((await ids({ filter: { run_state: ['solar'] } })).sort()).toEqual(expected);
    expect((await ids({ filter: { text: 'secret' } })).sort()).toEqual(expected);
    expect((await ids({ filter: { text: 'secret', run_state: ['solar', 'fault'] } })).sort()).toEqual(expected);
  });

  it('does not find by the names and paths of others', async () => {
    for (const customer of customers.filter((one) => !own.includes(one))) {
      const found = await ids({ filter: { text: secretOf(customer) } });
      expect(found.filter((id) => id === idOf(customer))).toEqual([]);
    }
  });

  it('goes on from no device but the caller’s own', async () => {
    for (const customer of customers) {
      const after = cursorOf(pathOf(customer));
      if (own.includes(customer)) await ids({ after });
      else await expect(listDevices({ after }, caller, world.fleet)).rejects.toThrow('after must be the endCursor of a page of this list');
    }
  });
});

describe.each(callers.map((caller) => [caller.persona, caller] as const))('%s, Query.me', (persona, caller) => {
  it('is the caller, whatever is asked for', async () => {
    expect(await getMe(caller, world.table)).toMatchObject({ user_id: caller.user_id, persona, organization: { path: caller.path } });
  });
});
