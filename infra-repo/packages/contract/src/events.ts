import * as z from 'zod';
import { deviceIdSchema, devicePathSchema, particleIdSchema } from './identifiers.ts';
import { runStateSchema } from './status-document.ts';
import { maxCounter, type RunState } from './status-fields.ts';

/** The version of every event's shape. A field may be added within a version, never changed or taken away. */
export const eventVersion = 1;

const counter = z.int().min(0).max(maxCounter);
const envelope = {
  version: z.literal(eventVersion),
  /** The same for the same happening, however often it is published: what a subscriber dedupes by. */
  event_id: z.string().min(1).max(200),
  device_id: deviceIdSchema,
  path: devicePathSchema,
  /** When it happened on the device (for a registration: in the cloud), RFC 3339 in UTC. */
  time: z.iso.datetime(),
};

const deviceState = z.object({
  run_state: runStateSchema.nullable(),
  fault_code: z.int().min(0).max(65_535).nullable(),
});

const missingDocuments = {
  boot_id: counter,
  first_missing_seq: counter,
  last_missing_seq: counter,
  /** Times of the documents around the gap, RFC 3339 in UTC; after_time is that of the document before it. */
  after_time: z.iso.datetime(),
  before_time: z.iso.datetime(),
};

export const deviceRegisteredSchema = z.object({
  type: z.literal('device.registered'),
  ...envelope,
  particle_id: particleIdSchema,
  name: z.string(),
  time_zone: z.string(),
  pack_minutes: z.int().min(1).max(15),
});

export const deviceStateChangedSchema = z.object({
  type: z.literal('device.state_changed'),
  ...envelope,
  boot_id: counter,
  seq: counter,
  from: deviceState,
  to: deviceState,
});

/** Somebody has a device's page open, and the device is to publish each sample as it is taken until then. */
export const deviceWatchedSchema = z.object({ type: z.literal('device.watched'), ...envelope, until: z.iso.datetime() });

export const deviceGapFoundSchema = z.object({ type: z.literal('device.gap_found'), ...envelope, ...missingDocuments });
export const deviceGapClosedSchema = z.object({ type: z.literal('device.gap_closed'), ...envelope, ...missingDocuments });

/** What goes out on the device events topic, with the message attribute `type`. */
export const deviceEventSchema = z.discriminatedUnion('type', [
  deviceRegisteredSchema,
  deviceStateChangedSchema,
  deviceGapFoundSchema,
  deviceGapClosedSchema,
  deviceWatchedSchema,
]);
export type DeviceEvent = z.infer<typeof deviceEventSchema>;

/** The parts of an SNS message that carry an event: its JSON, and its `type` as a message attribute for subscriptions' filters. */
export function deviceEventMessage<Event extends DeviceEvent>(event: Event) {
  return { Message: JSON.stringify(event), MessageAttributes: { type: { DataType: 'String', StringValue: event.type } } };
}
export type DeviceEventType = DeviceEvent['type'];
export type DeviceRegistered = z.infer<typeof deviceRegisteredSchema>;
export type DeviceStateChanged = z.infer<typeof deviceStateChangedSchema>;
export type DeviceGapFound = z.infer<typeof deviceGapFoundSchema>;
export type DeviceGapClosed = z.infer<typeof deviceGapClosedSchema>;
export type DeviceWatched = z.infer<typeof deviceWatchedSchema>;

/** What of a device's state is watched for changes. null: never read. */
export interface DeviceState {
  readonly run_state: RunState | null;
  readonly fault_code: number | null;
}

export const eventIds = {
  registered: (device_id: string): string => `device.registered:${device_id}`,
  stateChanged: (device_id: string, boot_id: number, seq: number): string => `device.state_changed:${device_id}:${boot_id}:${seq}`,
  /** A change that was told at once: several may come before the same document, so its time tells them apart. @param time Epoch seconds. */
  stateToldAtOnce: (device_id: string, boot_id: number, time: number): string => `device.state_changed:${device_id}:${boot_id}:at:${time}`,
  gapFound: (device_id: string, boot_id: number, first: number, last: number): string =>
    `device.gap_found:${device_id}:${boot_id}:${first}:${last}`,
  gapClosed: (device_id: string, boot_id: number, first: number, last: number): string =>
    `device.gap_closed:${device_id}:${boot_id}:${first}:${last}`,
  /** @param until Epoch seconds. */
  watched: (device_id: string, until: number): string => `device.watched:${device_id}:${until}`,
} as const;

/** Epoch seconds as RFC 3339 in UTC without fractions: `2026-11-21T21:14:00Z`. */
export function toRfc3339(epoch_s: number): string {
  return new Date(epoch_s * 1000).toISOString().replace('.000Z', 'Z');
}
