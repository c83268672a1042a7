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
import type { DayRollup } from './history-maker.ts';
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
  const stored = await table.query({ pk, ...rollupSortKeysBetween(first, last) }, ['sk', 'rollup']);
  const known = new Map(stored.map(({ sk, rollup }) => [String(sk).slice('ROLLUP#'.length), String(rollup)]));
  const made: DayRollup[] = [];
  for (let start = startOfUtcDay(first); start <= startOfUtcDay(last); start += day_s) {
    const day = utcDayOf(start);
    const packs = await table.query({ pk, ...packSortKeysBetween(start - longestPack_s, start + day_s - 1) }, ['pack']);
    const samples = packs
      .flatMap(({ pack }) => samplesOfPack(String(pack)))
      .filter(
        ({ document }, index, all) => document.time >= start - rollupLead_s || (all[index + 1]?.document.time ?? 0) >= start - rollupLead_s,
      );
    const there = known.get(day);
    const hours = fuller(there === undefined ? undefined : decodeRollup(there), rollUpDay(day, samples));
    if (hours.every((hour) => hour.reported_minutes === 0)) continue;
    const rollup = encodeRollup(hours);
    if (rollup !== there) made.push({ day, rollup });
  }
  await table.put(made.map(({ day, rollup }) => ({ ...rollupKey(device_id, day), rollup })));
  return made;
}

/** Hour by hour what tells of more minutes; what was made of packs where both tell the same. */
function fuller(there: RollupHours | undefined, made: RollupHours): RollupHours {
  return made.map((hour, index) => {
    const other = there?.[index];
    return other !== undefined && other.reported_minutes > hour.reported_minutes ? other : hour;
  });
}
