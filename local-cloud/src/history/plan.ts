import { latestKey } from '@enstratus/contract';
import type { Stretch } from './past-days.ts';
import type { TableCalls } from './table-calls.ts';

const hour_s = 3600;
const day_s = 24 * hour_s;
/** Of so much there are packs. */
const packs_s = 2 * day_s;
/** 13 months: so much there are rollups of. */
const rollups_s = 396 * day_s;

/** What of a device's past is to be made. Times are epoch seconds. */
export interface HistoryPlan {
  /** Until when what the table has is right; undefined: nothing ever came from the device, or its load was not finished. */
  readonly known_s: number | undefined;
  /** Only rollups are made of this. */
  readonly rollups: Stretch | undefined;
  /** Packs are made of this. */
  readonly packs: Stretch | undefined;
}

/**
 * What is missing of a device until now: packs of the last 48 hours, rollups of what lies before, 13 months at most.
 *
 * @param latest_s Time of its newest status, which is written last of a history; undefined when it has none.
 * @param alive_s Until when the fleet lived; undefined when it never did.
 * @param isRollupWanted Whether it gets rollups where it has no past at all.
 */
export function planHistory(
  now_s: number,
  {
    latest_s,
    alive_s,
    isRollupWanted,
  }: { readonly latest_s: number | undefined; readonly alive_s: number | undefined; readonly isRollupWanted: boolean },
): HistoryPlan {
  const known_s = latest_s === undefined ? undefined : Math.max(latest_s, alive_s ?? 0);
  // Whole hours, so that no hour is made of both kinds of samples.
  const packsFrom_s = Math.floor((now_s - packs_s) / hour_s) * hour_s;
  const rollupsFrom_s = known_s ?? Math.floor((now_s - rollups_s) / day_s) * day_s;
  const hasRollups = rollupsFrom_s < packsFrom_s && (known_s !== undefined || isRollupWanted);
  const from_s = Math.max(known_s ?? 0, packsFrom_s);
  return {
    known_s,
    rollups: hasRollups ? { from_s: rollupsFrom_s, to_s: packsFrom_s } : undefined,
    packs: from_s < now_s ? { from_s, to_s: now_s } : undefined,
  };
}

/** Time of a device's newest status, epoch seconds; undefined when it has none. @param path The device's own. */
export async function latestTime(table: TableCalls, path: string): Promise<number | undefined> {
  const { pk, sk } = latestKey(path);
  const [latest] = await table.query({ pk, first: sk, last: sk }, ['time']);
  return latest?.['time'] === undefined ? undefined : Number(latest['time']);
}
