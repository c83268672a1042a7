import { type DeviceEvent, type DeviceEventType, eventIds, eventVersion, toRfc3339 } from '@enstratus/contract';
import type { KnownDevice } from '../where/surroundings.ts';

type EventOf<Type extends DeviceEventType> = Extract<DeviceEvent, { type: Type }>;

/** A plausible event of each type of the contract, for a device at a time (epoch seconds). A type that the contract gets must get its line here. */
export const deviceEvents: { readonly [Type in DeviceEventType]: (device: KnownDevice, at_s: number) => EventOf<Type> } = {
  'device.registered': (device, at_s) => ({
    type: 'device.registered',
    ...envelope(device, eventIds.registered(device.device_id), at_s),
    particle_id: device.particle_id,
    name: device.name,
    time_zone: device.time_zone,
    pack_minutes: device.pack_minutes,
  }),
  'device.state_changed': (device, at_s) => ({
    type: 'device.state_changed',
    ...envelope(device, eventIds.stateToldAtOnce(device.device_id, boot_id, at_s), at_s),
    boot_id,
    seq: 318,
    from: { run_state: 'solar', fault_code: 0 },
    // A motor's overload on INVT's drives.
    to: { run_state: 'fault', fault_code: 11 },
  }),
  'device.gap_found': (device, at_s) => ({
    type: 'device.gap_found',
    ...envelope(device, eventIds.gapFound(device.device_id, boot_id, missing.first_missing_seq, missing.last_missing_seq), at_s),
    ...missing,
    ...around(at_s),
  }),
  'device.gap_closed': (device, at_s) => ({
    type: 'device.gap_closed',
    ...envelope(device, eventIds.gapClosed(device.device_id, boot_id, missing.first_missing_seq, missing.last_missing_seq), at_s),
    ...missing,
    ...around(at_s),
  }),
  'device.watched': (device, at_s) => ({
    type: 'device.watched',
    ...envelope(device, eventIds.watched(device.device_id, at_s + 300), at_s),
    until: toRfc3339(at_s + 300),
  }),
};

export const deviceEventTypes = Object.keys(deviceEvents) as DeviceEventType[];

/** Such an event of a device. */
export function deviceEvent(type: DeviceEventType, device: KnownDevice, at_s: number): DeviceEvent {
  return deviceEvents[type](device, at_s);
}

/** Of no device's own: what is made up must not be taken for what a device told. */
const boot_id = 4_000_000_001;
/** One pack of 15 documents got lost. */
const missing = { boot_id, first_missing_seq: 45, last_missing_seq: 59 };
const around = (at_s: number) => ({ after_time: toRfc3339(at_s - 16 * 60), before_time: toRfc3339(at_s) });

function envelope({ device_id, path }: KnownDevice, event_id: string, at_s: number) {
  return { version: eventVersion, event_id, device_id, path, time: toRfc3339(at_s) } as const;
}
