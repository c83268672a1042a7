import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { StartError } from './progress.ts';

export interface DemoDevice {
  readonly deviceId: string;
  readonly particleId: string;
}

const PLACES = [
  { name: 'North well', path: '/enfusion/mesa-solar/delta-pumps/ridge-ranch/north-well', time_zone: 'America/Denver' },
  { name: 'Creek tank', path: '/enfusion/mesa-solar/delta-pumps/ridge-ranch/creek-tank', time_zone: 'America/Denver' },
  { name: 'Orchard block 4', path: '/enfusion/mesa-solar/valley-water/almond-grove/block-4', time_zone: 'America/Los_Angeles' },
  { name: 'Stock tank east', path: '/enfusion/lone-star-drives/panhandle-service/double-t/east-tank', time_zone: 'America/Chicago' },
  { name: 'Canal lift', path: '/enfusion/lone-star-drives/desert-supply/gila-farms/canal-lift', time_zone: 'America/Phoenix' },
  { name: 'Air compressor', path: '/enfusion/lone-star-drives/desert-supply/gila-farms/workshop', time_zone: 'America/Phoenix' },
] as const;

/** The demo devices: their ids are the same on every machine. */
export function demoDevices(): (DemoDevice & (typeof PLACES)[number])[] {
  return PLACES.map((place, index) => {
    const deviceId = `pump-${String(index + 1).padStart(4, '0')}`;
    return { ...place, deviceId, particleId: createHash('sha256').update(`demo ${deviceId}`).digest('hex').slice(0, 24) };
  });
}

const invoked = z.object({ StatusCode: z.number(), FunctionError: z.string().optional(), Payload: z.instanceof(Uint8Array) });

/** Registers the demo devices through the system's own function, as an operator would; registering twice is no change. */
export async function registerDemoDevices(cloud: Cloud, caller: Caller, functionName: string): Promise<DemoDevice[]> {
  const devices = demoDevices();
  for (const { deviceId, particleId, name, path, time_zone } of devices) {
    const payload = { device_id: deviceId, particle_id: particleId, name, path, time_zone };
    const result = invoked.parse(
      await cloud.call(
        'lambda',
        'Invoke',
        { FunctionName: functionName, InvocationType: 'RequestResponse', Payload: Buffer.from(JSON.stringify(payload)) },
        caller,
      ),
    );
    if (result.FunctionError !== undefined) {
      throw new StartError(`The demo device ${deviceId} could not be registered: ${Buffer.from(result.Payload).toString('utf8')}`);
    }
  }
  return devices.map(({ deviceId, particleId }) => ({ deviceId, particleId }));
}
