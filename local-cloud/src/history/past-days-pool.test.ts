import { decodeRollup, sumHours, utcDayOf } from '@enstratus/contract';
import { afterAll, expect, it } from 'vitest';
import { demoDevices } from '../demo/demo-devices.ts';
import { inTheField } from '../start/fleet-plan.ts';
import { PastDaysPool } from './past-days-pool.ts';

const pools: PastDaysPool[] = [];
const newPool = () => {
  const pool = new PastDaysPool(7, 2);
  pools.push(pool);
  return pool;
};
afterAll(() => Promise.all(pools.map((pool) => pool.stop())));

const from_s = Date.parse('2026-06-10T00:00:00Z') / 1000;
const week = { from_s, to_s: from_s + 7 * 86_400 };
const devices = demoDevices(5).map(inTheField);

it('makes the same rollups for the same device and seed, in whichever thread', async () => {
  const [once, again] = [newPool(), newPool()];
  const made = await Promise.all(devices.map((device) => once.rollups(device, week)));
  expect(await Promise.all(devices.toReversed().map((device) => again.rollups(device, week)))).toEqual(made.toReversed());
  expect(new Set(made.map((rollups) => JSON.stringify(rollups))).size).toBe(devices.length);
  for (const rollups of made) {
    expect(rollups.map(({ day }) => day)).toEqual(Array.from({ length: 7 }, (_, index) => utcDayOf(from_s + index * 86_400)));
    const total = sumHours(rollups.flatMap(({ rollup }) => decodeRollup(rollup)));
    expect(total.reported_minutes).toBeGreaterThan(6.5 * 1440);
    expect(total.motor_wh).toBeGreaterThan(0);
  }
});

it('rejects what is no device, and what else was asked of the thread', async () => {
  const pool = new PastDaysPool(7, 1);
  pools.push(pool);
  const [device] = devices;
  if (device === undefined) throw new Error('there is no device');
  const both = [pool.rollups({ ...device, lat: 200 }, week), pool.rollups(device, week)];
  const results = await Promise.allSettled(both);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
