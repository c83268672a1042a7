import type { Plan } from '../bench/plan.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { signIn } from '../src/tools/sign-in.ts';
import type { Measured } from './features.ts';
import { each, Meter, rest } from './meter.ts';
import { documentsOf, type Quarter, type SampledPublish } from './sample-devices.ts';
import { post } from './sample-ingest.ts';
import { ask } from './sample-pages.ts';
import { watch } from './watcher.ts';

/** So many devices are watched. */
export const watchedDevices = 4;

/** Each document of a pack as the device publishes it when somebody watches. */
function asSamples({ text, device, at_s }: SampledPublish, name: 'status' | 'status/live'): SampledPublish[] {
  return documentsOf(text).map((document) => ({ name, text: JSON.stringify({ v: 1, ...document }), at_s, device }));
}

/** Watches some devices, lets them publish samples and then their packs. */
export async function sampleLive(
  endpoints: Endpoints,
  operations: Plan['operations'],
  quarter: Quarter,
  { pack, memory_mb }: { readonly pack: Measured; readonly memory_mb: number },
): Promise<{ readonly live: Measured; readonly told: Measured }> {
  const { graphql, users } = endpoints;
  const admin = users.find(({ persona }) => persona === 'admin');
  const subscription = operations['OnDeviceStatus'];
  if (graphql === null || admin === undefined || subscription === undefined)
    throw new Error('the system has no GraphQL API, operator or subscription');
  const { AccessToken } = await signIn(endpoints, admin.email, admin.password);
  const packs = quarter.filter(({ name }) => name === 'status').slice(0, watchedDevices);
  const watchers = await Promise.all(packs.map(({ device }) => watch(endpoints, AccessToken, subscription.query, device.device_id)));
  try {
    for (const { device } of packs) await ask(graphql, operations, 'WatchDevice', AccessToken, { device_id: device.device_id });
    const meter = new Meter(endpoints.aws);
    const samples = packs.flatMap((one) => asSamples(one, 'status/live'));
    const live = each(await meter.duringAll(() => post(endpoints, samples)), samples.length, memory_mb);
    const told = rest(await meter.duringAll(() => post(endpoints, packs)), [[pack, packs.length]], packs.length, memory_mb);
    return { live, told };
  } finally {
    for (const watcher of watchers) watcher.stop();
  }
}

/** Lets a device that nobody has heard of yet publish each document by itself, as one does that does not pack. */
export async function samplePlain(
  endpoints: Endpoints,
  pack: SampledPublish,
  device: SampledPublish['device'],
  memory_mb: number,
): Promise<Measured> {
  const [first, ...others] = asSamples({ ...pack, device }, 'status');
  if (first === undefined) throw new Error('a pack has no documents');
  await post(endpoints, [first]);
  return each(await new Meter(endpoints.aws).duringAll(() => post(endpoints, others)), others.length, memory_mb);
}
