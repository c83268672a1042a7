import { type StatusDocument, silentAt, toRfc3339 } from '@enstratus/contract';
import type { Device, Site } from '../schema.generated.ts';
import { type DeviceRow, type LatestRow, type NotedState, nothingNoted } from './device-rows.ts';

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
    ...stateOf(latest?.noted ?? nothingNoted, document),
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
 * The item of the newest status tells the state twice: as it was noted when it last changed, and by its document. A document alone, as a live sample or a pack brings it, is
 * newer until its state is noted, which is a write of its own; so the newer one counts.
 */
function stateOf(
  { run_state, fault_code, state_time }: NotedState,
  document: StatusDocument | undefined,
): Pick<Device, 'run_state' | 'fault_code'> {
  if (document !== undefined && document.time > (state_time ?? -1)) {
    // What a document could not read stays as it was, as in what is noted.
    return { run_state: document.run_state ?? run_state, fault_code: document.fault_code ?? fault_code };
  }
  return { run_state, fault_code };
}
