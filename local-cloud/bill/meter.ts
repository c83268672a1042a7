import { setTimeout as pause } from 'node:timers/promises';
import { readUsage, type UsageAnswer, usageBetween } from '../src/metering/read-usage.ts';
import type { Measured } from './features.ts';
import { lambdaGbSeconds } from './lambda-time.ts';
import { addUp } from './price-list.ts';
import { localGbSeconds, takenUnits } from './taken-units.ts';

type Usage = UsageAnswer['usage'];

/** Between two looks whether what was set off has come to its end. */
const LOOK_MS = 150;
/** Nothing has been added for so long. */
const QUIET_MS = 600;
/** How long a queue's mapping gathers messages for a batch, at most: a message that was sent may set something off so much later. A test holds it against the templates. */
export const longestBatchingWindow_s = 5;
const LONGEST_MS = 60_000;

/** Reads a running system's meter. */
export class Meter {
  readonly #endpoint: string;
  /** How many messages queues had been sent when it was quiet last. */
  #sent = 0;

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
    let changed = performance.now();
    for (;;) {
      if (performance.now() > until) throw new Error('the system did not come to rest within a minute');
      const { usage } = await readUsage(this.#endpoint);
      const now = JSON.stringify(takenUnits(usage.filter(({ units }) => units.connection_minutes === undefined)));
      if (now !== last) changed = performance.now();
      last = now;
      const sent = messagesSent(usage);
      const stillness_ms = QUIET_MS + (sent > this.#sent ? longestBatchingWindow_s * 1000 : 0);
      if (performance.now() - changed >= stillness_ms) {
        this.#sent = sent;
        return;
      }
      await pause(LOOK_MS);
    }
  }
}

const messagesSent = (usage: Usage): number =>
  usage.reduce((sum, { service, operation, calls }) => (service === 'sqs' && operation.startsWith('SendMessage') ? sum + calls : sum), 0);

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

/**
 * Two kinds of one thing, each with the mean log of both: what a line says depends on the hour of the day, and the fewer were sampled in fewer hours. Throws when they differ by more than
 * hours can explain: then they write different lines, and a mean would hide that.
 *
 * @param unit The price list's key of the log's bytes.
 */
export function withMeanLog(one: Measured, other: Measured, unit: string): readonly [Measured, Measured] {
  const bytes = ({ units }: Measured) => units[unit] ?? 0;
  const mean = (bytes(one) * one.sampled + bytes(other) * other.sampled) / (one.sampled + other.sampled);
  for (const measured of [one, other])
    if (Math.abs(bytes(measured) - mean) > mean / 5)
      throw new Error(`logs of ${bytes(one)} and ${bytes(other)} bytes: they differ by more than the hour of the day explains`);
  const withMean = (measured: Measured): Measured => ({ ...measured, units: { ...measured.units, [unit]: mean } });
  return [withMean(one), withMean(other)];
}
