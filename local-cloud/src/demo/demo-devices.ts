import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { StartError } from '../start/progress.ts';
import { demoTree, sitesOf, usualDevices } from './demo-tree.ts';

/** A demo device and where it stands. Its ids are the same on every machine. */
export interface DemoDevice {
  readonly number: number;
  readonly deviceId: string;
  readonly particleId: string;
  readonly name: string;
  /** The site's. */
  readonly path: string;
  readonly time_zone: string;
  /** The site's, in degrees. */
  readonly lat: number;
  readonly lon: number;
}

/** The first so many demo devices, in the order of their numbers. */
export function demoDevices(count: number = usualDevices): DemoDevice[] {
  return sitesOf(demoTree(count))
    .flatMap(({ path, site: { devices, time_zone, lat, lon } }) =>
      Object.entries(devices).map(([text, name]) => {
        const deviceId = `pump-${text.padStart(4, '0')}`;
        const particleId = createHash('sha256').update(`demo ${deviceId}`).digest('hex').slice(0, 24);
        return { number: Number(text), deviceId, particleId, name, path, time_zone, lat, lon };
      }),
    )
    .sort((a, b) => a.number - b.number);
}

const invoked = z.object({ StatusCode: z.number(), FunctionError: z.string().optional(), Payload: z.instanceof(Uint8Array) });

/** More at once only wait for each other's environments of the function. */
const atOnce = 4;

/**
 * Registers devices through the system's own function, as an operator would; registering twice is no change. Rejects with StartError at the first that is refused, when those
 * under way have ended.
 *
 * @param tell Hears of progress where it takes long.
 */
export async function registerDemoDevices(
  cloud: Cloud,
  caller: Caller,
  functionName: string,
  devices: readonly DemoDevice[],
  tell: (line: string) => void,
): Promise<void> {
  const waiting = [...devices].reverse();
  let registered = 0;
  let lastTold = performance.now();
  const worker = async () => {
    for (let device = waiting.pop(); device !== undefined; device = waiting.pop()) {
      await register(cloud, caller, functionName, device).catch((error: unknown) => {
        waiting.length = 0;
        throw error;
      });
      registered += 1;
      if (performance.now() - lastTold < 5000) continue;
      lastTold = performance.now();
      tell(`${registered} of ${devices.length} devices registered`);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

async function register(cloud: Cloud, caller: Caller, FunctionName: string, device: DemoDevice): Promise<void> {
  const { deviceId, particleId, name, path, time_zone } = device;
  const Payload = Buffer.from(JSON.stringify({ device_id: deviceId, particle_id: particleId, name, path, time_zone }));
  const result = invoked.parse(await cloud.call('lambda', 'Invoke', { FunctionName, InvocationType: 'RequestResponse', Payload }, caller));
  if (result.FunctionError !== undefined)
    throw new StartError(`The demo device ${deviceId} could not be registered: ${Buffer.from(result.Payload).toString('utf8')}`);
}
