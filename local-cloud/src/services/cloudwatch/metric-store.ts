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
  /** True when it made room for another. */
  forgotten: boolean;
}

/** Where the values of one unit go. */
interface Place extends Scope {
  readonly namespace: string;
  readonly metricName: string;
  readonly unit: string;
  readonly series: Series;
  readonly points: Datapoints;
}

/** As many metrics are kept at once, over all accounts; the one that has had no value for longest makes room. */
const MAX_SERIES = 5_000;

/** Every metric's values of the last hours, in memory: a restart begins anew. */
export class MetricStore {
  readonly #series = new Map<string, Series>();
  /** Whoever tells often hands the same dimensions each time: then its metrics are found without their names being put together. */
  readonly #places = new WeakMap<Dimensions, Place[]>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Adds values; what is older than is kept, is dropped. */
  put(scope: Scope, name: MetricName, unit: string, values: StatisticSet, at_ms?: number): void {
    const now = this.#clock();
    const when = at_ms ?? now;
    if (when < now - KEPT_MS) return;
    const { series, points } = this.#placeOf(scope, name, unit);
    series.written_ms = now;
    points.add(when, values.count, values.sum, values.minimum, values.maximum);
  }

  /** What came in each of `periods` stretches that end at `end_ms`, newest first; of all units where none is named. */
  periods(
    scope: Scope,
    name: MetricName,
    { unit, end_ms, period_ms, periods }: { unit?: string | undefined; end_ms: number; period_ms: number; periods: number },
  ): (StatisticSet | undefined)[] {
    const byUnit = this.#series.get(keyOf(scope, name))?.byUnit ?? new Map<string, Datapoints>();
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

  #placeOf({ account, region }: Scope, { namespace, metricName, dimensions }: MetricName, unit: string): Place {
    const places = this.#places.get(dimensions) ?? [];
    for (const place of places) {
      const isIt =
        place.metricName === metricName &&
        place.namespace === namespace &&
        place.account === account &&
        place.region === region &&
        place.unit === unit;
      if (isIt && !place.series.forgotten) return place;
    }
    const series = this.#seriesOf({ account, region }, { namespace, metricName, dimensions });
    let points = series.byUnit.get(unit);
    if (points === undefined) {
      points = new Datapoints();
      series.byUnit.set(unit, points);
    }
    const place: Place = { account, region, namespace, metricName, unit, series, points };
    this.#places.set(dimensions, [...places.filter((one) => !one.series.forgotten), place]);
    return place;
  }

  #seriesOf(scope: Scope, name: MetricName): Series {
    const key = keyOf(scope, name);
    let series = this.#series.get(key);
    if (series === undefined) {
      const { namespace, metricName, dimensions } = name;
      series = { namespace, metricName, dimensions, scope, byUnit: new Map(), written_ms: this.#clock(), forgotten: false };
      this.#makeRoom();
      this.#series.set(key, series);
    }
    return series;
  }

  #forget(): void {
    const before = this.#clock() - KEPT_MS;
    for (const [key, series] of this.#series) if (series.written_ms < before) this.#drop(key, series);
  }

  #makeRoom(): void {
    if (this.#series.size < MAX_SERIES) return;
    this.#forget();
    if (this.#series.size < MAX_SERIES) return;
    let oldest: [string, Series] | undefined;
    for (const entry of this.#series) if (oldest === undefined || entry[1].written_ms < oldest[1].written_ms) oldest = entry;
    if (oldest !== undefined) this.#drop(...oldest);
  }

  #drop(key: string, series: Series): void {
    series.forgotten = true;
    this.#series.delete(key);
  }
}

function keyOf({ account, region }: Scope, { namespace, metricName, dimensions }: MetricName): string {
  return JSON.stringify([account, region, namespace, metricName, ...Object.entries(dimensions).sort()]);
}
