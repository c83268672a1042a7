import type { Period } from './syntax.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Units and their abbreviations; what has more than one character may end in s (CloudWatch Logs User Guide, "stats"). */
const UNITS: readonly (readonly [names: readonly string[], length: Period])[] = [
  [['millisecond', 'ms', 'msec'], { milliseconds: 1 }],
  [['second', 's', 'sec'], { milliseconds: SECOND }],
  [['minute', 'm', 'min'], { milliseconds: MINUTE }],
  [['hour', 'h', 'hr'], { milliseconds: HOUR }],
  [['day', 'd'], { milliseconds: DAY }],
  [['week', 'w'], { milliseconds: 7 * DAY }],
  [['month', 'mo', 'mon'], { months: 1 }],
  [['quarter', 'q', 'qtr'], { months: 3 }],
  [['year', 'y', 'yr'], { months: 12 }],
];

/** The period of so many units, or undefined when there is no such unit or the count is zero. */
export function periodOf(count: number, unit: string): Period | undefined {
  if (count < 1 || !Number.isSafeInteger(count)) return undefined;
  const found = UNITS.find(([names]) => names.some((name) => unit === name || (name.length > 1 && unit === `${name}s`)));
  if (found === undefined) return undefined;
  const [, length] = found;
  return 'months' in length ? { months: length.months * count } : { milliseconds: length.milliseconds * count };
}

/**
 * The beginning of the period that holds a time, in UTC: fixed periods are counted from 1970-01-01T00:00Z, months from
 * January 1970. AWS doesn't say where its weeks begin; counted from 1970 they begin on Thursdays.
 */
export function floorToPeriod(time_ms: number, period: Period): number {
  if ('milliseconds' in period) return Math.floor(time_ms / period.milliseconds) * period.milliseconds;
  return monthStart(Math.floor(monthOf(time_ms) / period.months) * period.months);
}

/** The beginning of the next period, or the time itself when it begins one. */
export function ceilToPeriod(time_ms: number, period: Period): number {
  const floor = floorToPeriod(time_ms, period);
  if (floor === time_ms) return time_ms;
  if ('milliseconds' in period) return floor + period.milliseconds;
  return monthStart(monthOf(floor) + period.months);
}

function monthOf(time_ms: number): number {
  const date = new Date(time_ms);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

function monthStart(month: number): number {
  return Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12);
}
