import { encodePack, packItem, type StatusDocument, toRfc3339 } from '@enstratus/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestRefused } from '../resolver/request-refused.ts';
import { callerAt, FleetWorld, statusDocument } from '../testing/fleet-world.ts';
import { readSeries } from './read-series.ts';

const path = '/enfusion/p1/d1/c1/north/pump-1';
const caller = callerAt('/enfusion/p1');

function worldWith(runs: readonly (readonly StatusDocument[])[]): FleetWorld {
  const world = new FleetWorld();
  world.device(path);
  for (const run of runs) world.memory.put(packItem('pump-1', encodePack(run), run, world.now_s));
  return world;
}

const read = (world: FleetWorld, args: object, by = caller) =>
  readSeries({ device_id: 'pump-1', metrics: ['solar_w'], ...args }, by, { ...world, clock: world.clock });

const valuesOf = async (world: FleetWorld, from: number, to: number, args: object = {}) => {
  const series = await read(world, { from: toRfc3339(from), to: toRfc3339(to), ...args });
  return series?.metrics.map(({ values }) => values);
};

/** Consecutive documents of one boot. */
const run = (time: number, solar: readonly (number | null)[], { seq = 0, boot_id = 1, every_s = 60 } = {}): StatusDocument[] =>
  solar.map((solar_w, index) => statusDocument(time + index * every_s, { boot_id, seq: seq + index, solar_w }));

const start = 1_763_794_800; // 2025-11-22T07:00:00Z

describe('readings over a time', () => {
  it('are one value a metric and step, in their unit', async () => {
    const world = worldWith([run(start, [100, 200, 300])]);
    expect(
      await read(world, {
        metrics: ['solar_w', 'motor_a', 'solar_w'],
        from: '2025-11-22T01:00:00-06:00',
        to: '2025-11-22T07:03:00Z',
        resolution: 'one_minute',
      }),
    ).toEqual({
      device_id: 'pump-1',
      from: '2025-11-22T07:00:00Z',
      to: '2025-11-22T07:03:00Z',
      step_s: 60,
      metrics: [
        { metric: 'solar_w', unit: 'W', values: [100, 200, 300] },
        { metric: 'motor_a', unit: 'A', values: [8.1, 8.1, 8.1] },
      ],
      as_of: '2025-11-22T08:26:40Z',
    });
  });

  it('are null where nothing was reported, and where a reading was null: never zero', async () => {
    const world = worldWith([run(start, [100, null, 0]), run(start + 300, [500], { seq: 5 })]);
    expect(await valuesOf(world, start - 60, start + 420)).toEqual([[null, 100, null, 0, null, null, 500, null]]);
  });

  it('are means of what was reported in a step', async () => {
    const world = worldWith([run(start, [100, null, 101, 101])]);
    expect(await valuesOf(world, start, start + 300, { resolution: 'five_minutes' })).toEqual([[100.67]]);
  });

  it('count a document once that stands in two packs', async () => {
    const world = worldWith([run(start, [100, 200]), run(start + 60, [200, 600], { seq: 1 })]);
    expect(await valuesOf(world, start, start + 300, { resolution: 'five_minutes' })).toEqual([[300]]);
  });

  it('are found in a pack that began before, by up to 14 hours', async () => {
    const slow = run(
      start - 14 * 3600,
      Array.from({ length: 15 }, (_, index) => index),
      { every_s: 3600 },
    );
    const world = worldWith([slow, run(start + 3600, [77], { seq: 15 })]);
    expect(await valuesOf(world, start, start + 7200, { resolution: 'one_hour' })).toEqual([[14, 77]]);
    expect(await valuesOf(world, start - 3600, start, { resolution: 'one_hour' })).toEqual([[13]]);
  });

  it('leave out a pack that can’t be understood, and say so in the log', async () => {
    const world = worldWith([run(start, [100]), run(start + 60, [200], { seq: 1 })]);
    world.memory.put({ ...packItem('pump-1', '{"v":9}', run(start, [1]), 1), pack: '{"v":9}' });
    expect(await valuesOf(world, start, start + 120)).toEqual([[null, 200]]);
    expect(world.log.lines.map(({ message }) => message)).toEqual(['item not understood']);
  });

  it('of 24 hours take one read of the device, one query, and one for what began before', async () => {
    const world = worldWith([]);
    await valuesOf(world, start - 86_400, start);
    expect(world.memory.commands).toEqual(['GetItem', 'Query', 'Query']);
  });

  it('are those that stand in the packs, whatever the packs, the window and the steps', async () => {
    /** Packs as a device makes them, one behind the other, with gaps, changes of pace and new boots between them. */
    const history = fc
      .array(
        fc.record({
          every_s: fc.constantFrom(1, 30, 60, 60, 60, 600, 3600),
          solar: fc.array(fc.option(fc.integer({ min: 0, max: 9000 }), { freq: 5 }), { minLength: 1, maxLength: 15 }),
          gap_s: fc.constantFrom(0, 0, 0, 17, 1800, 40_000),
          reboots: fc.boolean(),
        }),
        { maxLength: 25 },
      )
      .map((packs) => {
        let next = { time: start - 2 * 86_400, boot_id: 1, seq: 0 };
        return packs.map(({ every_s, solar, gap_s, reboots }) => {
          const documents = run(next.time, solar, { ...next, every_s });
          next = {
            time: next.time + solar.length * every_s + gap_s,
            boot_id: next.boot_id + (reboots ? 1 : 0),
            seq: reboots ? 0 : next.seq + solar.length,
          };
          return documents;
        });
      });
    await fc.assert(
      fc.asyncProperty(
        history,
        fc.integer({ min: -2 * 86_400, max: 86_400 }),
        fc.integer({ min: 1, max: 2 * 86_400 }),
        fc.constantFrom(300, 900, 3600),
        fc.integer({ min: 1, max: 5 }),
        async (packs, offset, span, step_s, pageSize) => {
          const world = worldWith(packs);
          world.memory.pageSize = pageSize;
          const [from, to] = [start + offset, start + offset + span];
          const resolution = { 300: 'five_minutes', 900: 'fifteen_minutes', 3600: 'one_hour' }[step_s];
          const series = await read(world, { from: toRfc3339(from), to: toRfc3339(to), resolution });
          expect(series?.metrics[0]?.values).toEqual(naive(packs.flat(), from, to, step_s));
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** The same, by going through all documents for each step. */
function naive(documents: readonly StatusDocument[], from: number, to: number, step_s: number): (number | null)[] {
  const [first, end] = [Math.floor(from / step_s), Math.ceil(to / step_s)];
  return Array.from({ length: end - first }, (_, index) => {
    const step = first + index;
    const readings = documents.filter(({ time }) => Math.floor(time / step_s) === step).flatMap(({ solar_w }) => solar_w ?? []);
    const mean = readings.reduce((sum, reading) => sum + reading, 0) / readings.length;
    return readings.length === 0 ? null : Math.round(mean * 100) / 100;
  });
}

describe('what is asked for wrongly', () => {
  const range = { from: '2025-11-22T07:00:00Z', to: '2025-11-22T08:00:00Z' };
  const metricNames = 'metrics must be one to 8 of dc_bus_v, solar_w, grid_w, motor_w, motor_a, motor_hz, temp_c, signal_pct';
  it.each([
    [{ ...range, metrics: [] }, metricNames],
    [{ ...range, metrics: ['fault_code'] }, metricNames],
    [{ ...range, metrics: Array.from({ length: 9 }, () => 'solar_w') }, metricNames],
    [{ ...range, from: 'yesterday' }, 'from must be an RFC 3339 time such as 2026-11-21T21:14:00Z'],
    [{ ...range, to: '2025-11-22' }, 'to must be an RFC 3339 time such as 2026-11-21T21:14:00Z'],
    [{ ...range, resolution: 'weekly' }, 'resolution must be one of one_minute, five_minutes, fifteen_minutes, one_hour'],
    [{ from: range.to, to: range.from }, 'from must be before to'],
    [{ ...range, from: '2025-01-01T00:00:00Z' }, 'from must be at most 35 days ago: readings are kept that long'],
  ])('is refused by its name: %j', async (args, message) => {
    const world = worldWith([]);
    await expect(read(world, args)).rejects.toThrow(new RequestRefused(message));
    expect(world.memory.commands).toEqual([]);
  });
});
