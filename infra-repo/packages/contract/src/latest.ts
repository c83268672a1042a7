import * as z from 'zod';
import { deviceIdSchema } from './identifiers.ts';
import { type Key, subtreePrefix } from './keys.ts';
import { notedStateAttributes } from './noted-state.ts';
import { type StatusDocument, statusDocumentSchema } from './status-document.ts';
import { maxCounter } from './status-fields.ts';

/*
 * The newest status of each device, an item of its own in no index: written with each pack, it would cost two write units on the device's
 * item. Its sort key is the device's path, so that one Query finds the newest of everything below an organization, in the same order as
 * the devices of the tree index.
 */

const latestPartition = 'LATEST';

/** The key of a device's newest status. @param path The device's own path. */
export const latestKey = (path: string): Key => ({ pk: latestPartition, sk: subtreePrefix(path) });

/** Partition and beginning of the sort key of everything below an organization, a site or a device. */
export const latestBelow = (path: string): { pk: string; skPrefix: string } => ({ pk: latestPartition, skPrefix: subtreePrefix(path) });

const instant = z.int().min(0);
const counter = z.int().min(0).max(maxCounter);

/** A pack by its place in the sequence, as the item tells it: boot_id, seq of its first document, seq of its last one, time of its first one. */
export const packPlaceSchema = z.tuple([counter, counter, counter, instant]);
export type PackPlace = z.infer<typeof packPlaceSchema>;

/**
 * The item. Beside the newest document it says when the cloud last heard from the device, what its state is noted as, and until when somebody watches it: whoever
 * writes the item learns all that from the same write. All times are epoch seconds. A device that has never reported may have an item with a lease alone.
 */
export const latestItemSchema = z.object({
  pk: z.literal(latestPartition),
  sk: z.string(),
  device_id: deviceIdSchema,
  /** The newest document by its time. */
  document: statusDocumentSchema.optional(),
  /** Time of `document`, at the top so that a condition can compare it. */
  time: instant.optional(),
  /** When anything last came from the device, be it old. */
  last_contact_at: instant.optional(),
  ...notedStateAttributes,
  /** The newest pack whose last document was written here, and the one before it (itself, when it was the first). */
  packed: packPlaceSchema.optional(),
  packed_before: packPlaceSchema.optional(),
  /** Until when somebody has the device's page open. */
  watched_until: instant.optional(),
  /** Until when the device is to publish each sample as it is taken; never later than watched_until. */
  live_until: instant.optional(),
  /** The UTC day (YYYY-MM-DD) of live_s. */
  live_day: z.iso.date().optional(),
  /** How many seconds of live mode were granted on live_day. */
  live_s: z.int().min(0).optional(),
});

export type LatestItem = z.infer<typeof latestItemSchema>;

/** How long a lease lasts from its last renewal. */
export const watchLease_s = 300;

/** How much live mode a device gets in one UTC day: each live sample is a data operation that Particle bills. */
export const maxLive_s_per_day = 4 * 3600;

/** The attributes that a newest document brings, apart from the keys. @param received_at Epoch seconds. */
export function latestOf(device_id: string, document: StatusDocument, received_at: number) {
  return { device_id, document, time: document.time, last_contact_at: received_at };
}
