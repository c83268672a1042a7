import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { StartError } from '../start/progress.ts';
import { demoTree, sitesOf } from './demo-tree.ts';

export interface DemoDevice {
  readonly deviceId: string;
  readonly particleId: string;
}

interface PlacedDevice extends DemoDevice {
  readonly name: string;
  /** The site's. */
  readonly path: string;
  readonly time_zone: string;
}

/** The demo devices by number: their ids are the same on every machine. */
export function demoDevices(): PlacedDevice[] {
  return sitesOf(demoTree)
    .flatMap(({ path, site }) =>
      Object.entries(site.devices).map(([number, name]) => {
        const deviceId = `pump-${number.padStart(4, '0')}`;
        const particleId = createHash('sha256').update(`demo ${deviceId}`).digest('hex').slice(0, 24);
        return { deviceId, particleId, name, path, time_zone: site.time_zone };
      }),
    )
    .sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
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
