import {
  decodeRollup,
  encodeRollup,
  packDocuments,
  rollUpDay,
  type StatusDocument,
  startOfUtcDay,
  sumHours,
  utcDayOf,
} from '@enstratus/contract';
import { expect, it } from 'vitest';
import { RollupMaker } from './rollup-maker.ts';

const start = startOfUtcDay('2026-11-10');

/** Documents that are as far apart as told, the motor running in the first half of every hour. */
const documents = (from: number, to: number, every_s: number): StatusDocument[] =>
  Array.from({ length: (to - from) / every_s }, (_, seq) => {
    const time = from + seq * every_s;
    const runs = time % 3600 < 1800;
    return {
      boot_id: every_s,
      seq,
      time,
      run_state: runs ? 'solar' : 'waiting',
      dc_bus_v: null,
      solar_w: runs ? 1000 : 0,
      grid_w: 0,
      motor_w: runs ? 900 : 0,
      motor_a: 2,
      motor_hz: 40,
      temp_c: 30,
      fault_code: 0,
      signal_pct: 60,
    };
  });

it('makes each day’s rollup of its packs', () => {
  const border = start + 2 * 86_400 + 5 * 3600;
  const end = border + 20 * 3600;
  const [coarse, fine] = [documents(start + 3600, border, 900), documents(border, end, 60)];
  const maker = new RollupMaker();
  for (const document of coarse) maker.take(packDocuments([document])[0] ?? '', 900);
  for (const pack of packDocuments(fine)) maker.take(pack, 60);
  const made = maker.made();
  const samples = [...coarse.map((document) => ({ document, every_s: 900 })), ...fine.map((document) => ({ document, every_s: 60 }))];
  const days = Array.from({ length: 4 }, (_, index) => utcDayOf(start + index * 86_400));
  expect(made).toEqual(days.map((day) => ({ day, rollup: encodeRollup(rollUpDay(day, samples)) })));
  expect(sumHours(made.flatMap(({ rollup }) => decodeRollup(rollup)))).toMatchObject({
    reported_minutes: (end - start - 3600) / 60,
    solar_wh: ((end - start) / 3600 - 1) * 500,
    starts: (end - start) / 3600 - 2,
  });
});

it('makes nothing of nothing, and refuses what is no pack', () => {
  const maker = new RollupMaker();
  expect(maker.made()).toEqual([]);
  expect(() => maker.take('{"v":1}', 60)).toThrow(/no pack/);
});

it('takes what a device sends of yesterday at its start, and leaves what is much too late', () => {
  const maker = new RollupMaker();
  const send = (from: number) => maker.take(packDocuments(documents(from, from + 900, 60))[0] ?? '', 60);
  for (const hours of [2, 30, 23, 100, 101, 3]) send(start + hours * 3600);
  expect(maker.made().map(({ day, rollup }) => [day, sumHours(decodeRollup(rollup)).reported_minutes])).toEqual([
    ['2026-11-10', 30],
    ['2026-11-11', 15],
    ['2026-11-14', 30],
  ]);
});
