import * as z from 'zod';
import { decodeFailureReasons } from './decoding.ts';

/** Why a delivery is kept in quarantine instead of being stored: a closed set. */
export const quarantineReasons = [
  ...decodeFailureReasons,
  /** The webhook's own body can't be read: cut off, or not in a form that Particle sends. */
  'truncated_body',
  /** The body names no device, or none in Particle's form. */
  'no_device',
  'unknown_device',
  /** A document is more than 2 h ahead of the clock. */
  'time_ahead',
  /** The same identity (device, boot_id, seq) was stored with other content. */
  'conflict',
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** An object of the quarantine bucket, `<yyyy-mm-dd>/<particle id or unknown>/<epoch seconds>-<sha256 of the body, 16 hex>.json`. */
export const quarantineRecordSchema = z.strictObject({
  reason: z.enum(quarantineReasons),
  detail: z.string(),
  field: z.string().optional(),
  /** RFC 3339. */
  received_at: z.string(),
  particle_id: z.string().nullable(),
  device_id: z.string().nullable(),
  /** Without the secret. */
  headers: z.record(z.string(), z.string()),
  body_encoding: z.enum(['utf8', 'base64']),
  body: z.string(),
});
export type QuarantineRecord = z.infer<typeof quarantineRecordSchema>;
