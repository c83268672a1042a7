import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestRefused } from '../resolver/request-refused.ts';
import { callerAt, FleetWorld, statusDocument } from '../testing/fleet-world.ts';
import { cursorOf } from './fleet-cursor.ts';
import { listDevices } from './list-devices.ts';

const admin = callerAt('/enfusion');

/** Two partners, `/enfusion/p1` and `/enfusion/p10`, whose names begin alike; every third device has reported, every fourth has a fault. */
function world(count = 12): { world: FleetWorld; paths: string[] } {
  const made = new FleetWorld();
  const paths = Array.from({ length: count }, (_, index) => {
    const partner = index % 2 === 0 ? 'p1' : 'p10';
    return `/enfusion/${partner}/d1/c${index % 3}/${['field', 'field-2', 'well'][index % 3]}/pump-${index}`;
  });
  for (const [index, path] of paths.entries()) {
    made.device(path, { name: `Pump ${index}`, run_state: index % 4 === 0 ? 'fault' : 'solar', state_time: made.now_s - 900 });
    if (index % 3 === 0) made.latest(path, statusDocument(made.now_s - 60, { run_state: 'solar', solar_w: index }));
  }
  made.site('/enfusion/p1/d1/c0/field', 'North field');
  return { world: made, paths: paths.toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1)) };
}

const pathsIn = (page: Awaited<ReturnType<typeof listDevices>>): string[] => page.edges.map(({ node }) => node.path);

/** All pages of a list, one after the other. */
async function pages(args: object, caller: typeof admin, { fleet }: FleetWorld) {
  const found: Awaited<ReturnType<typeof listDevices>>[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listDevices>> = await listDevices({ ...args, after }, caller, fleet);
    found.push(page);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null && found.length < 1000);
  return found;
}

describe('a page of devices', () => {
  it('has each device with its site, its state and its newest status', async () => {
    const { world: made } = world(1);
    const page = await listDevices({}, admin, made.fleet);
    const as_of = '2025-11-22T08:26:40Z';
    const latest = { ...statusDocument(made.now_s - 60, { solar_w: 0 }), time: '2025-11-22T08:25:40Z' };
    expect(page).toEqual({
      edges: [
        {
          cursor: cursorOf('/enfusion/p1/d1/c0/field/pump-0'),
          node: {
            device_id: 'pump-0',
            name: 'Pump 0',
            path: '/enfusion/p1/d1/c0/field/pump-0',
            site: { path: '/enfusion/p1/d1/c0/field', name: 'North field' },
            time_zone: 'America/Chicago',
            pack_minutes: 15,
            registered_at: '2025-11-21T04:40:00Z',
            run_state: 'solar',
            fault_code: 0,
            last_contact_at: '2025-11-22T08:25:45Z',
            silent_at: '2025-11-22T08:45:40Z',
            latest,
            as_of,
          },
        },
      ],
      pageInfo: { hasNextPage: false, endCursor: cursorOf('/enfusion/p1/d1/c0/field/pump-0') },
      as_of,
    });
  });

  it('takes three queries, two of them at once, and two when the sites are known', async () => {
    const { world: made } = world();
    await listDevices({}, admin, made.fleet);
    expect(made.memory.commands).toEqual(['Query gsi1', 'Query', 'Query gsi1']);
    made.memory.commands.length = 0;
    await listDevices({}, admin, made.fleet);
    expect(made.memory.commands).toEqual(['Query gsi1', 'Query']);
  });

  it('and the next one give every device once, in the order of paths, whatever the size of pages and answers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (count, first, pageSize) => {
          const { world: made, paths } = world(count);
          made.memory.pageSize = pageSize;
          const found = await pages({ first }, admin, made);
          expect(found.flatMap(pathsIn)).toEqual(paths);
          expect(found.every(({ edges }, index) => edges.length === first || index === found.length - 1)).toBe(true);
          for (const { edges } of found) {
            for (const { node } of edges) {
              const index = Number(node.device_id.slice('pump-'.length));
              expect(node.latest?.solar_w).toBe(index % 3 === 0 ? index : undefined);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends at the caller’s organization, and not at one whose name begins alike', async () => {
    const { world: made, paths } = world();
    const found = await pages({ first: 2 }, callerAt('/enfusion/p1'), made);
    expect(found.flatMap(pathsIn)).toEqual(paths.filter((path) => path.startsWith('/enfusion/p1/')));
  });

  it('has 100 devices where nothing is said', async () => {
    const { world: made } = world(120);
    expect((await listDevices({ first: null }, admin, made.fleet)).edges).toHaveLength(100);
    expect((await listDevices({ first: 500 }, admin, made.fleet)).edges).toHaveLength(120);
  });

  it('has the newest status of a device also behind many that devices left when they went', async () => {
    const { world: made } = world(1);
    for (let gone = 0; gone < 5; gone += 1) made.latest(`/enfusion/p0/d/c/s/gone-${gone}`, statusDocument(made.now_s));
    const page = await listDevices({ first: 1 }, admin, made.fleet);
    expect(page.edges[0]?.node.latest?.solar_w).toBe(0);
    expect(made.memory.commands).toContain('BatchGetItem');
  });

  it('leaves out a device that can’t be understood, and a newest status, and says so in the log', async () => {
    const { world: made, paths } = world(6);
    const [first = '', second = ''] = paths;
    made.memory.put({ ...plainDevice(first), name: 7 });
    made.memory.put({ pk: 'LATEST', sk: `${second}/`, last_contact_at: 'yesterday' });
    const found = await pages({ first: 1 }, admin, made);
    expect(found.flatMap(pathsIn)).toEqual(paths.slice(1));
    expect(found.flatMap(({ edges }) => edges).find(({ node }) => node.path === second)?.node.latest).toBeNull();
    expect(new Set(made.log.lines.map(({ message, details }) => `${message}: ${details['error_message']}`))).toEqual(
      new Set(['item not understood: name must be a text', 'item not understood: last_contact_at must be a number']),
    );
  });
});

const plainDevice = (path: string) => ({
  pk: `DEVICE#${path.slice(path.lastIndexOf('/') + 1)}`,
  sk: 'DEVICE',
  gsi1pk: 'TREE#DEVICE',
  gsi1sk: `${path}/`,
  device_id: path.slice(path.lastIndexOf('/') + 1),
  name: 'Pump',
  time_zone: 'UTC',
  pack_minutes: 15,
  registered_at: 1,
});

describe('devices in some states', () => {
  it('come in the order of paths, found by the newest statuses of the tree', async () => {
    const { world: made, paths } = world(20);
    const faulty = paths.filter((path) => Number(path.split('pump-')[1]) % 4 === 0);
    const found = await pages({ first: 2, filter: { run_state: ['fault'] } }, admin, made);
    expect(found.flatMap(pathsIn)).toEqual(faulty);
    expect(new Set(made.memory.commands)).toEqual(new Set(['Query gsi1', 'Query']));
    expect(found.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, true, false]);
    const both = await pages({ first: 3, filter: { run_state: ['fault', 'solar', 'fault', 'grid'] } }, admin, made);
    expect(both.flatMap(pathsIn)).toEqual(paths);
  });

  it('are also those of which nothing is noted, as unknown', async () => {
    const { world: made, paths } = world(4);
    const [never, watched] = ['/enfusion/p1/d1/c1/new/pump-8', '/enfusion/p1/d1/c1/new/pump-9'];
    made.device(never);
    made.device(watched);
    made.memory.put({ pk: 'LATEST', sk: `${watched}/`, device_id: 'pump-9', watched_until: made.now_s });
    const unknown = await pages({ first: 1, filter: { run_state: ['unknown'] } }, admin, made);
    expect(unknown.map(pathsIn)).toEqual([[never], [watched]]);
    const faults = await listDevices({ filter: { run_state: ['fault'] } }, admin, made.fleet);
    expect(pathsIn(faults)).toEqual(paths.filter((path) => path.endsWith('pump-0')));
  });

  it('are looked for in a part of a large fleet only, and the page says that there is more', async () => {
    const made = new FleetWorld();
    const path = (index: number) => `/enfusion/p1/d1/c1/s1/pump-${String(index).padStart(4, '0')}`;
    for (let index = 0; index < 5200; index += 1) made.memory.put(plainDevice(path(index)));
    made.device(path(5100), { run_state: 'fault', state_time: made.now_s });
    const filter = { run_state: ['fault'] };
    for (const searched of [filter, { ...filter, text: 'pump' }]) {
      const first = await listDevices({ filter: searched }, admin, made.fleet);
      expect(first.edges).toEqual([]);
      expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: cursorOf(path(4999)) });
      const second = await listDevices({ filter: searched, after: first.pageInfo.endCursor }, admin, made.fleet);
      expect(pathsIn(second)).toEqual([path(5100)]);
      expect(second.pageInfo).toEqual({ hasNextPage: false, endCursor: cursorOf(path(5100)) });
    }
    // A full page is the last one when the tree has nothing more, which the next read of it tells.
    const full = await listDevices({ first: 1, filter, after: cursorOf(path(4650)) }, admin, made.fleet);
    expect(full).toMatchObject({ edges: [{}], pageInfo: { hasNextPage: false } });
  });

  it('end where the caller’s organization does, and are none where there are none', async () => {
    const { world: made, paths } = world(20);
    const found = await pages({ first: 1, filter: { run_state: ['fault'] } }, callerAt('/enfusion/p1'), made);
    expect(found.flatMap(pathsIn)).toEqual(
      paths.filter((path) => path.startsWith('/enfusion/p1/') && Number(path.split('pump-')[1]) % 4 === 0),
    );
    expect(await listDevices({ filter: { run_state: ['grid'] } }, admin, made.fleet)).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    });
  });

  it.each<[string, object, number[]]>([
    ['is read with their state', { run_state: ['fault'] }, [0, 12]],
    [
      'is read by its key where a text finds them, also when DynamoDB leaves some of a batch unread',
      { text: 'c0/field' },
      [0, 3, 6, 9, 12, 15, 18],
    ],
  ])('carry their newest status, which %s', async (_, filter, shown) => {
    const { world: made } = world(20);
    made.memory.batchSize = 3;
    const page = await listDevices({ filter }, admin, made.fleet);
    const solar_w = page.edges.flatMap(({ node }) => node.latest?.solar_w ?? []);
    expect(solar_w.toSorted((a, b) => a - b)).toEqual(shown);
  });
});

describe('devices with a text', () => {
  it.each([
    ['name', 'PUMP 11', ['pump-11']],
    ['id', 'ump-1', ['pump-1', 'pump-10', 'pump-11']],
    ['name of the site', 'north', ['pump-0', 'pump-6']],
    ['path below the organization', 'c2/well', ['pump-11', 'pump-2', 'pump-5', 'pump-8']],
    ['path, but not the organization’s own', 'enfusion', []],
    ['nothing', '  ', Array.from({ length: 12 }, (_, index) => `pump-${index}`)],
  ])('are found by their %s', async (_, text, ids) => {
    const { world: made } = world();
    const found = await pages({ first: 500, filter: { text } }, admin, made);
    expect(found.flatMap(({ edges }) => edges.map(({ node }) => node.device_id)).sort()).toEqual(ids.toSorted());
  });

  it('fill pages one after the other, with a state or without', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.boolean(), async (first, byState) => {
        const { world: made, paths } = world(20);
        const filter = { text: 'field', ...(byState ? { run_state: ['fault'] } : {}) };
        const found = await pages({ first, filter }, admin, made);
        const wanted = paths.filter((path) => path.includes('field') && (!byState || Number(path.split('pump-')[1]) % 4 === 0));
        expect(found.flatMap(pathsIn)).toEqual(wanted);
      }),
      { numRuns: 20 },
    );
  });

  it('are looked for in a part of a large fleet only, and the page says that there is more', async () => {
    const made = new FleetWorld();
    for (let index = 0; index < 5200; index += 1) {
      made.memory.put(plainDevice(`/enfusion/p1/d1/c1/s1/pump-${String(index).padStart(4, '0')}`));
    }
    const first = await listDevices({ filter: { text: 'pump-51' } }, admin, made.fleet);
    expect(first.edges).toEqual([]);
    expect(first.pageInfo).toEqual({ hasNextPage: true, endCursor: cursorOf('/enfusion/p1/d1/c1/s1/pump-4999') });
    const second = await listDevices({ filter: { text: 'pump-51' }, after: first.pageInfo.endCursor }, admin, made.fleet);
    expect(second.edges).toHaveLength(100);
    expect(second.edges[0]?.node.device_id).toBe('pump-5100');
  });
});

describe('what is asked for wrongly', () => {
  it.each([
    [{ first: 0 }, 'first must be 1 to 500'],
    [{ first: 501 }, 'first must be 1 to 500'],
    [{ first: 1.5 }, 'first must be 1 to 500'],
    [{ after: 7 }, 'after must be the endCursor of a page of this list'],
    [{ after: '' }, 'after must be the endCursor of a page of this list'],
    [{ filter: { run_state: [] } }, 'filter.run_state must be some of stopped, waiting, starting, solar, grid, mixed, fault, unknown'],
    [
      { filter: { run_state: ['flying'] } },
      'filter.run_state must be some of stopped, waiting, starting, solar, grid, mixed, fault, unknown',
    ],
    [{ filter: { text: 'x'.repeat(101) } }, 'filter.text must be a text of at most 100 characters'],
    [{ filter: 'x', first: -1 }, 'first must be 1 to 500; filter must be an object'],
  ])('is refused by its name: %j', async (args, message) => {
    const { world: made } = world(1);
    await expect(listDevices(args, admin, made.fleet)).rejects.toThrow(new RequestRefused(message));
    expect(made.memory.commands).toEqual([]);
  });

  it.each([
    ['of a parent’s device', cursorOf('/enfusion/p1/d1/c1/s1/pump-1')],
    ['of a sibling’s device', cursorOf('/enfusion/p1/d10/c1/s1/pump-1')],
    ['of an organization', cursorOf('/enfusion/p1/d2')],
    ['of no path', cursorOf('/enfusion/p1/d2/../d1/s1')],
    ['of another version', Buffer.from('2:/enfusion/p1/d2/c1/s1/pump-1').toString('base64url')],
    ['written another way', `${cursorOf('/enfusion/p1/d2/c1/s1/pump-1')}=`],
    ['that is none', 'x'],
  ])('leads nowhere by a cursor %s', async (_, after) => {
    const { world: made } = world(1);
    await expect(listDevices({ after }, callerAt('/enfusion/p1/d2'), made.fleet)).rejects.toThrow(
      new RequestRefused('after must be the endCursor of a page of this list'),
    );
  });
});
