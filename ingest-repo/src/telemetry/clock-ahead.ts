import type { Refusal } from './delivery.ts';

/** PutLogEvents ("Actions: PutLogEvents"): not more than 2 hours ahead. What is shown and not logged must not be further ahead either. */
const furthestAhead_s = 2 * 3600;

/** Why a document of this time is refused now; undefined when it isn't. Both epoch seconds. */
export function clockAhead(time: number, now_s: number): Refusal | undefined {
  if (time <= now_s + furthestAhead_s) return undefined;
  const detail = `the last document is ${time - now_s} s ahead of the clock; at most ${furthestAhead_s} are taken`;
  return { reason: 'time_ahead', detail, field: 'time' };
}
