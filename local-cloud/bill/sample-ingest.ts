import type { DeviceLogClass } from '@enstratus/contract';
import { writeDevices } from '../bench/ingest-devices.ts';
import type { UsageAnswer } from '../src/metering/read-usage.ts';
import { readUsage } from '../src/metering/read-usage.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { deliver } from '../src/tools/particle-delivery.ts';
import { tableClient } from '../src/tools/running-system.ts';
import type { Measured } from './features.ts';
import { each, Meter, rest } from './meter.ts';
import { type Quarter, type SampledDay, type SampledPublish, usualOf } from './sample-devices.ts';

/** Fewer would say little of a usual pack. */
const fewestUsualPacks = 24;
/** Usual packs are told apart in each so manieth quarter of an hour, because what went before must have come to rest, which takes seconds. */
const everyQuarters = 6;

type Usage = UsageAnswer['usage'];

/**
 * Posts in the order in which each device published, one after the other: so one environment of the function takes all, and knows every device after its first. How many meet
 * another one is the mix's matter. Throws when something isn't taken.
 */
export async function post(endpoints: Endpoints, publishes: readonly SampledPublish[]): Promise<void> {
  for (const { name, text, at_s, device } of publishes) {
    const published_at = new Date(at_s * 1000).toISOString();
    const response = await deliver(endpoints, { name, data: text, particleId: device.particle_id, published_at });
    const answer = await response.text();
    if (!response.ok || answer.includes('quarantined'))
      throw new Error(`${name} of ${device.device_id} was answered ${response.status}: ${answer}`);
  }
}

/** Makes the sampled devices known, all but Particle. */
export async function writeSampledDevices(
  endpoints: Endpoints,
  { devices }: Pick<SampledDay, 'devices'>,
  logClass: DeviceLogClass,
): Promise<void> {
  const table = { documents: tableClient(endpoints), table: endpoints.tableName };
  const known = devices.map(({ device_id, particle_id, name, site, time_zone }) => ({
    device_id,
    particle_id,
    name,
    site_path: site,
    time_zone,
  }));
  await writeDevices(endpoints, table, known, () => {}, logClass);
}

export interface IngestSample {
  readonly pack: Measured;
  readonly other: Measured;
  /** Of the table's storage, what its events leave there included. */
  readonly pack_stored_bytes: number;
}

/** Posts the day, and takes apart what its packs took and what everything else did. `tell` hears of progress. */
export async function sampleIngest(
  endpoints: Endpoints,
  { devices, quarters }: { readonly devices: number; readonly quarters: readonly Quarter[] },
  memory_mb: number,
  tell: (line: string) => void,
): Promise<IngestSample> {
  const meter = new Meter(endpoints.aws);
  const usual: Usage[] = [];
  let usualPacks = 0;
  const stored = await tableBytes(endpoints);
  const all = await meter.duringAll(async () => {
    for (const [index, quarter] of quarters.entries()) {
      const quiet = index % everyQuarters === 0 ? usualOf(quarter, quarters[index - 1] ?? []) : [];
      await post(
        endpoints,
        quarter.filter((one) => !quiet.includes(one)),
      );
      if (quiet.length > 0) {
        // What changes set off goes on for a moment, and is none of these packs'.
        await meter.quiet();
        usual.push(await meter.during(() => post(endpoints, quiet)));
        usualPacks += quiet.length;
      }
      if ((index + 1) % 24 === 0) tell(`${(index + 1) / 4} hours of ${devices} devices posted`);
    }
  });
  if (usualPacks < fewestUsualPacks) throw new Error(`the sampled day has only ${usualPacks} packs without a change around them`);
  const published = quarters.flat();
  const packs = published.flatMap(({ name, text }) => (name === 'status' ? [text] : []));
  const others = published.length - packs.length;
  const pack = each(usual.flat(), usualPacks, memory_mb);
  return {
    pack,
    other: rest(all, [[pack, packs.length]], Math.max(1, others), memory_mb),
    pack_stored_bytes: ((await tableBytes(endpoints)) - stored) / packs.length,
  };
}

/** Bytes of the table itself, without its indexes. */
async function tableBytes({ aws, tableName }: Endpoints): Promise<number> {
  const { stored } = await readUsage(aws);
  const table = stored.find(({ service, resource }) => service === 'dynamodb' && resource === tableName);
  if (table === undefined) throw new Error(`the meter says nothing of what ${tableName} keeps`);
  return table.bytes;
}
