import { type StatusDocument, silentAt, toRfc3339 } from '@enstratus/contract';
import type { Device, Site } from '../schema.generated.ts';
import type { DeviceRow, LatestRow } from './device-rows.ts';

/**
 * A device as the dashboard gets it.
 *
 * @param as_of RFC 3339, the same for everything in an answer.
 */
export function deviceNode(device: DeviceRow, latest: LatestRow | undefined, site: Site, as_of: string): Device {
  const { document, last_contact_at } = latest ?? {};
  return {
    device_id: device.device_id,
    name: device.name,
    path: device.path,
    site,
    time_zone: device.time_zone,
    pack_minutes: device.pack_minutes,
    registered_at: toRfc3339(device.registered_at),
    ...stateOf(device, document),
    last_contact_at: last_contact_at === undefined ? null : toRfc3339(last_contact_at),
    silent_at:
      last_contact_at === undefined || document === undefined
        ? null
        : toRfc3339(silentAt({ last_contact_at, time: document.time }, device.pack_minutes)),
    latest: document === undefined ? null : { ...document, time: toRfc3339(document.time) },
    as_of,
  };
}

/**
 * Two items tell the state, written one after the other with each pack: the device's own only when the state has changed (it stands in two indexes), the
 * newest status always. A crash between the two writes leaves one of them behind, so the newer one counts. The device's own item is also newer
 * where a device reported before newest statuses were kept.
 */
function stateOf(device: DeviceRow, document: StatusDocument | undefined): Pick<Device, 'run_state' | 'fault_code'> {
  if (document !== undefined && document.time > (device.state_time ?? -1)) {
    // What a document could not read stays as it was, as in the item.
    return { run_state: document.run_state ?? device.run_state, fault_code: document.fault_code ?? device.fault_code ?? null };
  }
  return { run_state: device.run_state, fault_code: device.fault_code ?? null };
}
