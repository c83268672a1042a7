import type { StatusDocument } from '@enstratus/contract';
import type { SeriesMetric } from '../schema.generated.ts';
import type { SeriesWindow } from './series-window.ts';

/**
 * Means of readings by steps of a window. A document that comes again (same boot and sequence) counts once, the first time; a reading of null does not
 * count; a step in which nothing was reported is null, never zero.
 */
export class StepMeans {
  readonly #window: SeriesWindow;
  readonly #metrics: readonly { readonly metric: SeriesMetric; readonly sums: Float64Array; readonly counts: Uint32Array }[];
  readonly #seen = new Map<number, Set<number>>();

  constructor(window: SeriesWindow, metrics: readonly SeriesMetric[]) {
    this.#window = window;
    this.#metrics = metrics.map((metric) => ({
      metric,
      sums: new Float64Array(window.steps),
      counts: new Uint32Array(window.steps),
    }));
  }

  /** Takes a document in; one outside of the window is left out. */
  add(document: StatusDocument): void {
    const { from, to, step_s } = this.#window;
    if (document.time < from || document.time >= to || this.#isSeen(document)) return;
    const step = Math.floor((document.time - from) / step_s);
    for (const { metric, sums, counts } of this.#metrics) {
      const reading = document[metric];
      if (reading === null) continue;
      sums[step] = (sums[step] ?? 0) + reading;
      counts[step] = (counts[step] ?? 0) + 1;
    }
  }

  /** One list a metric, in the order in which they were given: the mean of each step in hundredths of its unit. */
  means(): (number | null)[][] {
    return this.#metrics.map(({ sums, counts }) =>
      Array.from(sums, (sum, step) => {
        const count = counts[step] ?? 0;
        return count === 0 ? null : Math.round((sum / count) * 100) / 100;
      }),
    );
  }

  #isSeen({ boot_id, seq }: StatusDocument): boolean {
    const boot = this.#seen.get(boot_id);
    if (boot === undefined) this.#seen.set(boot_id, new Set([seq]));
    else if (boot.has(seq)) return true;
    else boot.add(seq);
    return false;
  }
}
