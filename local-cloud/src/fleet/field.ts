import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CoreConfig } from '@enstratus/device-firmware/core';
import { type ParticleCloud, type ParticleCloudOptions, startParticleCloud } from '../particle/start-particle-cloud.ts';
import { type Control, startControl } from './control-server.ts';
import { writeFieldFile } from './field-file.ts';
import type { CollectedPublish, HistoryOrder } from './field-messages.ts';
import { FirmwareStore } from './firmware-store.ts';
import { Fleet } from './fleet.ts';
import type { FleetDevice } from './fleet-device.ts';
import { MemoryFlash } from './memory-flash.ts';
import { NewControllers } from './new-controllers.ts';
import { SampledFile } from './sampled-file.ts';
import { SqliteFlash } from './sqlite-flash.ts';

export interface FieldOptions {
  /** Where the field keeps what Particle and the devices know; undefined: in memory, and gone with the process. */
  readonly directory: string | undefined;
  /** Of the Particle stand-in; 0 takes a free one. */
  readonly port: number;
  readonly seed: number;
  readonly core?: CoreConfig;
  /** How many times faster than real time devices live; 1 unless told. */
  readonly speed?: number;
  /** A file to which every sampled document is told. */
  readonly sampled?: string;
  readonly particle?: Omit<ParticleCloudOptions, 'port' | 'file'>;
}

export interface Field {
  readonly particle: { readonly url: string; readonly product: string; readonly accessToken: string; readonly firmwareToken: string };
  readonly control: Control;
  readonly cloud: ParticleCloud;
  readonly fleet: Fleet;
  /** Answers how many ids are new. */
  manufacture(ids: readonly string[]): number;
  /** Lets a past happen; `take` gets what was published in it, batch by batch, and holds the next ones up. Resolves to how many publishes there were. */
  history(order: Omit<HistoryOrder, 'kind' | 'request'>, take: (publishes: CollectedPublish[]) => Promise<void>): Promise<number>;
  /** Lets devices live in real time from now on. They are manufactured if they weren't. */
  live(devices: readonly FleetDevice[]): void;
  stop(): Promise<void>;
}

/** A controller that somebody has just mounted is on the network so soon. */
const MOUNTED_CONNECTS_MS = 3000;
/** Samples of one device between two batches: about half a megabyte of packs. */
const SAMPLES_A_BATCH = 2000;

/** Starts the Particle stand-in and an empty fleet on it, both on 127.0.0.1. Rejects when a port is taken or the core isn't built. */
export async function startField(options: FieldOptions): Promise<Field> {
  const { directory, port, seed } = options;
  if (directory !== undefined) {
    mkdirSync(directory, { recursive: true });
    // Tokens lie in it, also in files that SQLite makes beside its own.
    chmodSync(directory, 0o700);
  }
  const firmware = await FirmwareStore.open(directory === undefined ? undefined : join(directory, 'firmware'));
  const cloud = await startParticleCloud({
    ...options.particle,
    port,
    file: directory === undefined ? ':memory:' : join(directory, 'particle.sqlite'),
  });
  const flash = directory === undefined ? new MemoryFlash() : new SqliteFlash(join(directory, 'flash.sqlite'));
  const sampled = options.sampled === undefined ? undefined : new SampledFile(options.sampled);
  const fleet = new Fleet({
    seed,
    cores: firmware.factory,
    firmware,
    flash,
    cloud: cloud.link,
    ...(options.core === undefined ? {} : { core: options.core }),
    ...(options.speed === undefined ? {} : { speed: options.speed }),
    ...(sampled === undefined ? {} : { sampled }),
  });
  const mounted = new NewControllers(directory === undefined ? undefined : join(directory, 'new-controllers.json'));
  const control = await startControl({
    fleet,
    mount: (beside) => {
      const device = mounted.mount(beside);
      cloud.manufacture([device.particle_id]);
      fleet.live([device]);
      const simulated = fleet.device(device);
      // Whoever mounts it switches it on and stands beside it, under a good mast.
      fleet.within(simulated, (now_ms) => {
        simulated.wake(now_ms);
        simulated.connectAt(now_ms + MOUNTED_CONNECTS_MS);
      });
      return simulated;
    },
  });
  fleet.live(mounted.all);
  if (directory !== undefined) writeFieldFile(directory, { control_url: control.url, token: control.token });
  const { product, access_token, firmware_token } = cloud.seed();
  return {
    particle: { url: cloud.url, product: product.slug, accessToken: access_token, firmwareToken: firmware_token },
    control,
    cloud,
    fleet,
    manufacture: (ids) => cloud.manufacture(ids),
    history: (order, take) => runHistory(fleet, order, take),
    live: (devices) => {
      cloud.manufacture(devices.map(({ particle_id }) => particle_id));
      fleet.live(devices);
    },
    stop: async () => {
      await control.stop();
      fleet.stop();
      await cloud.stop();
      flash.close();
      sampled?.close();
    },
  };
}

async function runHistory(
  fleet: Fleet,
  { devices, from_s, to_s, every_s, names }: Omit<HistoryOrder, 'kind' | 'request'>,
  take: (publishes: CollectedPublish[]) => Promise<void>,
): Promise<number> {
  let count = 0;
  // The next batch is made while the last one is taken.
  let taking: Promise<void> = Promise.resolve();
  for (const device of devices) {
    const step_s = SAMPLES_A_BATCH * (every_s ?? 60);
    for (let start_s = from_s; start_s < to_s; start_s += step_s) {
      const publishes: CollectedPublish[] = [];
      const stretch = { from_s: start_s, to_s: Math.min(to_s, start_s + step_s), ...(every_s === undefined ? {} : { every_s }) };
      fleet.history(device, stretch, ({ device: { device_id } }, name, text, at_s) => {
        if (names === undefined || names.includes(name)) publishes.push({ device_id, name, text, at_s });
      });
      await taking;
      if (publishes.length === 0) continue;
      count += publishes.length;
      taking = take(publishes);
      // A rejection is heard at the next await above or below, not before.
      taking.catch(() => {});
    }
  }
  await taking;
  return count;
}
