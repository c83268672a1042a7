import { z } from 'zod';
import { DEVICES_PER_PAGE } from '../documented.ts';
import { count, read } from '../http/fields.ts';
import type { DeviceRecord } from '../state/records.ts';

const asked = z.strictObject({
  deviceId: z.string().optional(),
  deviceName: z.string().optional(),
  serialNumber: z.string().optional(),
  groups: z.string().optional(),
  sortAttr: z.enum(['deviceName', 'deviceId', 'firmwareVersion', 'lastConnection', 'lastHandshake', 'lastHeard']).default('lastHandshake'),
  sortDir: z.enum(['asc', 'desc']).default('desc'),
  page: count.default(1),
  perPage: count.optional(),
  per_page: count.optional(),
});

/** A page of a product's devices (Cloud API reference, "List devices in a product"): 25 unless told, at most 1,000. */
export function listDevices(devices: readonly DeviceRecord[], query: Readonly<Record<string, string>>) {
  const { deviceId = '', deviceName = '', serialNumber = '', groups, sortAttr, sortDir, page, perPage, per_page } = read(asked, query);
  const wanted = groups?.split(',').filter((group) => group !== '') ?? [];
  const found = devices.filter(
    (device) =>
      device.id.includes(deviceId.toLowerCase()) &&
      (device.name ?? '').toLowerCase().includes(deviceName.toLowerCase()) &&
      device.serial_number.includes(serialNumber) &&
      (wanted.length === 0 || wanted.some((group) => device.groups.includes(group))),
  );
  const sign = sortDir === 'asc' ? 1 : -1;
  found.sort((one, other) => sign * compare(one, other, sortAttr) || (one.id < other.id ? -1 : 1));
  const size = Math.min(1000, Math.max(1, per_page ?? perPage ?? DEVICES_PER_PAGE));
  const from = (Math.max(1, page) - 1) * size;
  return {
    devices: found.slice(from, from + size),
    meta: { total_pages: Math.ceil(found.length / size), page: Math.max(1, page), per_page: size, total: found.length },
  };
}

function compare(one: DeviceRecord, other: DeviceRecord, by: z.infer<typeof asked>['sortAttr']): number {
  if (by === 'deviceName') return (one.name ?? '').localeCompare(other.name ?? '');
  if (by === 'deviceId') return one.id < other.id ? -1 : Number(one.id > other.id);
  if (by === 'firmwareVersion') return (one.firmware_version ?? 0) - (other.firmware_version ?? 0);
  if (by === 'lastHeard') return (one.last_heard ?? 0) - (other.last_heard ?? 0);
  return (one.last_handshake_at ?? 0) - (other.last_handshake_at ?? 0);
}
