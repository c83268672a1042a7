import { queryOptions } from '@tanstack/react-query';
import type { GraphQLClient } from '../graphql/client.ts';
import { Unreachable } from '../graphql/failures.ts';
import { DeviceDocument, DevicePowerDocument, type DeviceQuery, type OnDeviceStatusSubscription } from '../graphql/operations.generated.ts';
import type { ServerClock } from '../time/server-clock.ts';

export type Device = NonNullable<DeviceQuery['device']>;
export type DeviceStatus = NonNullable<OnDeviceStatusSubscription['onDeviceStatus']>;
export type Sample = DeviceStatus['documents'][number];

export const day_s = 24 * 3600;

/** How often to ask when nothing is told: a device sends a pack every quarter of an hour at the least often. */
const refreshUntold_ms = 60_000;
const refreshTold_ms = 5 * 60_000;
const retryUnreachable_ms = 5_000;

const interval =
  (told: boolean) =>
  ({ state }: { state: { error: Error | null } }): number =>
    state.error instanceof Unreachable ? retryUnreachable_ms : told ? refreshTold_ms : refreshUntold_ms;

/** A device, null where the caller has none of this id. @param told Whether news come by a subscription. */
export const deviceQuery = (graphql: GraphQLClient, clock: ServerClock, device_id: string, told: boolean) =>
  queryOptions({
    queryKey: ['device', device_id],
    queryFn: async ({ signal }) => {
      const { device } = await graphql.request(DeviceDocument, { device_id }, signal);
      if (device !== null) clock.observe(device.as_of);
      return device;
    },
    refetchInterval: interval(told),
  });

/** Its solar and grid power of the last 24 hours, minute by minute; null where the caller has none of this id. */
export const powerQuery = (graphql: GraphQLClient, clock: ServerClock, device_id: string, told: boolean) =>
  queryOptions({
    queryKey: ['device', device_id, 'power'],
    queryFn: async ({ signal }) => {
      // Where the server's time isn't known yet, the browser's says which day is asked for, and no more.
      const to = Math.ceil((clock.now() ?? Date.now()) / 60_000) * 60;
      const from = to - day_s;
      const { deviceSeries } = await graphql.request(DevicePowerDocument, { device_id, from: instant(from), to: instant(to) }, signal);
      return deviceSeries;
    },
    refetchInterval: interval(told),
  });

const instant = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** A pack is in the table before its contact is in the device: a day that was read within this time of a contact may lack it. */
const settled_ms = 60_000;

/** Whether something may have come from a device that what is known of its day lacks. @param before As known. @param now As it was just read. */
export function mayHaveMissed(
  before: Pick<Device, 'last_contact_at'> | null | undefined,
  now: Pick<Device, 'last_contact_at' | 'as_of'> | null | undefined,
): boolean {
  if (now == null || now.last_contact_at === null) return false;
  return before?.last_contact_at !== now.last_contact_at || Date.parse(now.as_of) - Date.parse(now.last_contact_at) < settled_ms;
}

/** A device after news of it: times only go forward, since news may overtake each other. */
export function withStatus(device: Device, { last_contact_at, silent_at, documents }: DeviceStatus): Device {
  const newest = documents.reduce<Sample | null>((latest, each) => (latest === null || each.time >= latest.time ? each : latest), null);
  const isNews = newest !== null && (device.latest === null || Date.parse(newest.time) >= Date.parse(device.latest.time));
  const isLater = device.last_contact_at === null || Date.parse(last_contact_at) >= Date.parse(device.last_contact_at);
  return {
    ...device,
    ...(isLater ? { last_contact_at, silent_at } : {}),
    ...(isNews
      ? { latest: newest, run_state: newest.run_state ?? device.run_state, fault_code: newest.fault_code ?? device.fault_code }
      : {}),
  };
}
