import { decodePack, type StatusDocument } from '@enstratus/contract';
import { type Cores, loadCores } from '@enstratus/device-firmware/core';
import { Clouds } from '../../fleet/clouds.ts';
import { fastForward } from '../../fleet/fast-forward.ts';
import { MemoryFlash } from '../../fleet/memory-flash.ts';
import { SimulatedDevice } from '../../fleet/simulated-device.ts';
import type { KnownDevice } from '../where/surroundings.ts';

/** The fleet's own (RunningFleet): a device has the weather and the machine here that it has in the field. */
const FLEET_SEED = 1;
/** So long before, the drive begins to run, so that it does at the end what it would. */
const warmUp_s = 3600;

/** What a device publishes, made by the firmware's core with a simulated drive, weather and sun at the device's place. */
export interface CoreSamples {
  /** Consecutive, one a minute, the last one at the asked time or just before. */
  readonly documents: readonly StatusDocument[];
  /** Texts as the core wrote them: the newest sample as it was taken, a state that was told at once, and what the device says of itself. */
  readonly live: string;
  readonly changed: string;
  readonly report: string;
}

let loaded: Promise<Cores> | undefined;

/** @param until_s Epoch seconds of the newest sample. @param count 1 to 15 documents. Rejects when the core isn't built. */
export async function coreSamples(device: KnownDevice, until_s: number, count: number): Promise<CoreSamples> {
  loaded ??= loadCores();
  const cores = await loaded;
  const last_s = Math.floor(until_s / 60) * 60;
  const simulated = new SimulatedDevice(
    {
      device_id: device.device_id,
      particle_id: device.particle_id,
      name: device.name,
      site: device.path.slice(0, device.path.lastIndexOf('/')),
      lat: device.lat,
      lon: device.lon,
      time_zone: device.time_zone,
    },
    new MemoryFlash().of(device.device_id),
    // Without an id packs don't wait for a second of their own: the newest one is there with its last sample.
    { seed: FLEET_SEED, clouds: new Clouds(FLEET_SEED), cores, calm: true, core: { id: '' } },
  );
  const told = { live: '', changed: '' };
  const sampled: StatusDocument[] = [];
  const pass = (from_s: number, to_s: number) =>
    fastForward(simulated, from_s * 1000, to_s * 1000, (_, name, text) => {
      if (name === 'status') sampled.push(...documentsOf(text));
      else if (name === 'status/live') told.live = text;
      else if (name === 'status/changed') told.changed = text;
    });
  try {
    const begin_s = last_s - warmUp_s - count * 60;
    pass(begin_s, begin_s + 300);
    simulated.call('settings', 'pack_minutes=1', (begin_s + 300) * 1000);
    pass(begin_s + 300, last_s - 30);
    simulated.call('live', '300', (last_s - 30) * 1000);
    pass(last_s - 30, last_s + 30);
    const documents = sampled.filter(({ time }) => time <= last_s).slice(-count);
    const report = simulated.report() ?? '';
    // After a boot nothing has been told, so that the state it finds is told at once (PROTOCOL.md, "What a device publishes").
    simulated.reboot((last_s + 30) * 1000);
    pass(last_s + 30, last_s + 180);
    return { documents, ...told, report };
  } finally {
    simulated.free();
  }
}

function documentsOf(pack: string): readonly StatusDocument[] {
  const decoded = decodePack(pack);
  if (!decoded.ok) throw new Error(`the core's pack is ${decoded.reason}: ${pack}`);
  return decoded.documents;
}
