import { z } from 'zod';

/** A device as Particle's API lists it, as far as the console shows it. */
export const particleDevice = z.object({
  id: z.string(),
  name: z.string().nullable(),
  online: z.boolean(),
  last_heard: z.string().nullable(),
  last_handshake_at: z.string().nullable().optional(),
  notes: z.string().nullable().optional(),
  system_firmware_version: z.string().nullable().optional(),
  quarantined: z.boolean().optional(),
});

export const particleWebhook = z.object({
  id: z.string(),
  name: z.string(),
  event: z.string(),
  url: z.string(),
  disabled: z.boolean(),
  created_at: z.string(),
});

/** What became of deliveries since Particle started. */
export const particleDeliveries = z.object({
  triggered: z.number(),
  sent: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  skipped: z.number(),
  retried: z.number(),
  dropped: z.number(),
  queued: z.number(),
  in_flight: z.number(),
  waiting: z.number(),
  latency_p50_ms: z.number().nullable(),
  latency_p99_ms: z.number().nullable(),
});

/** `GET /_local/api/particle`: the product's devices and webhooks, and what became of deliveries since Particle started. */
export const particleOverview = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('reachable'),
    url: z.string(),
    product: z.string(),
    devices: z.array(particleDevice),
    webhooks: z.array(particleWebhook),
    deliveries: particleDeliveries.optional(),
    /** Since the console looked first, at most of the last minute. */
    published_per_minute: z.number().optional(),
    failed_per_minute: z.number().optional(),
  }),
  z.object({ state: z.literal('unreachable'), url: z.string(), reason: z.string() }),
  z.object({ state: z.literal('unknown'), reason: z.string() }),
]);
export type ParticleOverview = z.output<typeof particleOverview>;
