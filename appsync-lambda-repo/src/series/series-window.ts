import { packRetentionDays } from '@enstratus/contract';
import { RequestRefused } from '../resolver/request-refused.ts';
import type { SeriesResolution } from '../schema.generated.ts';

/** Seconds of a step, the finest first. */
export const stepSeconds: Readonly<Record<SeriesResolution, number>> = {
  one_minute: 60,
  five_minutes: 300,
  fifteen_minutes: 900,
  one_hour: 3600,
};

/** A whole day in minutes (1,440) and a little more: as many points as a chart can show. */
const usualSteps = 1500;
/** What one answer may hold at most. */
export const maxSteps = 3000;
const day_s = 86_400;
/** A request for the last 35 days takes a while to arrive, and its beginning is cut down to a whole step. */
const slack_s = 3600;

/** Equal steps, all of them whole. Times are epoch seconds. */
export interface SeriesWindow {
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  readonly step_s: number;
  readonly steps: number;
}

/**
 * The steps that cover a time: its beginning cut down and its end brought up to a whole step of the epoch.
 *
 * @param from Epoch milliseconds, included.
 * @param to Epoch milliseconds, excluded.
 * @param resolution Where none is given, the finest that stays within 1,500 steps.
 * @param now_s Epoch seconds.
 * Throws RequestRefused with a message that names the argument.
 */
export function seriesWindow(from: number, to: number, resolution: SeriesResolution | undefined, now_s: number): SeriesWindow {
  if (from >= to) throw new RequestRefused('from must be before to');
  if (from / 1000 < now_s - packRetentionDays * day_s - slack_s) {
    throw new RequestRefused(`from must be at most ${packRetentionDays} days ago: readings are kept that long`);
  }
  // A clock may be wrong by hours. What is further ahead may not even be a time that a pack's key can hold, and that is no failure of ours.
  if (from / 1000 > now_s + day_s) throw new RequestRefused('from must be at most a day ahead');
  if (to - from > (packRetentionDays * day_s + slack_s) * 1000)
    throw new RequestRefused(`to must be at most ${packRetentionDays} days after from`);
  if (resolution !== undefined) {
    const window = inSteps(from, to, stepSeconds[resolution]);
    if (window.steps > maxSteps) {
      throw new RequestRefused(`resolution ${resolution} gives ${window.steps} steps for this time; at most ${maxSteps} are answered`);
    }
    return window;
  }
  const windows = Object.values(stepSeconds).map((step_s) => inSteps(from, to, step_s));
  const [coarsest] = windows.slice(-1);
  const finest = windows.find(({ steps }) => steps <= usualSteps) ?? coarsest;
  if (finest === undefined) throw new Error('there is no step');
  return finest;
}

function inSteps(from: number, to: number, step_s: number): SeriesWindow {
  const first = Math.floor(from / 1000 / step_s);
  const end = Math.ceil(to / 1000 / step_s);
  return { from: first * step_s, to: end * step_s, step_s, steps: end - first };
}
