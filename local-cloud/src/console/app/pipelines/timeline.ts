import type { ActionExecution } from '../../shapes/pipelines.ts';
import { isOpen } from './wording.ts';

/** A bar of the time line, in shares of its width. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly took_ms: number;
}

/** A stretch in which nothing was worked on is drawn no longer than this share of the work. */
const LONGEST_WAIT = 0.12;

/**
 * Where each action stands in the time line, in the order given. Whoever decides at a gate may take days: where nothing but an approval was under way,
 * the line is cut short, so that what was worked on can be seen.
 */
export function timelineOf(actions: readonly ActionExecution[], now_ms: number): Bar[] {
  const spans = actions.map(({ kind, state, started_at, updated_at }) => {
    const from = Date.parse(started_at);
    return { from, to: Math.max(from, isOpen(state) ? now_ms : Date.parse(updated_at)), isWait: kind === 'approval' };
  });
  const at = shortened(spans);
  const end = Math.max(0, ...spans.map(({ to }) => at(to)));
  const share = (ms: number) => (end === 0 ? 0 : at(ms) / end);
  return spans.map(({ from, to }) => ({ from: share(from), to: share(to), took_ms: to - from }));
}

/** A clock that goes with the work and cuts every wait short: ms since the beginning by ms since 1970. */
function shortened(spans: readonly { from: number; to: number; isWait: boolean }[]): (ms: number) => number {
  const busy = merged(spans.filter(({ isWait }) => !isWait));
  const worked = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const longest = worked === 0 ? Number.POSITIVE_INFINITY : worked * LONGEST_WAIT;
  const times = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  const stretches: { from: number; to: number; drawn: number }[] = [];
  let from = times[0] ?? 0;
  const add = (to: number, isBusy: boolean) => {
    if (to > from) stretches.push({ from, to, drawn: isBusy ? to - from : Math.min(to - from, longest) });
    from = Math.max(from, to);
  };
  for (const stretch of busy) {
    add(stretch.from, false);
    add(stretch.to, true);
  }
  add(times.at(-1) ?? 0, false);
  return (ms) => stretches.reduce((sum, one) => sum + one.drawn * Math.min(1, Math.max(0, (ms - one.from) / (one.to - one.from))), 0);
}

function merged(spans: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else whole.push({ from, to });
  }
  return whole;
}
