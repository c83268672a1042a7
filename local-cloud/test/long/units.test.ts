import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodePack } from '@enstratus/contract';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { dashboardOperations } from '../../bench/operations.ts';
import { readUsage, type UsageAnswer, usageBetween } from '../../src/metering/read-usage.ts';
import { deliver } from '../../src/tools/particle-delivery.ts';
import { type RunningSystem, startSystem } from '../deployed-system.ts';
import { SignedIn, type Watching } from '../system/graphql-client.ts';
import { handMadeDocuments } from '../system/hand-made-documents.ts';
import { type Device, minutesAgo, System } from '../system/system.ts';

type Units = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * What AWS bills for each thing that is done most, in warm environments. Bytes are at most so many; everything else is exactly so. The time of functions isn't
 * pinned, because it is this machine's.
 */
const expected = {
  /** Of a device that was just registered: its link is read, and what is around the pack; the boot's log stream is made. */
  firstPack: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'logs PutLogEvents device': { bytes_in: 2600 },
    'dynamodb GetItem table': { rru: 0.5 },
    'dynamodb Query table': { rru: 2.5 },
    // The pack, then the event that the state is known now.
    'dynamodb PutItem table': { wru: 2 },
    // The newest status, then the device's state in the same item.
    'dynamodb UpdateItem table': { wru: 2 },
    'sns Publish DeviceEventsTopic': { requests: 1 },
    'sns delivery-sqs DeviceEventsTopic': { deliveries: 1 },
    'sqs SendMessage DeviceEventsQueue': { requests: 1 },
    'lambda invocation RecordEventFunction': { requests: 1 },
  },
  /** The next pack of the same boot after one like it, the state as before: what 5,000 devices send four times an hour. Nothing is read. */
  usualPack: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'logs PutLogEvents device': { bytes_in: 2800 },
    'dynamodb PutItem table': { wru: 1 },
    'dynamodb UpdateItem table': { wru: 1 },
  },
  /** The pack with such a change in it, or the one after a gap or after the first: what lies around it is read. */
  lookedAtPack: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'logs PutLogEvents device': { bytes_in: 2800 },
    'dynamodb PutItem table': { wru: 1 },
    'dynamodb UpdateItem table': { wru: 1 },
    'dynamodb Query table': { rru: 1 },
  },
  /** A change of state, told at once: the event in the history, and state and newest status in one write. */
  toldChange: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'dynamodb GetItem table': { rru: 1 },
    'dynamodb UpdateItem table': { wru: 1 },
    'dynamodb PutItem table': { wru: 1 },
    'sns Publish DeviceEventsTopic': { requests: 1 },
    'sns delivery-sqs DeviceEventsTopic': { deliveries: 1 },
    'sqs SendMessage DeviceEventsQueue': { requests: 1 },
    'lambda invocation RecordEventFunction': { requests: 1 },
  },
  /** The same pack again: nothing is logged twice. */
  repeatedPack: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'dynamodb Query table': { rru: 1.5 },
    'dynamodb UpdateItem table': { wru: 1 },
  },
  /** A sample that one person is shown. */
  watchedSample: {
    'lambda invocation ReceiveStatusFunction': { requests: 1 },
    'lambda url-response ReceiveStatusFunction': { egress_bytes: 20 },
    'dynamodb UpdateItem table': { wru: 1 },
    'appsync mutation': { requests: 1 },
    'appsync realtime-update': { realtime_updates: 1, egress_bytes: 400 },
  },
  /** The list of a fleet of two devices, its first 500 rows at once. */
  fleetPage: {
    'appsync query': { requests: 1, egress_bytes: 2400 },
    'lambda invocation AnswerQueryFunction': { requests: 1 },
    'dynamodb Query table': { rru: 0.5 },
    'dynamodb Query table/gsi1': { rru: 0.5 },
  },
  /** A device and its day, of which one pack is there. */
  devicePage: {
    'appsync query': { requests: 2, egress_bytes: 16_000 },
    'lambda invocation AnswerQueryFunction': { requests: 2 },
    'dynamodb GetItem table': { rru: 1.5 },
    'dynamodb Query table': { rru: 1 },
  },
  /**
   * What a page does to watch a device for the first time, with the call to the device for live samples, which is offline here. The call is the only command that an operator gives so far;
   * commands of their own come with what carries them.
   */
  watching: {
    'appsync mutation': { requests: 1, egress_bytes: 200 },
    'appsync connection': { connection_minutes: 1 },
    'lambda invocation WatchDeviceFunction': { requests: 1 },
    'lambda invocation AnswerQueryFunction': { requests: 1 },
    'lambda invocation AskDeviceFunction': { requests: 1 },
    'dynamodb GetItem table': { rru: 2.5 },
    'dynamodb UpdateItem table': { wru: 1 },
    'sns Publish DeviceEventsTopic': { requests: 1 },
    'sns delivery-sqs DeviceEventsTopic': { deliveries: 1 },
    'sqs SendMessage DeviceAsksQueue': { requests: 1 },
  },
} as const satisfies Record<string, Units>;

/** Counted by the clock, or together with others by chance; secrets are read again after minutes. */
const LEFT_OUT = ['sqs ReceiveMessage', 'sqs idle-poll', 'sqs DeleteMessageBatch', 'kms decrypt', 'lambda invocation gb_s'];

const partner = '/enfusion/unit-partner';
const site = (dealer: string) => `${partner}/${dealer}/unit-farm/unit-well`;
const operations = dashboardOperations(resolve(import.meta.dirname, '..', '..', '..'));

let directory: string;
let running: RunningSystem | undefined;
let system: System;
let operator: SignedIn;

/** A system of its own: nobody else may ask anything of it meanwhile. How long it takes to deploy is the machine's matter. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'enstratus-units-'));
  running = await startSystem(directory);
  system = new System(directory);
  operator = await SignedIn.new(system, 'partner', partner);
  // Every function has run once, and remembers its secrets.
  const device = await system.newDevice(site('warm'));
  await packsOf(device)(0);
  const watching = await watch(device);
  await showPages(device);
  watching.stop();
}, 600_000);

afterAll(async () => {
  await running?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Names that are the same in every deployment. */
function plainName(service: string, resource: string): string {
  if (service === 'dynamodb') return resource.replace(system.endpoints.tableName, 'table').replace('/index/', '/');
  if (service === 'logs') return resource.startsWith('/enstratus/devices/') ? 'device' : resource.replace('/enstratus/functions/', '');
  if (service === 'appsync' || service === 'cognito-idp') return '';
  // Stack, construct, and CloudFormation's ending.
  return /^[^-]+-(.+?)([0-9A-F]{8})?-[^-]+$/i.exec(resource)?.[1] ?? resource;
}

function unitsOf(usage: UsageAnswer['usage']): Units {
  const all: Record<string, Record<string, number>> = {};
  for (const { service, operation, resource, units } of usage) {
    const name = [service, operation, ...(resource === undefined ? [] : [plainName(service, resource)])].join(' ').trim();
    if (LEFT_OUT.includes(`${service} ${operation}`)) continue;
    for (const [unit, taken] of Object.entries(units)) {
      if (LEFT_OUT.includes(`${service} ${operation} ${unit}`)) continue;
      all[name] = { ...all[name], [unit]: (all[name]?.[unit] ?? 0) + taken };
    }
  }
  return all;
}

/** Events are gathered for 5 seconds before they are written to the history. */
const gathered_ms = 6_500;

/** What has been taken since an answer, when nothing more is taken. @param mayFollow What was done before it may have sent events. */
async function settledSince(before: UsageAnswer, { mayFollow = false } = {}): Promise<Units> {
  let last = '';
  let changed_ms = 0;
  return vi.waitFor(
    async () => {
      const units = unitsOf(usageBetween(before, await readUsage(system.endpoints.aws)));
      const text = JSON.stringify(units);
      if (text !== last) changed_ms = performance.now();
      last = text;
      const still_ms = mayFollow || 'sqs SendMessage DeviceEventsQueue' in units ? gathered_ms : 1_500;
      if (performance.now() - changed_ms < still_ms) throw new Error('something is still going on');
      return units;
    },
    { timeout: 40_000, interval: 500 },
  );
}

async function taken(work: () => Promise<unknown>): Promise<Units> {
  const before = await readUsage(system.endpoints.aws);
  await settledSince(before, { mayFollow: true });
  const start = await readUsage(system.endpoints.aws);
  await work();
  return settledSince(start);
}

/** Exactly these units; bytes at most so many, and some. */
function expectUnits(actual: Units, wanted: Units): void {
  const isBytes = (unit: string) => unit.endsWith('_bytes') || unit.startsWith('bytes_');
  const checked = Object.entries(wanted).map(([name, units]) => [
    name,
    Object.fromEntries(
      Object.entries(units).map(([unit, amount]) => {
        const is = actual[name]?.[unit] ?? 0;
        return [unit, isBytes(unit) && is > 0 && is <= amount ? is : amount];
      }),
    ),
  ]);
  expect(actual).toEqual(Object.fromEntries(checked));
}

/** Posts a device's pack by its number; the last one of 5 ends now. */
function packsOf(device: Device): (index: number) => Promise<void> {
  const documents = handMadeDocuments({ boot_id: 3, seq: 0, time: minutesAgo(75) }, 75);
  return async (index) => {
    const response = await system.post(device, encodePack(documents.slice(index * 15, index * 15 + 15)));
    expect(response.status).toBe(200);
  };
}

async function ask(who: SignedIn, name: string, variables: object): Promise<void> {
  const { errors } = await who.ask(operations[name]?.query ?? '', variables);
  expect(errors).toBeUndefined();
}

async function watch({ deviceId: device_id }: Device): Promise<Watching> {
  await ask(operator, 'WatchDevice', { device_id });
  return operator.watch(device_id);
}

async function showPages(device: Device): Promise<void> {
  await ask(operator, 'FleetPage', { first: 500, after: null });
  await showDevice(device);
}

async function showDevice({ deviceId: device_id }: Device): Promise<void> {
  const to_ms = minutesAgo(0) * 1000;
  await ask(operator, 'Device', { device_id });
  await ask(operator, 'DevicePower', { device_id, from: new Date(to_ms - 86_400_000).toISOString(), to: new Date(to_ms).toISOString() });
}

it('a pack: the first of a device, a usual one, and one that comes twice', async () => {
  const pack = packsOf(await system.newDevice(site('packs')));
  expectUnits(await taken(() => pack(0)), expected.firstPack);
  await pack(1);
  expectUnits(await taken(() => pack(2)), expected.usualPack);
  expectUnits(await taken(() => pack(2)), expected.repeatedPack);
});

it('a change that is told at once, and the pack with which it comes again', async () => {
  const device = await system.newDevice(site('changes'));
  const state = { run_state: 'fault', fault_code: 12 } as const;
  const documents = handMadeDocuments({ boot_id: 3, seq: 0, time: minutesAgo(45) }, 45).map((document, index) =>
    index < 30 ? document : { ...document, ...state },
  );
  const pack = (index: number) => system.post(device, encodePack(documents.slice(index * 15, index * 15 + 15)));
  await pack(0);
  await pack(1);
  const data = JSON.stringify({ v: 1, ...documents[30], time: minutesAgo(15) - 20 });
  const change = () => deliver(system.endpoints, { name: 'status/changed', data, particleId: device.particleId });
  expectUnits(await taken(change), expected.toldChange);
  expectUnits(await taken(() => pack(2)), expected.lookedAtPack);
});

it('a page: the fleet, a device', async () => {
  const dealer = await SignedIn.new(system, 'dealer', `${partner}/pages`);
  const device = await system.newDevice(site('pages'));
  await system.newDevice(`${partner}/pages/unit-farm/second-well`);
  await packsOf(device)(4);
  const fleet = () => ask(dealer, 'FleetPage', { first: 500, after: null });
  // Names of sites are remembered.
  await fleet();
  expectUnits(await taken(fleet), expected.fleetPage);
  expectUnits(await taken(() => showDevice(device)), expected.devicePage);
});

it('watching a device, and a sample that it publishes', async () => {
  const device = await system.newDevice(site('watching'));
  await packsOf(device)(0);
  let watching: Watching | undefined;
  const begin = async () => {
    watching = await watch(device);
  };
  expectUnits(await taken(begin), expected.watching);
  const [document] = handMadeDocuments({ boot_id: 3, seq: 75, time: minutesAgo(0) }, 1);
  const data = JSON.stringify({ v: 1, ...document });
  const sample = () => deliver(system.endpoints, { name: 'status/live', data, particleId: device.particleId });
  expectUnits(await taken(sample), expected.watchedSample);
  expect(watching?.told).toHaveLength(1);
  watching?.stop();
});
