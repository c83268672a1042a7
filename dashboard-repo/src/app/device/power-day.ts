import type { DevicePowerQuery } from '../graphql/operations.generated.ts';
import { day_s, type Sample } from './device-query.ts';

export type PowerSeries = NonNullable<DevicePowerQuery['deviceSeries']>;
export type PowerMetric = 'solar_w' | 'grid_w';

/** Solar and grid power of 24 hours in steps of a minute; null where nothing was reported. */
export interface PowerDay {
  /** Start of each step, epoch seconds. */
  readonly times: readonly number[];
  readonly solar_w: readonly (number | null)[];
  readonly grid_w: readonly (number | null)[];
  /** Start of the last step in which something was reported. */
  readonly last: number | null;
}

const step_s = 60;

/**
 * What was fetched, and the samples that came since. Where the service has a value it counts, being the mean of all that was reported in
 * that minute; samples fill what it did not know yet.
 * @param now The server's time, epoch milliseconds: the day ends with the minute it is in.
 */
export function powerDay(series: PowerSeries | null | undefined, samples: readonly Sample[], now: number): PowerDay {
  const end = (Math.floor(now / 1000 / step_s) + 1) * step_s;
  const start = end - day_s;
  const count = day_s / step_s;
  const times = Array.from({ length: count }, (_, index) => start + index * step_s);
  const solar_w = column(series, samples, 'solar_w', start, count);
  const grid_w = column(series, samples, 'grid_w', start, count);
  let last: number | null = null;
  for (let index = count - 1; index >= 0 && last === null; index -= 1) {
    if (solar_w[index] !== null || grid_w[index] !== null) last = times[index] ?? null;
  }
  return { times, solar_w, grid_w, last };
}

function column(
  series: PowerSeries | null | undefined,
  samples: readonly Sample[],
  metric: PowerMetric,
  start: number,
  count: number,
): (number | null)[] {
  const values: (number | null)[] = new Array(count).fill(null);
  const place = (time: number): number => Math.floor((time - start) / step_s);
  if (series != null) {
    const from = Date.parse(series.from) / 1000;
    const known = series.metrics.find((each) => each.metric === metric)?.values ?? [];
    known.forEach((value, index) => {
      const at = place(from + index * series.step_s);
      if (at >= 0 && at < count) values[at] = value;
    });
  }
  const sums = new Map<number, { sum: number; count: number }>();
  for (const sample of samples) {
    const value = sample[metric];
    const at = place(Date.parse(sample.time) / 1000);
    if (value === null || at < 0 || at >= count || values[at] !== null) continue;
    const before = sums.get(at);
    sums.set(at, { sum: (before?.sum ?? 0) + value, count: (before?.count ?? 0) + 1 });
  }
  for (const [at, { sum, count: of }] of sums) values[at] = sum / of;
  return values;
}

/**
 * Samples after news: each once, by boot and sequence, and no older than the day that is shown. A change told at once has the sequence of the document that comes
 * next, and stands for it until that one is there.
 */
export function withSamples(samples: readonly Sample[], documents: readonly Sample[]): readonly Sample[] {
  const name = ({ boot_id, seq }: Sample): string => `${boot_id}/${seq}`;
  const all = new Map(samples.map((sample) => [name(sample), sample]));
  const fresh = documents.filter((document) => {
    const known = all.get(name(document));
    return known === undefined || Date.parse(known.time) < Date.parse(document.time);
  });
  if (fresh.length === 0) return samples;
  for (const document of fresh) all.set(name(document), document);
  const newest = Math.max(...fresh.map(({ time }) => Date.parse(time)));
  return [...all.values()].filter(({ time }) => Date.parse(time) > newest - day_s * 1000);
}

/** A stretch of the day in a line of the table: means, and of how many minutes. */
export interface PowerHour {
  readonly from: number;
  readonly solar_w: number | null;
  readonly grid_w: number | null;
  readonly minutes: number;
}

/** The day by hours of the clock, newest first. @param hourOf The clock's hour of a time, in the site's zone, as a text that differs from hour to hour. */
export function powerHours(day: PowerDay, hourOf: (time: number) => string): PowerHour[] {
  const hours = new Map<string, { from: number; solar: number[]; grid: number[]; minutes: number }>();
  day.times.forEach((time, index) => {
    const key = hourOf(time);
    const hour = hours.get(key) ?? { from: time, solar: [], grid: [], minutes: 0 };
    hours.set(key, hour);
    const solar = day.solar_w[index] ?? null;
    const grid = day.grid_w[index] ?? null;
    if (solar !== null) hour.solar.push(solar);
    if (grid !== null) hour.grid.push(grid);
    if (solar !== null || grid !== null) hour.minutes += 1;
  });
  return [...hours.values()]
    .reverse()
    .map(({ from, solar, grid, minutes }) => ({ from, solar_w: mean(solar), grid_w: mean(grid), minutes }));
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** The day in a few figures: energies of what was reported, the highest solar power, and how much of the day that covers. */
export interface PowerTotals {
  readonly solar_wh: number;
  readonly grid_wh: number;
  readonly peak: { readonly time: number; readonly solar_w: number } | null;
  readonly minutes: number;
}

export function powerTotals({ times, solar_w, grid_w }: PowerDay): PowerTotals {
  let solar_wh = 0;
  let grid_wh = 0;
  let minutes = 0;
  let peak: PowerTotals['peak'] = null;
  times.forEach((time, index) => {
    const solar = solar_w[index] ?? null;
    const grid = grid_w[index] ?? null;
    if (solar !== null || grid !== null) minutes += 1;
    solar_wh += (solar ?? 0) / 60;
    grid_wh += (grid ?? 0) / 60;
    if (solar !== null && solar > (peak?.solar_w ?? 0)) peak = { time, solar_w: solar };
  });
  return { solar_wh, grid_wh, peak, minutes };
}
