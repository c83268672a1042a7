import fc from 'fast-check';
import { maxPackDocuments } from '../pack.ts';
import type { StatusDocument } from '../status-document.ts';
import { maxCounter, numberFields, type ReadingName, runStates, timeRange } from '../status-fields.ts';

/** Readings over the whole range of each field, null among them. */
export const anyReadings = fc.record({
  run_state: fc.option(fc.constantFrom(...runStates)),
  ...(Object.fromEntries(
    numberFields.map(({ name, min, max, resolution }) => [
      name,
      fc.option(resolution === 1 ? fc.integer({ min, max }) : fc.integer({ min: min * 10, max: max * 10 }).map((tenths) => tenths / 10), {
        freq: 8,
      }),
    ]),
  ) as Record<ReadingName, fc.Arbitrary<number | null>>),
});

/** Consecutive documents, `count` of them, one minute (or `every_s`) apart, with any readings. */
export const anyRun = (count: fc.Arbitrary<number> = fc.integer({ min: 1, max: maxPackDocuments })): fc.Arbitrary<StatusDocument[]> =>
  count.chain((length) =>
    fc
      .record({
        boot_id: fc.integer({ min: 0, max: maxCounter }),
        seq: fc.integer({ min: 0, max: maxCounter - length }),
        time: fc.integer({ min: timeRange.min, max: timeRange.max - length * 3600 }),
        every_s: fc.constantFrom(60, 60, 60, 1, 30, 3600),
        readings: fc.array(anyReadings, { minLength: length, maxLength: length }),
      })
      .map(({ boot_id, seq, time, every_s, readings }) =>
        readings.map((reading, index) => ({ boot_id, seq: seq + index, time: time + index * every_s, ...reading })),
      ),
  );

/** Documents of a quiet day: values that move little, so that 15 of them fit in a pack. */
export const quietRun = (first: { boot_id: number; seq: number; time: number }, count: number): StatusDocument[] =>
  Array.from({ length: count }, (_, index) => ({
    boot_id: first.boot_id,
    seq: first.seq + index,
    time: first.time + index * 60,
    run_state: 'solar',
    dc_bus_v: 600 + (index % 7),
    solar_w: 4000 + index * 3,
    grid_w: 0,
    motor_w: 3800 + index * 3,
    motor_a: (80 + (index % 5)) / 10,
    motor_hz: (475 + (index % 3)) / 10,
    temp_c: 41,
    fault_code: 0,
    signal_pct: 68,
  }));
