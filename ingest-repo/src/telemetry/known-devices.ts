import type { Clock } from '../log.ts';
import type { DeviceProfile, DeviceTable } from './device-table.ts';

/**
 * Nothing changes a link that exists, nor a device's path and settings in the table; somebody who moves a device by hand need not deploy anew for it. Environments hardly
 * live so long. What isn't linked may be in a moment, so it is asked for each time.
 */
const remembered_ms = 6 * 60 * 60_000;
/** Some 300 bytes each. */
const maxRemembered = 20_000;

/** The device behind Particle's id, or undefined when none is registered. Throws what DynamoDB throws. */
export type FindDevice = (particle_id: string) => Promise<DeviceProfile | undefined>;

export function knownDevices(table: DeviceTable, clock: Clock): FindDevice {
  const links = new Map<string, { device: DeviceProfile; until_ms: number }>();

  return async (particle_id) => {
    const link = links.get(particle_id);
    if (link !== undefined && link.until_ms > clock()) return link.device;
    const device = await table.linkedDevice(particle_id);
    if (links.size >= maxRemembered) links.clear();
    if (device !== undefined) links.set(particle_id, { device, until_ms: clock() + remembered_ms });
    return device;
  };
}
