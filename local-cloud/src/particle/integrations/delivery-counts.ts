/** What became of deliveries since the cloud started. A delivery is one event for one integration. */
export interface DeliveryCounts {
  /** Deliveries that were begun, duplicates included. */
  readonly triggered: number;
  /** HTTP requests. */
  readonly sent: number;
  /** Answered 2xx. */
  readonly succeeded: number;
  /** Answered otherwise, or not in time; Particle does not try these again. */
  readonly failed: number;
  /** Attempts that were not made because the host sleeps. */
  readonly skipped: number;
  /** Skipped ones that were tried again later. */
  readonly retried: number;
  /** Given up after the last retry. */
  readonly dropped: number;
  /** Deliveries that were made twice on purpose (`duplicate_share`). */
  readonly duplicated: number;
  readonly queued: number;
  readonly in_flight: number;
  /** Waiting for their retry. */
  readonly waiting: number;
  /** From the event to the answer, of the last 10,000 that were answered; null before the first. */
  readonly latency_p50_ms: number | null;
  readonly latency_p99_ms: number | null;
}

const KEPT = 10_000;

/** The last 10,000 durations, and their percentiles. */
export class Latencies {
  readonly #ring = new Float64Array(KEPT);
  #count = 0;

  note(duration_ms: number): void {
    this.#ring[this.#count % KEPT] = duration_ms;
    this.#count += 1;
  }

  /** For each share of 1 (0.5 is the median) the duration that so many don't exceed; null when there is none. Sorts: not for every delivery. */
  percentiles(...shares: readonly number[]): (number | null)[] {
    const sorted = this.#ring.slice(0, Math.min(this.#count, KEPT)).sort();
    return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null);
  }
}
