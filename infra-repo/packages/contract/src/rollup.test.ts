import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packDocuments } from './pack.ts';
import {
  decodeRollup,
  emptyHour,
  encodeRollup,
  energyNames,
  type RollupHour,
  readRollupItem,
  rollupEnergies,
  rollupItem,
  sumHours,
} from './rollup.ts';
import { rollUpDay, type Sample, samplesOfPack, startOfUtcDay, utcDayOf } from './rollup-making.ts';
import { runStates } from './status-fields.ts';
import { anyReadings } from './testing/arbitrary-documents.ts';
import { solarDay } from './testing/solar-day.ts';

const day = '2026-07-14';
const start = startOfUtcDay(day);

/** Documents of a part of the day, of one boot or two, in whole seconds, some of them on each other's heels. */
const anySamples: fc.Arbitrary<Sample[]> = fc
  .array(
    fc.record({
      document: fc.record({
        boot_id: fc.integer({ min: 1, max: 2 }),
        seq: fc.integer({ min: 0, max: 200 }),
        time: fc.integer({ min: start - 3000, max: start + 9000 }),
      }),
      readings: anyReadings,
      every_s: fc.constantFrom(1, 60, 900, 3600),
    }),
    { maxLength: 25 },
  )
  .map((samples) => {
    const seen = new Map<string, Sample>();
    for (const { document, readings, every_s } of samples) {
      const key = `${document.boot_id} ${document.seq}`;
      if (!seen.has(key)) seen.set(key, { document: { ...document, ...readings }, every_s });
    }
    return [...seen.values()];
  });

const anyMinutes = fc.integer({ min: 0, max: 600 }).map((tenths) => tenths / 10);
const anyReading = fc.option(fc.integer({ min: 0, max: 150_000 }));
const anyHour: fc.Arbitrary<RollupHour> = fc.record({
  reported_minutes: anyMinutes,
  solar_wh: anyReading,
  grid_wh: anyReading,
  motor_wh: anyReading,
  energy_minutes: fc.record({ solar_wh: anyMinutes, grid_wh: anyMinutes, motor_wh: anyMinutes }),
  state_minutes: fc.record({
    stopped: anyMinutes,
    waiting: anyMinutes,
    starting: anyMinutes,
    solar: anyMinutes,
    grid: anyMinutes,
    mixed: anyMinutes,
    fault: anyMinutes,
  }),
  solar_w_max: anyReading,
  temp_c_max: fc.option(fc.integer({ min: -40, max: 150 })),
  starts: fc.nat(60),
  faults: fc.nat(60),
});

/** Second by second: the newest sample that stands for it. The slow way to the same numbers. */
function secondBySecond(samples: readonly Sample[]) {
  const sorted = samples.toSorted(({ document: a }, { document: b }) => b.time - a.time || b.boot_id - a.boot_id || b.seq - a.seq);
  return Array.from({ length: 3 }, (_, hour) => {
    let reported_s = 0;
    const ws = { solar_wh: 0, grid_wh: 0, motor_wh: 0 };
    for (let second = start + hour * 3600; second < start + (hour + 1) * 3600; second += 1) {
      const newest = sorted.find(({ document }) => document.time <= second);
      if (newest === undefined || newest.document.time + newest.every_s <= second) continue;
      reported_s += 1;
      for (const name of energyNames) ws[name] += newest.document[rollupEnergies[name]] ?? 0;
    }
    return { reported_s, ws };
  });
}

describe('a day made from samples', () => {
  it('holds the energies and minutes that going second by second gives', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const hours = rollUpDay(day, samples);
        for (const [hour, { reported_s, ws }] of secondBySecond(samples).entries()) {
          expect(Math.abs((hours[hour]?.reported_minutes ?? 0) - reported_s / 60)).toBeLessThan(0.0501);
          for (const name of energyNames) expect(hours[hour]?.[name] ?? 0).toBe(Math.round(ws[name] / 3600));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is the same whatever order the samples come in, and however often', () => {
    fc.assert(
      fc.property(
        anySamples.chain((samples) =>
          fc.tuple(fc.constant(samples), fc.shuffledSubarray([...samples, ...samples], { minLength: samples.length * 2 })),
        ),
        ([samples, shuffled]) => {
          expect(encodeRollup(rollUpDay(day, shuffled))).toBe(encodeRollup(rollUpDay(day, samples)));
        },
      ),
    );
  });

  it('never says more than was reported: no hour over 60 minutes, no state or energy over the reported ones, null where nothing was read', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        for (const hour of rollUpDay(day, samples)) {
          expect(hour.reported_minutes).toBeLessThanOrEqual(60);
          const inStates = runStates.reduce((sum, state) => sum + hour.state_minutes[state], 0);
          expect(inStates).toBeLessThanOrEqual(hour.reported_minutes + 0.4);
          for (const name of energyNames) {
            expect(hour.energy_minutes[name]).toBeLessThanOrEqual(hour.reported_minutes);
            if (hour[name] === null) expect(hour.energy_minutes[name]).toBe(0);
          }
        }
      }),
    );
  });

  it('shows a gap as minutes that are missing, and an hour without documents as unknown', () => {
    const documents = solarDay(start).filter(({ time }) => time < start + 10 * 3600 || time >= start + 12.5 * 3600);
    const hours = rollUpDay(
      day,
      packDocuments(documents).flatMap((text) => samplesOfPack(text)),
    );
    expect(hours.map((hour) => hour.reported_minutes)).toEqual([...Array(10).fill(60), 0, 0, 30, ...Array(11).fill(60)]);
    expect([hours[10], hours[11]]).toEqual([emptyHour, emptyHour]);
    expect(sumHours(hours)).toMatchObject({ reported_minutes: 1290, starts: 1 });
  });

  it('leaves out what could not be read, and tells for how long it was', () => {
    const documents = solarDay(start).map((document) =>
      document.time < start + 12.25 * 3600 ? document : { ...document, solar_w: null, run_state: null },
    );
    const noon = rollUpDay(
      day,
      documents.map((document) => ({ document, every_s: 60 })),
    )[12];
    expect(noon).toMatchObject({ reported_minutes: 60, energy_minutes: { solar_wh: 15, grid_wh: 60, motor_wh: 60 } });
    expect(noon?.state_minutes.solar).toBe(15);
    expect(noon?.solar_wh).toBeCloseTo(9800 / 4, -1);
  });

  it('counts a start and a fault where they are first seen, across packs, hours and days, and not at the beginning of what is known', () => {
    const [base] = solarDay(start);
    if (base === undefined) throw new Error('no document');
    const at = (minute: number, run_state: (typeof runStates)[number] | null, fault_code: number | null = 0): Sample => ({
      document: { ...base, seq: 9000 + minute, time: start + minute * 60, run_state, fault_code },
      every_s: 60,
    });
    const samples = [
      at(-5, 'waiting'),
      at(2, 'starting'),
      at(3, 'solar'),
      at(70, null, null),
      at(71, 'mixed'),
      at(72, 'fault', 14),
      at(73, null, null),
      at(74, 'fault', 14),
      at(75, 'fault', 7),
      at(130, 'stopped'),
      at(131, 'grid'),
    ];
    const hours = rollUpDay(day, samples);
    expect(hours.map((hour) => hour.starts)).toEqual([1, 0, 1, ...Array(21).fill(0)]);
    expect(hours.map((hour) => hour.faults)).toEqual([0, 2, ...Array(22).fill(0)]);
    expect(rollUpDay(day, [at(2, 'solar', 14)])[0]).toMatchObject({ starts: 0, faults: 0, reported_minutes: 1 });
  });

  it('lets a sample that stands for long reach into the next hour and the next day', () => {
    const [base] = solarDay(start);
    if (base === undefined) throw new Error('no document');
    const sample = { document: { ...base, time: start - 900, solar_w: 3600 }, every_s: 3600 };
    expect(rollUpDay(day, [sample])[0]).toMatchObject({ reported_minutes: 45, solar_wh: 2700 });
    expect(rollUpDay(utcDayOf(start - 900), [sample])[23]).toMatchObject({ reported_minutes: 15, solar_wh: 900 });
  });

  it('takes the distance of samples from their pack, and for a pack of one the device’s setting', () => {
    const documents = solarDay(start, 120).slice(0, 8);
    const [text = ''] = packDocuments(documents, { pack_minutes: 15, every_s: 120 });
    expect(samplesOfPack(text).map(({ every_s }) => every_s)).toEqual(Array(7).fill(120));
    const [single = ''] = packDocuments(documents.slice(0, 1));
    expect([samplesOfPack(single)[0]?.every_s, samplesOfPack(single, 900)[0]?.every_s]).toEqual([60, 900]);
    expect(() => samplesOfPack('{}')).toThrow(/missing_field/);
  });

  it('is made of a real day only', () => {
    for (const wrong of ['2026-02-30', '2026-7-14', '2026-07-14T00:00', '']) expect(() => rollUpDay(wrong, [])).toThrow(/is no day/);
  });
});

describe('the text of a day', () => {
  it('gives back its hours', () => {
    fc.assert(
      fc.property(fc.array(anyHour, { minLength: 24, maxLength: 24 }), (hours) => {
        expect(decodeRollup(encodeRollup(hours))).toEqual(hours);
      }),
    );
    expect(() => encodeRollup([emptyHour])).toThrow(/24/);
  });

  it('keeps a usual day within one write unit, and reads it back from its item', () => {
    const hours = rollUpDay(
      day,
      solarDay(start).map((document) => ({ document, every_s: 60 })),
    );
    const item = rollupItem('pump-0001', day, hours);
    const bytes = Object.entries(item).reduce((sum, [name, value]) => sum + name.length + Buffer.byteLength(value), 0);
    expect(bytes).toBeLessThanOrEqual(1024);
    expect(item).toMatchObject({ pk: 'DEVICE#pump-0001', sk: 'ROLLUP#2026-07-14' });
    expect(readRollupItem(item)).toEqual({ day, hours });
    expect(() => readRollupItem({ sk: 'PACK#1', rollup: '{}' })).toThrow();
  });

  it('is refused where it is no day', () => {
    const text = encodeRollup(Array.from({ length: 24 }, () => emptyHour));
    expect(decodeRollup(text)).toHaveLength(24);
    for (const wrong of [
      '{',
      '{}',
      text.replace('"v":1', '"v":2'),
      text.replace('"minutes":0', '"minutes":61'),
      text.replace('"minutes":0', '"minutes":[1]'),
    ])
      expect(() => decodeRollup(wrong)).toThrow();
  });
});
