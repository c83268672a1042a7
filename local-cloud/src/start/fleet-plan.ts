import { type DemoDevice, demoDevices } from '../demo/demo-devices.ts';
import { usualDevices } from '../demo/demo-tree.ts';
import type { FleetDevice } from '../fleet/fleet-device.ts';

/** What of the demo fleet a start brings to life. */
export interface FleetPlan {
  /** Those that are registered. */
  readonly registered: readonly DemoDevice[];
  /** Those of them that have power. */
  readonly live: readonly DemoDevice[];
  readonly hasHistory: boolean;
}

/**
 * @param devices How many live; with 0 the usual ones are registered all the same, and nothing has power.
 * Throws RangeError for a number that a local cloud doesn't carry.
 */
export function planFleet({ devices, history }: { readonly devices: number; readonly history: boolean }): FleetPlan {
  const live = demoDevices(devices);
  return { live, registered: devices === 0 ? demoDevices(usualDevices) : live, hasHistory: history && devices > 0 };
}

/** A demo device as the field knows it. */
export function inTheField({ deviceId, particleId, name, path, lat, lon, time_zone }: DemoDevice): FleetDevice {
  return { device_id: deviceId, particle_id: particleId, name, site: path, lat, lon, time_zone };
}

/** The device's own path. */
export const pathOf = ({ deviceId, path }: DemoDevice): string => `${path}/${deviceId}`;
