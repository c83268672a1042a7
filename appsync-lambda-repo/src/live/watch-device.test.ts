import { latestItemSchema, latestKey } from '@enstratus/contract';
import { describe, expect, it } from 'vitest';
import { callerAt, FleetWorld, statusDocument } from '../testing/fleet-world.ts';
import { watchDevice } from './watch-device.ts';

const path = '/enfusion/p1/d1/c1/north/pump-1';
const caller = callerAt('/enfusion/p1/d1/c1');

function world(): FleetWorld {
  const made = new FleetWorld();
  made.device(path);
  return made;
}

const watch = (made: FleetWorld) => watchDevice({ device_id: 'pump-1' }, caller, made);

/** The item of the newest status, as the contract reads it. */
function kept({ memory }: FleetWorld) {
  const { pk, sk } = latestKey(path);
  const item = memory.items.get(`${pk}\n${sk}`) ?? {};
  const plain = Object.entries(item).map(([name, { S, N, M }]) => [name, M === undefined ? (S ?? Number(N)) : undefined]);
  return latestItemSchema.omit({ document: true }).parse(Object.fromEntries(plain.filter(([, value]) => value !== undefined)));
}

describe('watching a device', () => {
  it('is told until when, and what is left of the day', async () => {
    expect(await watch(world())).toEqual({
      device_id: 'pump-1',
      watched_until: '2025-11-22T08:31:40Z',
      live_until: '2025-11-22T08:31:40Z',
      live_left_s: 4 * 3600 - 300,
    });
  });

  it('makes the item of a device that has not reported, and leaves the newest status of one that has', async () => {
    const silent = world();
    await watch(silent);
    expect(kept(silent)).toEqual({
      pk: 'LATEST',
      sk: `${path}/`,
      device_id: 'pump-1',
      watched_until: silent.now_s + 300,
      live_until: silent.now_s + 300,
      live_day: '2025-11-22',
      live_s: 300,
    });
    const reporting = world();
    reporting.latest(path, statusDocument(reporting.now_s - 60));
    await watch(reporting);
    expect(kept(reporting)).toMatchObject({ time: reporting.now_s - 60, last_contact_at: reporting.now_s - 55, live_s: 300 });
    expect(reporting.memory.items.get(`LATEST\n${path}/`)?.['document']?.M?.['solar_w']).toEqual({ N: '4023' });
  });

  it('has it told that the device is to be live, when that begins and when it is made longer, and only then', async () => {
    const made = world();
    await watch(made);
    const first = {
      type: 'device.watched',
      version: 1,
      event_id: `device.watched:pump-1:${made.now_s + 300}`,
      device_id: 'pump-1',
      path,
      time: '2025-11-22T08:26:40Z',
      until: '2025-11-22T08:31:40Z',
    };
    expect(made.watched).toEqual([first]);
    await watch(made);
    expect(made.watched).toHaveLength(1);
    made.now_s += 120;
    await watch(made);
    expect(made.watched.map(({ until }) => until)).toEqual(['2025-11-22T08:31:40Z', '2025-11-22T08:33:40Z']);
  });

  it('has nothing told when the allowance of the day is used up, or nobody may', async () => {
    const made = world();
    for (let minutes = 0; minutes < 4 * 60; minutes += 5) {
      await watch(made);
      made.now_s += 300;
    }
    const told = made.watched.length;
    expect((await watch(made))?.live_until).toBeNull();
    expect(made.watched).toHaveLength(told);
    await watchDevice({ device_id: 'pump-1' }, callerAt('/enfusion/p1/d2'), made);
    expect(made.watched).toHaveLength(told);
  });

  it('is an error when the device can not be told: the page asks again', async () => {
    const made = world();
    await expect(
      watchDevice({ device_id: 'pump-1' }, caller, { ...made, publish: () => Promise.reject(new Error('Throttled')), clock: made.clock }),
    ).rejects.toThrow('Throttled');
  });

  it('takes two reads and a write', async () => {
    const made = world();
    await watch(made);
    expect(made.memory.commands).toEqual(['GetItem', 'GetItem', 'UpdateItem']);
  });

  it('by several at once is counted once', async () => {
    const made = world();
    // All have read the lease before the first of them writes.
    let waiting = 0;
    let release = () => {};
    const allHaveRead = new Promise<void>((resolve) => {
      release = resolve;
    });
    made.memory.before = async (command) => {
      if (command !== 'UpdateItem' || waiting >= 4) return;
      waiting += 1;
      if (waiting === 4) release();
      await allHaveRead;
    };
    const leases = await Promise.all([watch(made), watch(made), watch(made), watch(made)]);
    expect(new Set(leases.map((lease) => lease?.live_left_s))).toEqual(new Set([4 * 3600 - 300]));
    expect(kept(made).live_s).toBe(300);
  });

  it('gives up when others are always faster, and when DynamoDB fails', async () => {
    const made = world();
    let seconds = 0;
    made.memory.before = async (command) => {
      if (command !== 'UpdateItem') return;
      seconds += 1;
      made.memory.put({ ...latestKey(path), device_id: 'pump-1', watched_until: made.now_s + seconds });
    };
    await expect(watch(made)).rejects.toThrow('the lease of pump-1 was renewed by others 10 times in between');
    made.memory.before = async () => {
      throw new Error('ProvisionedThroughputExceededException');
    };
    await expect(watch(made)).rejects.toThrow('ProvisionedThroughputExceededException');
  });

  it('does not write for a device of somebody else', async () => {
    const made = world();
    expect(await watchDevice({ device_id: 'pump-1' }, callerAt('/enfusion/p1/d2'), made)).toBeNull();
    expect(made.memory.commands).toEqual(['GetItem']);
  });
});
