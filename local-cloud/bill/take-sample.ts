import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { type DeviceLogClass, deviceLogClasses, deviceLogClassSetting } from '@enstratus/contract';
import { z } from 'zod';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import type { Endpoints } from '../src/start/endpoints-file.ts';
import { deliveryOrganization } from '../src/start/pipelines/delivery-organization.ts';
import { clientOptions, runningSystem } from '../src/tools/running-system.ts';
import { startSystem } from '../test/deployed-system.ts';
import { logBytesKey, type Sample } from './features.ts';
import { each, Meter, withMeanLog } from './meter.ts';
import { type BilledTemplate, billedTemplate, standingCosts } from './resource-prices.ts';
import { fleetDay, sampleDay, usualOf } from './sample-devices.ts';
import { post, sampleIngest, writeSampledDevices } from './sample-ingest.ts';
import { sampleLive, samplePlain, watchedDevices } from './sample-live.ts';
import { operationsOf, samplePages } from './sample-pages.ts';

/** Posts a day; the two last quarters are kept for devices that are watched, and for an environment that knows nobody. */
const sampledDevices = 12;
/** Fewer packs of devices that stay in their state would say little. */
const fewestUnknown = 3;
/** Live the same day without a cloud, for how often things happen. */
const fleetDevices = 200;

const pathOf = ({ device_id, site }: FleetDevice) => ({ device_id, path: `${site}/${device_id}` });

/** The templates of all stacks that are deployed. */
export async function deployedTemplates(endpoints: Endpoints): Promise<BilledTemplate[]> {
  const client = new CloudFormationClient(clientOptions(endpoints));
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
  const ours = Stacks.filter(({ StackName }) => StackName !== 'CDKToolkit');
  return Promise.all(
    ours.map(async ({ StackName }) => billedTemplate((await client.send(new GetTemplateCommand({ StackName }))).TemplateBody ?? '')),
  );
}

/** MiB of the function that takes packs. */
export function memoryOfReceiveStatus(templates: readonly BilledTemplate[]): number {
  const [fn] = templates.flatMap(({ Resources }) =>
    Object.entries(Resources).filter(([id, { Type }]) => Type === 'AWS::Lambda::Function' && id.startsWith('ReceiveStatus')),
  );
  const memory = fn?.[1].Properties?.['MemorySize'];
  if (typeof memory !== 'number') throw new Error('no template has the function receive-status');
  return memory;
}

/** The class of devices' logs where the fleet is: what PROD's settings say. */
export function classInProduction(): DeviceLogClass {
  const production = deliveryOrganization().stages.find(({ stage }) => stage === 'prod');
  return z.enum(deviceLogClasses).default('STANDARD').parse(production?.settings[deviceLogClassSetting]);
}

/**
 * Starts a system of its own, runs what a month is made of, a little of each, and reads what that took from the meter. `tell` hears of
 * progress. The system is gone when it resolves or rejects.
 */
export async function takeSample(tell: (line: string) => void): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), 'enstratus-bill-'));
  tell('Starting a system of its own …');
  let system = await startSystem(directory);
  try {
    let endpoints = runningSystem(directory);
    const templates = await deployedTemplates(endpoints);
    const memory_mb = memoryOfReceiveStatus(templates);
    const operations = operationsOf(resolve(import.meta.dirname, '..', '..'));
    tell(`Letting ${sampledDevices} devices live through a day …`);
    const day = await fleetDay(fleetDevices, Math.floor(Date.now() / 1000));
    const { devices, before, quarters } = await sampleDay(sampledDevices + 1, Date.now() / 1000);
    const unpacked = devices.at(-1);
    const packing = quarters.map((quarter) => quarter.filter(({ device }) => device !== unpacked));
    const [watched = [], unknown = []] = packing.splice(-2);
    const [firstPack] = watched.filter(({ name }) => name === 'status');
    if (unpacked === undefined || firstPack === undefined) throw new Error('the sampled devices publish no packs');
    const device_log_class = classInProduction();
    await writeSampledDevices(endpoints, { devices }, device_log_class);
    await post(
      endpoints,
      before.filter(({ device }) => device !== unpacked),
    );
    const ingest = await sampleIngest(endpoints, { devices: sampledDevices, quarters: packing }, memory_mb, tell);
    tell('Watching devices, and one that does not pack …');
    const { live, told } = await sampleLive(endpoints, operations, watched, { pack: ingest.pack, memory_mb });
    const watchedPacks = new Set(watched.filter(({ name }) => name === 'status').slice(0, watchedDevices));
    await post(
      endpoints,
      watched.filter((one) => !watchedPacks.has(one)),
    );
    const plain = await samplePlain(endpoints, firstPack, unpacked, memory_mb);
    tell('Opening pages …');
    const pages = await samplePages(endpoints, operations, { memory_mb, watched: pathOf(firstPack.device) }, (line) => tell(`  ${line}`));
    tell('Starting the system again, so that its environments know nobody …');
    await system.stop();
    system = await startSystem(directory);
    endpoints = runningSystem(directory);
    // The others are still being watched.
    const watchedNow = new Set([...watchedPacks].map(({ device }) => device));
    const packs = usualOf(unknown, watched).filter(({ device }) => !watchedNow.has(device));
    if (packs.length < fewestUnknown) throw new Error(`only ${packs.length} packs are left for an environment that knows nobody`);
    const forgotten = each(await new Meter(endpoints.aws).duringAll(() => post(endpoints, packs)), packs.length, memory_mb);
    const [knownPack, unknownPack] = withMeanLog(ingest.pack, forgotten, logBytesKey(device_log_class));
    return {
      features: {
        pack: knownPack,
        'pack of a device that its environment does not know': unknownPack,
        'change, report or what follows from them': ingest.other,
        'pack that is told to a watcher': told,
        'live sample': live,
        'plain document': plain,
        ...pages,
      },
      day: { ...day, pack_stored_bytes: ingest.pack_stored_bytes },
      device_log_class,
      fixed: standingCosts(templates),
      memory_mb,
    };
  } finally {
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
