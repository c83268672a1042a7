import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device, Sample } from './device-query.ts';
import { withStatus } from './device-query.ts';
import { type PowerSeries, powerDay, powerHours, powerTotals, withSamples } from './power-day.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');
const iso = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString();

const sample = (minutes: number, changed: Partial<Sample> = {}): Sample => ({
  boot_id: 1,
  seq: 100_000 + minutes,
  time: iso(minutes),
  run_state: 'solar',
  dc_bus_v: 500,
  solar_w: 1200,
  grid_w: 0,
  motor_w: 1100,
  motor_a: 4,
  motor_hz: 50,
  temp_c: 30,
  fault_code: 0,
  signal_pct: 60,
  ...changed,
});

const series = (
  minutesFrom: number,
  solar: (number | null)[],
  grid: (number | null)[] = solar.map((value) => (value === null ? null : 0)),
): PowerSeries => ({
  from: iso(minutesFrom),
  to: iso(minutesFrom + solar.length),
  step_s: 60,
  as_of: iso(0),
  metrics: [
    { metric: 'solar_w', unit: 'W', values: solar },
    { metric: 'grid_w', unit: 'W', values: grid },
  ],
});

describe('a day', () => {
  it('has 24 hours of minutes, and ends with the one that is now', () => {
    const day = powerDay(undefined, [], noon + 30_000);
    expect([day.times.length, day.times[0], day.times.at(-1)]).toEqual([1440, noon / 1000 + 60 - 86_400, noon / 1000]);
    expect(day.last).toBeNull();
  });

  it('leaves gaps as they are', () => {
    const day = powerDay(series(-4, [10, null, 30, 0]), [], noon);
    expect(day.solar_w.slice(-6)).toEqual([null, 10, null, 30, 0, null]);
    expect(day.last).toBe(noon / 1000 - 60);
  });

  it('takes what the service knows, and fills with samples what it does not know yet', () => {
    const samples = [
      sample(-2, { solar_w: 7 }),
      sample(-1, { solar_w: 8 }),
      sample(-0.5, { seq: 1, solar_w: 10 }),
      sample(0, { solar_w: null, grid_w: 5 }),
    ];
    const day = powerDay(series(-3, [1, 2]), samples, noon);
    expect(day.solar_w.slice(-4)).toEqual([1, 2, 9, null]);
    expect(day.grid_w.slice(-1)).toEqual([5]);
  });

  it('moves on with time, and forgets what is older', () => {
    const day = powerDay(series(-1439, [5, 6, 7]), [sample(-2000)], noon + 60_000);
    expect(day.solar_w.slice(0, 3)).toEqual([6, 7, null]);
  });

  it('adds up only what was reported', () => {
    const totals = powerTotals(powerDay(series(-4, [600, null, 1200, 600], [0, null, 60, 0]), [], noon));
    expect(totals).toEqual({ solar_wh: 40, grid_wh: 1, minutes: 3, peak: { time: noon / 1000 - 120, solar_w: 1200 } });
  });

  it('is told by hours of the clock, the newest first', () => {
    const hours = powerHours(powerDay(series(-4, [100, null, 300, 200]), [], noon), (time) =>
      new Date(time * 1000).toISOString().slice(0, 13),
    );
    expect(hours).toHaveLength(25);
    expect(hours.slice(0, 2)).toEqual([
      { from: noon / 1000, solar_w: null, grid_w: null, minutes: 0 },
      { from: noon / 1000 - 3600, solar_w: 200, grid_w: 0, minutes: 3 },
    ]);
  });
});

it('keeps each sample once, however often it comes and in whatever order', () => {
  const minutes = fc.array(fc.integer({ min: -600, max: 0 }), { maxLength: 40 });
  fc.assert(
    fc.property(minutes, minutes, (first, second) => {
      const documents = (each: number[]) => each.map((minute) => sample(minute));
      const all = withSamples(withSamples([], documents([...new Set(first)])), documents([...new Set(second)]));
      expect(all.map(({ seq }) => seq).sort()).toEqual([...new Set([...first, ...second])].map((minute) => 100_000 + minute).sort());
    }),
  );
  const known = [sample(-1)];
  expect(withSamples(known, [sample(-1)])).toBe(known);
});

it('a change told at once stands for the document of its sequence until that one comes', () => {
  const told = { ...sample(-1), time: iso(-1.5), solar_w: 40 };
  expect(withSamples([], [told])).toEqual([told]);
  expect(withSamples([told], [sample(-1)])).toEqual([sample(-1)]);
  expect(withSamples([sample(-1)], [told])).toEqual([sample(-1)]);
});

describe('a device after news', () => {
  const device: Device = {
    device_id: 'pump-1',
    name: 'Pump',
    path: '/enfusion/p1/d1/c1/north/pump-1',
    site: { path: '/enfusion/p1/d1/c1/north', name: 'North' },
    time_zone: 'America/Phoenix',
    pack_minutes: 15,
    registered_at: iso(-10_000),
    run_state: 'solar',
    fault_code: 0,
    last_contact_at: iso(-5),
    silent_at: iso(15),
    latest: sample(-6),
    as_of: iso(0),
  };
  const news = (contact: number, documents: Sample[]) => ({
    device_id: 'pump-1',
    last_contact_at: iso(contact),
    silent_at: iso(contact + 20),
    documents,
  });

  it('has the newest of them', () => {
    const after = withStatus(device, news(0, [sample(-2), sample(-1, { run_state: 'fault', fault_code: 17 })]));
    expect(after).toMatchObject({
      last_contact_at: iso(0),
      silent_at: iso(20),
      run_state: 'fault',
      fault_code: 17,
      latest: { time: iso(-1) },
    });
  });

  it('never goes back: a backfill counts as contact and not as what is now', () => {
    const after = withStatus(device, news(0, [sample(-300, { run_state: 'stopped' })]));
    expect(after).toMatchObject({ last_contact_at: iso(0), run_state: 'solar', latest: { time: iso(-6) } });
    expect(withStatus(device, news(-9, [sample(-10)]))).toEqual(device);
  });
});
