/** Width of a step of the sliding window, and how many make the last minute. */
const STEP_MS = 5000;
const STEPS = 12;

export interface Rate {
  readonly per_minute: number;
  readonly errors_per_minute: number;
  readonly total: number;
}

interface Counter {
  readonly counts: Float64Array;
  readonly errors: Float64Array;
  /** Number of the step that was written last. */
  last: number;
  total: number;
}

/** How often things happened in the last minute, by key; in steps of 5 seconds, the one that runs included. */
export class Rates {
  readonly #clock: () => number;
  readonly #counters = new Map<string, Counter>();

  /** @param clock ms since 1970. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  note(key: string, isError: boolean, count = 1): void {
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { counts: new Float64Array(STEPS), errors: new Float64Array(STEPS), last: this.#step(), total: 0 };
      this.#counters.set(key, counter);
    }
    const step = this.#forward(counter);
    counter.counts[step % STEPS] = (counter.counts[step % STEPS] ?? 0) + count;
    if (isError) counter.errors[step % STEPS] = (counter.errors[step % STEPS] ?? 0) + count;
    counter.total += count;
  }

  /** Of all keys that fit; nothing is zero. */
  of(fits: (key: string) => boolean): Rate {
    let per_minute = 0;
    let errors_per_minute = 0;
    let total = 0;
    for (const [key, counter] of this.#counters) {
      if (!fits(key)) continue;
      this.#forward(counter);
      for (const count of counter.counts) per_minute += count;
      for (const count of counter.errors) errors_per_minute += count;
      total += counter.total;
    }
    return { per_minute, errors_per_minute, total };
  }

  #step(): number {
    return Math.floor(this.#clock() / STEP_MS);
  }

  /** Empties what is older than a minute; a clock that was set back goes on in the last step. */
  #forward(counter: Counter): number {
    const step = Math.max(this.#step(), counter.last);
    for (let passed = Math.max(counter.last + 1, step - STEPS + 1); passed <= step; passed += 1) {
      counter.counts[passed % STEPS] = 0;
      counter.errors[passed % STEPS] = 0;
    }
    counter.last = step;
    return step;
  }
}
