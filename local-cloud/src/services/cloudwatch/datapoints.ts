/** Ten seconds, the shortest period of an alarm on a high-resolution metric ("PutMetricAlarm", Period). */
export const BUCKET_MS = 10_000;
/** How long values are kept. */
export const KEPT_MS = 3 * 3_600_000;
const KEPT_BUCKETS = KEPT_MS / BUCKET_MS;
/** How many buckets over that may lie there before the old ones are cut off: cutting one by one would copy all of them each time. */
const SLACK_BUCKETS = 256;

/** What came together in a stretch of time. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The values of one metric in one unit, summed up by ten seconds, oldest first; stretches without a value take no room. */
export class Datapoints {
  readonly #bucket: number[] = [];
  readonly #count: number[] = [];
  readonly #sum: number[] = [];
  readonly #minimum: number[] = [];
  readonly #maximum: number[] = [];

  /** Adds values that came at `at_ms` (ms since 1970). */
  add(at_ms: number, count: number, sum: number, minimum: number, maximum: number): void {
    const bucket = Math.floor(at_ms / BUCKET_MS);
    const index = this.#place(bucket);
    if (this.#bucket[index] !== bucket) {
      this.#insert(index, bucket, count, sum, minimum, maximum);
      return;
    }
    this.#count[index] = (this.#count[index] ?? 0) + count;
    this.#sum[index] = (this.#sum[index] ?? 0) + sum;
    if (minimum < (this.#minimum[index] ?? minimum)) this.#minimum[index] = minimum;
    if (maximum > (this.#maximum[index] ?? maximum)) this.#maximum[index] = maximum;
  }

  /** When the newest bucket begins, ms since 1970; undefined when there is none. */
  get newest_ms(): number | undefined {
    const bucket = this.#bucket.at(-1);
    return bucket === undefined ? undefined : bucket * BUCKET_MS;
  }

  /** What came in each of `periods` stretches of `period_ms` that follow each other and end at `end_ms`, newest first. */
  periods(end_ms: number, period_ms: number, periods: number): (StatisticSet | undefined)[] {
    const found: (StatisticSet | undefined)[] = new Array(periods).fill(undefined);
    // Of whole buckets: every alarm asks this each second.
    const end = end_ms / BUCKET_MS;
    const period = period_ms / BUCKET_MS;
    let index = this.#bucket.length - 1;
    while (index >= 0 && (this.#bucket[index] ?? 0) >= end) index -= 1;
    while (index >= 0) {
      const at = Math.ceil((end - (this.#bucket[index] ?? 0)) / period) - 1;
      if (at >= periods) break;
      const begins = end - (at + 1) * period;
      let [count, sum, minimum, maximum] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (; index >= 0 && (this.#bucket[index] ?? 0) >= begins; index -= 1) {
        count += this.#count[index] ?? 0;
        sum += this.#sum[index] ?? 0;
        minimum = Math.min(minimum, this.#minimum[index] ?? minimum);
        maximum = Math.max(maximum, this.#maximum[index] ?? maximum);
      }
      found[at] = { count, sum, minimum, maximum };
    }
    return found;
  }

  /** Where the bucket is or belongs; most often at the end. */
  #place(bucket: number): number {
    let index = this.#bucket.length;
    while (index > 0 && (this.#bucket[index - 1] ?? 0) >= bucket) index -= 1;
    return index;
  }

  #insert(index: number, bucket: number, count: number, sum: number, minimum: number, maximum: number): void {
    if (index === this.#bucket.length) {
      this.#bucket.push(bucket);
      this.#count.push(count);
      this.#sum.push(sum);
      this.#minimum.push(minimum);
      this.#maximum.push(maximum);
      this.#cutOff(bucket - KEPT_BUCKETS);
      return;
    }
    this.#bucket.splice(index, 0, bucket);
    this.#count.splice(index, 0, count);
    this.#sum.splice(index, 0, sum);
    this.#minimum.splice(index, 0, minimum);
    this.#maximum.splice(index, 0, maximum);
  }

  #cutOff(before: number): void {
    if ((this.#bucket[0] ?? before) > before - SLACK_BUCKETS) return;
    const old = this.#bucket.findIndex((bucket) => bucket >= before);
    for (const column of [this.#bucket, this.#count, this.#sum, this.#minimum, this.#maximum]) column.splice(0, old);
  }
}

/** Both stretches as one. */
export function together(one: StatisticSet | undefined, other: StatisticSet): StatisticSet {
  if (one === undefined) return other;
  return {
    count: one.count + other.count,
    sum: one.sum + other.sum,
    minimum: Math.min(one.minimum, other.minimum),
    maximum: Math.max(one.maximum, other.maximum),
  };
}
