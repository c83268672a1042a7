import { type Cores, type EventName, loadCores } from '@enstratus/device-firmware/core';
import { Clouds } from '../src/fleet/clouds.ts';
import { fastForward } from '../src/fleet/fast-forward.ts';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { MemoryFlash } from '../src/fleet/memory-flash.ts';
import { SimulatedDevice } from '../src/fleet/simulated-device.ts';

const seed = 1;

/** One publish of a device. */
export interface Publish {
  readonly name: EventName;
  readonly text: string;
  /** Epoch seconds. */
  readonly at_s: number;
}

/** What devices publish in a stretch of time, from the firmware's core at high speed. */
export class CoreDays {
  readonly #cores: Cores;
  readonly #clouds = new Clouds(seed);

  private constructor(cores: Cores) {
    this.#cores = cores;
  }

  static async load(): Promise<CoreDays> {
    return new CoreDays(await loadCores());
  }

  /** A device's packs from when it gets power (`from_s`) until `to_s`, epoch seconds. */
  packs(device: FleetDevice, from_s: number, to_s: number): string[] {
    return this.publishes(device, from_s, to_s).flatMap(({ name, text }) => (name === 'status' ? [text] : []));
  }

  /** Everything that a device publishes from when it gets power (`from_s`) until `to_s`, epoch seconds, in order. */
  publishes(device: FleetDevice, from_s: number, to_s: number): Publish[] {
    const flash = new MemoryFlash().of(device.device_id);
    const simulated = new SimulatedDevice(device, flash, { seed, clouds: this.#clouds, cores: this.#cores });
    const publishes: Publish[] = [];
    fastForward(simulated, from_s * 1000, to_s * 1000, (_device, name, text, at_s) => publishes.push({ name, text, at_s }));
    simulated.free();
    return publishes;
  }
}
