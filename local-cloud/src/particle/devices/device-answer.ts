import type { DeviceRecord } from '../state/records.ts';

/** The Device OS that ENStratus's firmware is built with. */
const DEVICE_OS = '6.3.0';

/** A device as the API shows it (Cloud API reference, "Get device information"). */
export function deviceAnswer(record: DeviceRecord, online: boolean) {
  const { id, name, owner, platform_id, product_id, notes, functions, variables, serial_number, iccid, imei } = record;
  return {
    id,
    name,
    owner,
    last_heard: time(record.last_heard),
    last_handshake_at: time(record.last_handshake_at),
    product_id: product_id ?? platform_id,
    online,
    connected: online,
    platform_id,
    cellular: true,
    notes,
    functions,
    variables,
    status: 'normal',
    serial_number,
    iccid,
    imei,
    system_firmware_version: DEVICE_OS,
    firmware_updates_enabled: true,
    firmware_updates_forced: false,
  };
}

/** A device of a product (Cloud API reference, "List devices in a product"). */
export function productDeviceAnswer(record: DeviceRecord, online: boolean, targeted_firmware_release_version: number | null) {
  const { product_id, groups, development, denied, firmware_version = null, desired_firmware_version = null } = record;
  return {
    ...deviceAnswer(record, online),
    firmware_product_id: product_id,
    groups,
    firmware_version,
    desired_firmware_version,
    targeted_firmware_release_version,
    development,
    quarantined: false,
    denied,
  };
}

export function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
