import { setTimeout as pause } from 'node:timers/promises';
import { readUsage, type UsageAnswer, usageBetween } from '../src/metering/read-usage.ts';
import type { Measured } from './features.ts';
import { lambdaGbSeconds } from './lambda-time.ts';
import { addUp } from './price-list.ts';
import { localGbSeconds, takenUnits } from './taken-units.ts';

type Usage = UsageAnswer['usage'];

/** Between two looks whether what was set off has come to its end. */
const LOOK_MS = 150;
/** Looks in a row at which nothing had been added. Queues hand on within fractions of a second. */
const QUIET_LOOKS = 4;
const LONGEST_MS = 60_000;

/** Reads a running system's meter. */
export class Meter {
  readonly #endpoint: string;

  /** @param endpoint The local cloud's, `http://127.0.0.1:<port>`. */
  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** What the work took. Not what it set off and left to others: `quiet` waits for that. */
  async during(work: () => Promise<void>): Promise<Usage> {
    const before = await readUsage(this.#endpoint);
    await work();
    return usageBetween(before, await readUsage(this.#endpoint));
  }

  /** What the work took, and all that it set off. */
  async duringAll(work: () => Promise<void>): Promise<Usage> {
    await this.quiet();
    return this.during(async () => {
      await work();
      await this.quiet();
    });
  }

  /** Resolves when nothing goes on but polling. Throws when that takes over a minute. */
  async quiet(): Promise<void> {
    const until = performance.now() + LONGEST_MS;
    let last = '';
    for (let looks = 0; looks < QUIET_LOOKS; ) {
      if (performance.now() > until) throw new Error('the system did not come to rest within a minute');
      const { usage } = await readUsage(this.#endpoint);
      const now = JSON.stringify(takenUnits(usage.filter(({ units }) => units.connection_minutes === undefined)));
      looks = now === last ? looks + 1 : 0;
      last = now;
      await pause(LOOK_MS);
    }
  }
}

/**
 * What one of so many takes.
 *
 * @param memory_mb Of the functions that ran.
 */
export function each(usage: Usage, sampled: number, memory_mb: number): Measured {
  if (sampled === 0) throw new Error('nothing was sampled');
  const all = addUp([
    [takenUnits(usage), 1],
    [{ 'lambda.gb_s': lambdaGbSeconds(usage, memory_mb) }, 1],
  ]);
  return { sampled, units: addUp([[all, 1 / sampled]]), local_gb_s: localGbSeconds(usage) / sampled };
}

/** What one of `all` takes when what `known` of them took is taken off: what is left is the others'. Never below 0: that would be the sample's noise. */
export function rest(all: Usage, known: readonly (readonly [Measured, number])[], sampled: number, memory_mb: number): Measured {
  const total = each(all, 1, memory_mb);
  const left = addUp([[total.units, 1], ...known.map(([{ units }, times]) => [units, -times] as const)]);
  const local_gb_s = total.local_gb_s - known.reduce((sum, [one, times]) => sum + one.local_gb_s * times, 0);
  return {
    sampled,
    units: Object.fromEntries(Object.entries(left).map(([key, amount]) => [key, Math.max(0, amount) / sampled])),
    local_gb_s: Math.max(0, local_gb_s) / sampled,
  };
}
