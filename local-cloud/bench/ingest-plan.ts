import { z } from 'zod';
import { fleetDevice } from '../src/fleet/fleet-device.ts';

/** What the field process of the ingest benchmark is given on its standard input. */
export const ingestPlan = z.strictObject({
  webhook: z.strictObject({ url: z.url(), secretHeader: z.string(), secret: z.string() }),
  /** Devices that come back after hours, one after the other's backlog is sent as fast as they may. */
  backlog: z.strictObject({ devices: z.array(fleetDevice), minutes: z.int().positive() }),
  /** Devices that come back in the same second. */
  burst: z.strictObject({ devices: z.array(fleetDevice), minutes: z.int().positive() }),
  /** Where every sampled document is told, a line each; one file a part. */
  ledgers: z.strictObject({ backlog: z.string(), burst: z.string() }),
  seed: z.int(),
});
export type IngestPlan = z.output<typeof ingestPlan>;

/** How one part of it went. */
const part = z.strictObject({
  packs: z.int(),
  /** Everything that was posted: packs, reports, changes. */
  deliveries: z.int(),
  failed: z.int(),
  dropped: z.int(),
  /** From the moment at which the devices had a connection until the last delivery was answered. */
  took_ms: z.number(),
  latency_p50_ms: z.number().nullable(),
  latency_p99_ms: z.number().nullable(),
  /** Only documents up to here were sent by then, epoch seconds. */
  until_s: z.int(),
});
export type IngestPart = z.output<typeof part>;

/** What it answers on its standard output, at its end. */
export const ingestResult = z.strictObject({ backlog: part, burst: part, cpu_s: z.number(), rss_mib: z.number() });
export type IngestResult = z.output<typeof ingestResult>;
