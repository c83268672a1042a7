import {
  decodeRollup,
  deviceKey,
  encodeRollup,
  packSortKeysBetween,
  type RollupHours,
  rollUpDay,
  rollupKey,
  rollupLead_s,
  rollupSortKeysBetween,
  samplesOfPack,
  startOfUtcDay,
  utcDayOf,
} from '@enstratus/contract';
import { z } from 'zod';
import type { DayRollup } from './rollup-maker.ts';
import type { TableCalls } from './table-calls.ts';

const day_s = 86_400;
/** A pack reaches over 15 hours at most, usually over 15 minutes: one that began before a day may hold documents of it. */
const longestPack_s = 15 * 3600;

/** The newest UTC day of which a device has a rollup; undefined when it has none. */
export async function newestRollupDay(table: TableCalls, device_id: string): Promise<string | undefined> {
  const { pk } = deviceKey(device_id);
  const [newest] = await table.query({ pk, ...rollupSortKeysBetween('', '~') }, ['sk'], { newestFirst: true, limit: 1 });
  return newest === undefined ? undefined : z.string().parse(newest['sk']).slice('ROLLUP#'.length);
}

/**
 * Makes the rollups of a device's days anew from the packs that are stored: what came in while it was live, which nobody has rolled up yet. An hour of which
 * the rollup there tells more (its packs are gone, or only the rollup was loaded) stays. Idempotent.
 *
 * @param first, last UTC days, both included.
 */
export async function rollUpStoredDays(table: TableCalls, device_id: string, first: string, last: string): Promise<DayRollup[]> {
  const { pk } = deviceKey(device_id);
  const known = await storedRollups(table, device_id, first, last);
  const made: DayRollup[] = [];
  for (let start = startOfUtcDay(first); start <= startOfUtcDay(last); start += day_s) {
    const day = utcDayOf(start);
    const packs = await table.query({ pk, ...packSortKeysBetween(start - longestPack_s, start + day_s - 1) }, ['pack']);
    const samples = packs
      .flatMap(({ pack }) => samplesOfPack(String(pack)))
      .filter(
        ({ document }, index, all) => document.time >= start - rollupLead_s || (all[index + 1]?.document.time ?? 0) >= start - rollupLead_s,
      );
    const hours = fuller(known.get(day), rollUpDay(day, samples));
    if (hours.every((hour) => hour.reported_minutes === 0)) continue;
    const rollup = encodeRollup(hours);
    if (rollup !== known.get(day)) made.push({ day, rollup });
  }
  await put(table, device_id, made);
  return made;
}

/** Writes rollups; an hour of which the one there tells more stays. Idempotent. */
export async function putFullerDays(table: TableCalls, device_id: string, rollups: readonly DayRollup[]): Promise<void> {
  const [first, last] = [rollups[0], rollups.at(-1)];
  if (first === undefined || last === undefined) return;
  const known = await storedRollups(table, device_id, first.day, last.day);
  await put(
    table,
    device_id,
    rollups.map(({ day, rollup }) => {
      const there = known.get(day);
      return { day, rollup: there === undefined ? rollup : encodeRollup(fuller(there, decodeRollup(rollup))) };
    }),
  );
}

const put = (table: TableCalls, device_id: string, rollups: readonly DayRollup[]): Promise<void> =>
  table.put(rollups.map(({ day, rollup }) => ({ ...rollupKey(device_id, day), rollup })));

/** Texts by their days. */
async function storedRollups(table: TableCalls, device_id: string, first: string, last: string): Promise<Map<string, string>> {
  const stored = await table.query({ pk: deviceKey(device_id).pk, ...rollupSortKeysBetween(first, last) }, ['sk', 'rollup']);
  return new Map(stored.map(({ sk, rollup }) => [String(sk).slice('ROLLUP#'.length), String(rollup)]));
}

/** Hour by hour what tells of more minutes; what was made of packs where both tell the same. */
function fuller(text: string | undefined, made: RollupHours): RollupHours {
  const there = text === undefined ? undefined : decodeRollup(text);
  return made.map((hour, index) => {
    const other = there?.[index];
    return other !== undefined && other.reported_minutes > hour.reported_minutes ? other : hour;
  });
}
