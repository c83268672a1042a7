import type { FleetDevice } from '../fleet-device.ts';

/** Devices for tests: a stock tank, an irrigation pump and a cold room in turn, some kilometres from one another. */
export function someDevices(count: number, prefix = 'test'): FleetDevice[] {
  return Array.from({ length: count }, (_, index) => ({
    device_id: `${prefix}-${String(index + 1).padStart(4, '0')}`,
    particle_id: (0xabc000 + index).toString(16).padStart(24, '0'),
    name: ['Stock tank', 'Block 4', 'Cold room'][index % 3] ?? '',
    site: `/enfusion/test/site-${Math.floor(index / 2)}`,
    lat: 38.8 + index / 50,
    lon: -107.9 + index / 40,
    time_zone: 'America/Denver',
  }));
}

export function someDevice(changes: Partial<FleetDevice> = {}): FleetDevice {
  return { ...(someDevices(1)[0] as FleetDevice), ...changes };
}
