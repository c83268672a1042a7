import {
  encodePack,
  type LatestItem,
  latestItemSchema,
  latestKey,
  latestOf,
  type StatusDocument,
  stateAttributes,
  storedToldChange,
} from '@enstratus/contract';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { deviceId, devicePath, IngestWorld } from '../testing/ingest-world.ts';
import { itemSize } from '../testing/item-size.ts';
import { AwsError, MemoryTable } from '../testing/memory-table.ts';
import { LatestItems } from './latest-item.ts';
import { latestStatusTable } from './latest-status.ts';

const minute = 60;
const quarter = 15 * minute;

describe('the newest status of a device', () => {
  let world: IngestWorld;
  let begin: number;
  const sent = (index: number) => documents({ boot_id: 7, seq: index * 15, time: begin + index * quarter }, 15);
  const pack = (index: number) => encodePack(sent(index));
  const newest = (index: number) => sent(index)[14];

  beforeEach(() => {
    world = new IngestWorld();
    begin = world.now_s - 24 * 3600;
  });

  it('is not there before the device reports', () => {
    expect(world.latest).toBeUndefined();
  });

  it('is the last document of the newest pack, and says when the device was heard, be it with old ones', async () => {
    await world.post(pack(3));
    world.now_s += minute;
    await world.post(pack(1));
    expect(world.latest).toMatchObject({ document: newest(3), time: newest(3)?.time, last_contact_at: world.now_s });
    world.now_s += minute;
    await world.post(pack(4));
    expect(world.latest).toMatchObject({ document: newest(4), last_contact_at: world.now_s });
  });

  it('is brought by one write, and a late pack’s contact by one', async () => {
    for (const index of [0, 1, 2]) await world.post(pack(index));
    const updates = () => world.table.commands.filter((command) => command === 'UpdateCommand').length;
    const before = updates();
    await world.post(pack(4));
    expect(updates()).toBe(before + 1);
    await world.post(pack(3));
    expect(updates()).toBe(before + 2);
  });

  it('never has an earlier contact, though a slow writer comes last', async () => {
    world.watch(0);
    await world.post(pack(0));
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    world.table.before = async (command) => {
      if (command !== 'UpdateCommand') return;
      world.table.before = async () => {};
      reached.resolve();
      await held.promise;
    };
    const slow = world.post(pack(2));
    await reached.promise;
    world.now_s += minute;
    await world.post(pack(1));
    held.resolve();
    await slow;
    expect(world.latest).toMatchObject({ document: newest(2), last_contact_at: world.now_s });
  });

  it.each(['before', 'after'] as const)('is made good by the same pack after a crash right %s its write', async (when) => {
    await world.post(pack(0));
    world.table[when] = async (command) => {
      if (command === 'UpdateCommand') throw new AwsError('TimeoutError');
    };
    expect((await world.post(pack(1))).status).toBe(503);
    world.table[when] = async () => {};
    expect((await world.post(pack(1))).body).toEqual({ duplicate: true });
    expect(world.latest?.document).toEqual(newest(1));
  });

  it('is made good by the next pack, be it a late one, when the one of the crash never comes again', async () => {
    await world.post(pack(0));
    world.table.before = async (command) => {
      if (command === 'UpdateCommand') throw new AwsError('TimeoutError');
    };
    expect((await world.post(pack(2))).status).toBe(503);
    world.table.before = async () => {};
    await world.post(pack(1));
    expect(world.latest?.document).toEqual(newest(2));
  });

  it('keeps the lease of whoever watches', async () => {
    world.watch(world.now_s + 300);
    await world.post(pack(0));
    expect(world.latest).toMatchObject({ document: newest(0), watched_until: world.now_s + 300 });
  });

  it('learns of a pack that is too old for the table as a contact', async () => {
    await world.post(pack(0));
    world.now_s += minute;
    expect((await world.post(encodePack(documents({ boot_id: 1, seq: 0, time: world.now_s - 36 * 86_400 }, 15)))).status).toBe(200);
    expect(world.latest).toMatchObject({ document: newest(0), last_contact_at: world.now_s });
  });

  it('is not touched by what is refused', async () => {
    await world.post(pack(0));
    const before = world.latest;
    world.now_s += minute;
    await world.post(pack(1).slice(0, 40));
    await world.post(encodePack(sent(0).map((document) => ({ ...document, temp_c: 7 }))));
    expect(world.latest).toEqual(before);
  });
});

describe('those who watch a device', () => {
  let world: IngestWorld;
  let begin: number;
  const pack = (index: number) => documents({ boot_id: 7, seq: index * 15, time: begin + index * quarter }, 15);
  const post = (index: number) => world.post(encodePack(pack(index)));
  const told = () => world.watchers.told.map((status) => status.documents);

  beforeEach(() => {
    world = new IngestWorld();
    begin = world.now_s - 24 * 3600;
  });

  it('are told what came, late packs too, as long as their lease lasts', async () => {
    await post(0);
    world.watch(world.now_s + 300);
    await post(2);
    world.now_s += minute;
    await post(1);
    const status = { device_id: deviceId, path: devicePath };
    const now = world.now_s;
    // Of a day ago: the device is heard, and yet nothing is known of now.
    const silent_at = (pack(2).at(-1)?.time ?? 0) + 20 * minute;
    expect(world.watchers.told).toEqual([
      { ...status, last_contact_at: now - minute, silent_at, documents: pack(2) },
      { ...status, last_contact_at: now, silent_at, documents: pack(1) },
    ]);
    world.now_s += 240;
    await post(3);
    expect(told()).toHaveLength(2);
  });

  it('are told a pack once, though it comes twice', async () => {
    world.watch(world.now_s + 300);
    for (const index of [0, 0, 2, 1, 1, 2]) await post(index);
    expect(told()).toEqual([pack(0), pack(2), pack(1)]);
  });

  it('are told when everything is stored, and by the second try when the first has not come that far', async () => {
    world.watch(world.now_s + 300);
    world.table.before = async (command) => {
      if (command === 'UpdateCommand') throw new AwsError('TimeoutError');
    };
    expect((await post(0)).status).toBe(503);
    expect(told()).toEqual([]);
    world.table.before = async () => {};
    await post(0);
    expect(told()).toEqual([pack(0)]);
  });

  it('are told by the second try when the first ended before it followed the state', async () => {
    world.watch(world.now_s + 300);
    world.events.before = () => Promise.reject(new AwsError('Throttled'));
    expect((await post(0)).status).toBe(503);
    expect(told()).toEqual([]);
    world.events.before = async () => {};
    await post(0);
    await post(0);
    expect(told()).toEqual([pack(0)]);
  });
});

describe('whoever writes at the same time', () => {
  const device = { device_id: deviceId, path: devicePath, pack_minutes: 15 };
  const [sample] = documents({ boot_id: 1, seq: 0, time: 1_763_700_000 }, 1) as [StatusDocument];
  const stored = (table: MemoryTable): LatestItem | undefined => {
    const { pk, sk } = latestKey(devicePath);
    return latestItemSchema.optional().parse(table.list(pk, sk)[0]);
  };

  it('document and contact never go back and end as the newest of all, whatever each has guessed', async () => {
    const anyWrite = fc.record({ minutes: fc.nat(5), received_at: fc.nat(5), isExpected: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(anyWrite, { minLength: 1, maxLength: 6 }), fc.scheduler(), async (writes, scheduler) => {
        const table = new MemoryTable();
        const keep = latestStatusTable(new LatestItems(table.client, 'table'));
        let before = stored(table);
        table.before = async (command) => {
          await scheduler.schedule(Promise.resolve(), command);
          const now = stored(table);
          expect(now?.time ?? 0).toBeGreaterThanOrEqual(before?.time ?? 0);
          expect(now?.last_contact_at ?? 0).toBeGreaterThanOrEqual(before?.last_contact_at ?? 0);
          before = now;
        };
        const kept = writes.map(async ({ minutes, received_at, isExpected }) => {
          const document = { ...sample, seq: minutes, time: sample.time + minutes * minute };
          const answer = await keep(device, document, received_at, { isExpected });
          expect(answer.last_contact_at).toBeGreaterThanOrEqual(received_at);
          return answer;
        });
        await scheduler.waitFor(Promise.all(kept));
        const [newest, contact] = [
          Math.max(...writes.map(({ minutes }) => minutes)),
          Math.max(...writes.map((write) => write.received_at)),
        ];
        expect(stored(table)).toMatchObject({ document: { seq: newest }, last_contact_at: contact });
        const brought = (await Promise.all(kept)).filter(({ isBrought }) => isBrought).length;
        expect(brought).toBeGreaterThan(0);
        expect(brought).toBeLessThanOrEqual(new Set(writes.map(({ minutes }) => minutes)).size);
      }),
    );
  });

  it('gets an error when the item never comes to rest, and what DynamoDB throws', async () => {
    const table = new MemoryTable();
    const keep = latestStatusTable(new LatestItems(table.client, 'table'));
    table.before = async () => {
      throw new AwsError('ConditionalCheckFailedException');
    };
    await expect(keep(device, sample, 1, { isExpected: true })).rejects.toThrow('could not be written');
    table.before = async () => {
      throw new AwsError('ThrottlingException');
    };
    await expect(keep(device, sample, 1, { isExpected: true })).rejects.toThrow('ThrottlingException');
  });

  it('learns what is noted of the state from a write that was refused', async () => {
    const table = new MemoryTable();
    const keep = latestStatusTable(new LatestItems(table.client, 'table'));
    const change = {
      time: sample.time,
      boot_id: 1,
      seq: 3,
      from: { run_state: null, fault_code: null },
      to: { run_state: 'solar' as const, fault_code: 0 },
    };
    const noted = {
      run_state: 'solar',
      fault_code: 0,
      state_time: sample.time,
      followed_until: 7,
      told_changes: [storedToldChange(change)],
    };
    table.put({ ...latestKey(devicePath), ...latestOf(deviceId, sample, 9), ...noted });
    const answer = await keep(device, { ...sample, time: sample.time - 1 }, 8, { isExpected: true });
    expect(table.commands).toEqual(['UpdateCommand']);
    expect(answer).toMatchObject({ time: sample.time, last_contact_at: 9, isBrought: false });
    expect(answer.noted).toEqual({ state: change.to, state_time: sample.time, followed_until: 7, told_changes: [change] });
  });

  it('pays one write unit: the item stays below 1 KB with seven changes that were told, however long names and numbers are', () => {
    const longest = `d${'9'.repeat(30)}`;
    const most = 4_294_967_295;
    const state = { run_state: 'starting' as const, fault_code: 65_535 };
    const change = storedToldChange({ time: most, boot_id: most, seq: most, from: state, to: state });
    const item = {
      ...latestKey(`/enfusion${`/${longest}`.repeat(5)}`),
      ...latestOf(
        longest,
        { ...sample, ...state, boot_id: most, seq: most, time: most, solar_w: 149_999, motor_a: 499.9, temp_c: -39 },
        most,
      ),
      ...stateAttributes(state, most),
      followed_until: most,
      told_changes: Array.from({ length: 7 }, () => change),
      packed: [most, most, most, most],
      packed_before: [most, most, most, most],
      watched_until: most,
      live_until: most,
      live_day: '2025-11-22',
      live_s: 86_400,
    };
    expect(latestItemSchema.parse(item)).toEqual(item);
    expect(itemSize(item)).toBeLessThan(1024);
  });
});
