import { z } from 'zod';
import { row } from './statistics.ts';

const timings = z.record(z.string(), z.object({ count: z.number(), total_ms: z.number() }));
export type LayerTimes = z.output<typeof timings>;

/** What the local cloud counted since its start, by `<service>:<operation>`. */
export async function layerTimes(aws: string): Promise<LayerTimes> {
  return timings.parse(await (await fetch(`${aws}/_local/timings`)).json());
}

/** Prints what was done between two readings: how often, how long each on average. Lines lie within each other as the text says. */
export function printLayers(before: LayerTimes, after: LayerTimes): void {
  console.log(row('within the local cloud', ['count', 'mean ms', 'sum s']));
  for (const [name, { count, total_ms }] of Object.entries(after)) {
    const done = count - (before[name]?.count ?? 0);
    const took_ms = total_ms - (before[name]?.total_ms ?? 0);
    if (done > 0) console.log(row(name, [String(done), took_ms / done, took_ms / 1000]));
  }
}
