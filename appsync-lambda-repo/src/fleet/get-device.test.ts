import { describe, expect, it } from 'vitest';
import { callerAt, FleetWorld, statusDocument } from '../testing/fleet-world.ts';
import { getDevice } from './get-device.ts';

const path = '/enfusion/p1/d1/c1/north/pump-1';
const caller = callerAt('/enfusion/p1/d1');

describe('a device', () => {
  it('that has never reported has no contact and no state', async () => {
    const world = new FleetWorld();
    world.device(path, { name: 'Well 3' });
    expect(await getDevice({ device_id: 'pump-1' }, caller, world.fleet)).toMatchObject({
      device_id: 'pump-1',
      name: 'Well 3',
      site: { path: '/enfusion/p1/d1/c1/north', name: 'north' },
      run_state: 'unknown',
      fault_code: null,
      last_contact_at: null,
      silent_at: null,
      latest: null,
      as_of: '2025-11-22T08:26:40Z',
    });
  });

  it('that only somebody watches has not reported either', async () => {
    const world = new FleetWorld();
    world.device(path);
    world.memory.put({ pk: 'LATEST', sk: `${path}/`, device_id: 'pump-1', watched_until: world.now_s });
    expect(await getDevice({ device_id: 'pump-1' }, caller, world.fleet)).toMatchObject({ last_contact_at: null, latest: null });
  });

  it('is silent when its next pack is five minutes late', async () => {
    const world = new FleetWorld();
    world.device(path, { pack_minutes: 1 });
    world.latest(path, statusDocument(world.now_s - 600), world.now_s - 590);
    expect(await getDevice({ device_id: 'pump-1' }, caller, world.fleet)).toMatchObject({
      last_contact_at: '2025-11-22T08:16:50Z',
      silent_at: '2025-11-22T08:22:40Z',
    });
  });

  it('is silent when it only sends what is old', async () => {
    const world = new FleetWorld();
    world.device(path);
    world.latest(path, statusDocument(world.now_s - 7200), world.now_s);
    expect(await getDevice({ device_id: 'pump-1' }, caller, world.fleet)).toMatchObject({
      last_contact_at: '2025-11-22T08:26:40Z',
      silent_at: '2025-11-22T06:46:40Z',
    });
  });

  it('is read with its newest status by two reads and one query for the site’s name', async () => {
    const world = new FleetWorld();
    world.device(path);
    await getDevice({ device_id: 'pump-1' }, caller, world.fleet);
    expect(world.memory.commands).toEqual(['GetItem', 'GetItem', 'Query gsi1']);
  });
});

describe('its state is that of', () => {
  const time = 1_763_799_000;
  const stateOf = async (state_time: number | undefined, document: Parameters<typeof statusDocument>[1] | undefined) => {
    const world = new FleetWorld();
    world.device(path, { run_state: 'fault', fault_code: 12, ...(state_time === undefined ? {} : { state_time }) });
    if (document !== undefined) world.latest(path, statusDocument(time, document));
    const device = await getDevice({ device_id: 'pump-1' }, caller, world.fleet);
    return [device?.run_state, device?.fault_code];
  };

  it('the newest status, when that is newer than the device’s own item', async () => {
    expect(await stateOf(time - 60, { run_state: 'grid', fault_code: 0 })).toEqual(['grid', 0]);
    expect(await stateOf(undefined, { run_state: 'grid', fault_code: 0 })).toEqual(['grid', 0]);
  });

  it('as it was before, where the newest status could not read it', async () => {
    expect(await stateOf(time - 60, { run_state: null, fault_code: null })).toEqual(['fault', 12]);
  });

  it('the device’s own item otherwise', async () => {
    expect(await stateOf(time, { run_state: 'grid', fault_code: 0 })).toEqual(['fault', 12]);
    expect(await stateOf(time + 60, { run_state: 'grid', fault_code: 0 })).toEqual(['fault', 12]);
    expect(await stateOf(time, undefined)).toEqual(['fault', 12]);
  });
});
