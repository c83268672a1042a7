import type { Scope } from '../../kernel/service.ts';
import { Datapoints, KEPT_MS, type StatisticSet, together } from './datapoints.ts';

export type Dimensions = Readonly<Record<string, string>>;

/** What makes a metric one of its own ("Metrics concepts"); units lie side by side in it. */
export interface MetricName {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Dimensions;
}

export interface Series extends MetricName {
  readonly scope: Scope;
  readonly byUnit: Map<string, Datapoints>;
  /** When a value was put last, ms since 1970. */
  written_ms: number;
}

/** As many metrics are kept at once, over all accounts; the one that has had no value for longest makes room. */
const MAX_SERIES = 5_000;

/** Every metric's values of the last hours, in memory: a restart begins anew. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  readonly #texts = new WeakMap<Dimensions, string>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Adds values; what is older than is kept, is dropped. */
  put(scope: Scope, name: MetricName, unit: string, values: StatisticSet, at_ms?: number): void {
    const now = this.#clock();
    const when = at_ms ?? now;
    if (when < now - KEPT_MS) return;
    const key = this.#key(scope, name);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { ...name, scope: { account: scope.account, region: scope.region }, byUnit: new Map(), written_ms: now };
      this.#makeRoom();
      this.#series.set(key, series);
    }
    series.written_ms = now;
    let points = series.byUnit.get(unit);
    if (points === undefined) {
      points = new Datapoints();
      series.byUnit.set(unit, points);
    }
    points.add(when, values.count, values.sum, values.minimum, values.maximum);
  }

  /** What came in each of `periods` stretches that end at `end_ms`, newest first; of all units where none is named. */
  periods(
    scope: Scope,
    name: MetricName,
    { unit, end_ms, period_ms, periods }: { unit?: string | undefined; end_ms: number; period_ms: number; periods: number },
  ): (StatisticSet | undefined)[] {
    const byUnit = this.#series.get(this.#key(scope, name))?.byUnit ?? new Map<string, Datapoints>();
    const wanted = unit === undefined ? [...byUnit.values()] : [byUnit.get(unit)].filter((one) => one !== undefined);
    const found: (StatisticSet | undefined)[] = new Array(periods).fill(undefined);
    for (const points of wanted) {
      points.periods(end_ms, period_ms, periods).forEach((set, index) => {
        if (set !== undefined) found[index] = together(found[index], set);
      });
    }
    return found;
  }

  /** The metrics of an account and region that had a value lately, in the order in which they had their first. */
  list({ account, region }: Scope): Series[] {
    this.#forget();
    return [...this.#series.values()].filter(({ scope }) => scope.account === account && scope.region === region);
  }

  #key({ account, region }: Scope, { namespace, metricName, dimensions }: MetricName): string {
    return `${account}\n${region}\n${namespace}\n${metricName}\n${this.#textOf(dimensions)}`;
  }

  /** Whoever tells often hands the same object each time. */
  #textOf(dimensions: Dimensions): string {
    let text = this.#texts.get(dimensions);
    if (text === undefined) {
      text = Object.keys(dimensions)
        .sort()
        .map((name) => `${name}\u0000${dimensions[name] ?? ''}`)
        .join('\n');
      this.#texts.set(dimensions, text);
    }
    return text;
  }

  #forget(): void {
    const before = this.#clock() - KEPT_MS;
    for (const [key, { written_ms }] of this.#series) if (written_ms < before) this.#series.delete(key);
  }

  #makeRoom(): void {
    if (this.#series.size < MAX_SERIES) return;
    this.#forget();
    if (this.#series.size < MAX_SERIES) return;
    const [oldest] = [...this.#series].sort(([, a], [, b]) => a.written_ms - b.written_ms);
    if (oldest !== undefined) this.#series.delete(oldest[0]);
  }
}
