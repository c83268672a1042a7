import { createHash } from 'node:crypto';
import { decodePack, toLogLine } from '@enstratus/contract';
import { CoreDays, type Publish } from '../bench/core-days.ts';
import { demoDevices } from '../src/demo/demo-devices.ts';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { inTheField } from '../src/start/fleet-plan.ts';
import type { DeviceDay } from './features.ts';

/** The organization of the sampled devices: out of sight of the people who look at pages. */
export const sampleSite = '/enfusion/bill/dealer/customer/field';

export interface SampledPublish extends Publish {
  readonly device: FleetDevice;
}

/** A quarter of an hour of what all sampled devices publish, in order. */
export type Quarter = readonly SampledPublish[];

export interface SampledDay {
  readonly devices: readonly FleetDevice[];
  /** Before the day, so that every device is known when it begins. */
  readonly before: Quarter;
  readonly quarters: readonly Quarter[];
}

const quarter_s = 900;
const hour_s = 3600;

/** The day until now of so many devices, by the firmware's core: the places and loads of the seeded fleet, chance outages and faults included. */
export async function sampleDay(count: number, now_s: number): Promise<SampledDay> {
  const core = await CoreDays.load();
  const to_s = Math.floor(now_s / quarter_s) * quarter_s;
  const from_s = to_s - 24 * hour_s;
  const devices = demoDevices(count).map((demo, index): FleetDevice => {
    const device_id = `bill-${String(index + 1).padStart(4, '0')}`;
    const particle_id = createHash('sha256').update(device_id).digest('hex').slice(0, 24);
    return { ...inTheField(demo), device_id, particle_id, site: sampleSite };
  });
  const published = devices
    .flatMap((device) => core.publishes(device, from_s - 2 * hour_s, to_s).map((one): SampledPublish => ({ ...one, device })))
    .sort((a, b) => a.at_s - b.at_s);
  const before = published.filter(({ at_s }) => at_s < from_s);
  const quarters = Array.from({ length: 96 }, (_, index) => {
    const start_s = from_s + index * quarter_s;
    return published.filter(({ at_s }) => at_s >= start_s && at_s < start_s + quarter_s);
  });
  return { devices, before, quarters };
}

/** What of a quarter is usual: packs of devices that told nothing else in it and the one before, and stayed in the same state. */
export function usualOf(quarter: Quarter, previous: Quarter): SampledPublish[] {
  const both = [...previous, ...quarter];
  const restless = new Set(both.flatMap(({ name, device }) => (name === 'status' ? [] : [device])));
  return quarter.filter((one) => {
    const last = previous.filter(({ device }) => device === one.device);
    if (restless.has(one.device) || last.length === 0) return false;
    const states = [...last, one].flatMap(({ text }) => documentsOf(text));
    return states.every(({ run_state, fault_code }) => run_state === states[0]?.run_state && fault_code === states[0]?.fault_code);
  });
}

/** Documents of a pack of the core. */
export function documentsOf(text: string) {
  const decoded = decodePack(text);
  if (!decoded.ok) throw new Error(`a pack of the core is ${decoded.reason}`);
  return decoded.documents;
}

/**
 * What a device of the seeded fleet publishes in a day on average, by the core of so many of them, without a cloud: how often things change differs far too much
 * between a well's pump and a cold room's compressor to be told from the few that are posted.
 */
export async function fleetDay(count: number, now_s: number): Promise<Omit<DeviceDay, 'pack_stored_bytes'>> {
  const core = await CoreDays.load();
  const from_s = now_s - 24 * hour_s;
  const sum = { packs: 0, documents: 0, others: 0, line_bytes: 0 };
  for (const demo of demoDevices(count)) {
    for (const { name, text } of core.publishes(inTheField(demo), from_s - 2 * hour_s, now_s).filter(({ at_s }) => at_s >= from_s)) {
      if (name !== 'status') sum.others += 1;
      else {
        const documents = documentsOf(text);
        sum.packs += 1;
        sum.documents += documents.length;
        for (const document of documents) sum.line_bytes += Buffer.byteLength(toLogLine(document));
      }
    }
  }
  return {
    devices: count,
    packs: sum.packs / count,
    documents: sum.documents / count,
    others: sum.others / count,
    log_line_bytes: sum.line_bytes / sum.documents,
  };
}
