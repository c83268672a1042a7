import { z } from 'zod';
import { spanSchema } from '../tracing/span-schema.ts';
import { fleetDevice } from './fleet-device.ts';

/** What `npm start` and the field tell each other over their IPC channel. The field is the process with the Particle stand-in and the devices. */

const epoch_s = z.number().int().min(1_577_836_800).max(4_294_967_295);
/** Chosen by the parent; comes back with every answer. */
const request = z.number().int().min(0);
const eventName = z.enum(['status', 'status/live', 'status/changed', 'status/report']);

/** From the parent. */
export const fieldOrder = z.discriminatedUnion('kind', [
  /** Makes particle ids known. Answer: `manufactured`. */
  z.strictObject({ kind: z.literal('manufacture'), request, ids: z.array(z.string().regex(/^[0-9a-f]{24}$/)).max(100_000) }),
  /**
   * Lets the past of devices happen, one device after the other, at high speed. Answers: `publishes`, each to be answered by `taken`, then `done`. `names`:
   * which events are handed over, all when it isn't given. A second stretch of the same devices goes on where the first ended.
   */
  z.strictObject({
    kind: z.literal('history'),
    request,
    devices: z.array(fleetDevice).max(100_000),
    from_s: epoch_s,
    to_s: epoch_s,
    every_s: z.number().int().min(1).max(3600).optional(),
    names: z.array(eventName).optional(),
  }),
  z.strictObject({ kind: z.literal('taken'), request, batch: z.number().int().min(0) }),
  /** Lets devices live in real time. Answer: `done`. */
  z.strictObject({ kind: z.literal('live'), request, devices: z.array(fleetDevice).max(100_000) }),
  /** The field ends; its channel closes. */
  z.strictObject({ kind: z.literal('stop') }),
]);
export type FieldOrder = z.output<typeof fieldOrder>;
export type HistoryOrder = Extract<FieldOrder, { kind: 'history' }>;

const publish = z.strictObject({ device_id: z.string(), name: eventName, text: z.string(), at_s: epoch_s });
/** A publish of a device's past, at the time at which Particle would have taken it. */
export type CollectedPublish = z.output<typeof publish>;

/** From the field. */
export const fieldAnswer = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ready'),
    particle: z.strictObject({ url: z.url(), product: z.string(), accessToken: z.string(), firmwareToken: z.string() }),
    control_url: z.url(),
  }),
  z.strictObject({ kind: z.literal('manufactured'), request, count: z.number().int() }),
  z.strictObject({ kind: z.literal('publishes'), request, batch: z.number().int(), publishes: z.array(publish) }),
  /** What Particle's part in traces was, as it comes; no answer to an order. */
  z.strictObject({ kind: z.literal('spans'), spans: z.array(spanSchema) }),
  z.strictObject({ kind: z.literal('done'), request, publishes: z.number().int() }),
  /** What was asked could not be done. Without `request`: it was no order at all. */
  z.strictObject({ kind: z.literal('failed'), request: request.nullable(), message: z.string() }),
]);
export type FieldAnswer = z.output<typeof fieldAnswer>;
