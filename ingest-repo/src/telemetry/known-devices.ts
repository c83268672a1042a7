import type { Clock } from '../log.ts';
import type { DeviceTable } from './device-table.ts';

/** Nothing changes a link that exists, and a device sends four packs in this time; what isn't linked may be in a moment, so it is asked for each time. */
const remembered_ms = 60 * 60_000;
const maxRemembered = 10_000;

/** The device_id behind Particle's id, or undefined when none is registered. Throws what DynamoDB throws. */
export type FindDevice = (particle_id: string) => Promise<string | undefined>;

export function knownDevices(table: DeviceTable, clock: Clock): FindDevice {
  const links = new Map<string, { device_id: string; until_ms: number }>();

  return async (particle_id) => {
    const link = links.get(particle_id);
    if (link !== undefined && link.until_ms > clock()) return link.device_id;
    const device_id = await table.linkedDevice(particle_id);
    if (links.size >= maxRemembered) links.clear();
    if (device_id !== undefined) links.set(particle_id, { device_id, until_ms: clock() + remembered_ms });
    return device_id;
  };
}
