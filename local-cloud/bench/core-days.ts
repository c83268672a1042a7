import { type Cores, loadCores } from '@enstratus/device-firmware/core';
import { Clouds } from '../src/fleet/clouds.ts';
import { fastForward } from '../src/fleet/fast-forward.ts';
import type { FleetDevice } from '../src/fleet/fleet-device.ts';
import { MemoryFlash } from '../src/fleet/memory-flash.ts';
import { SimulatedDevice } from '../src/fleet/simulated-device.ts';

const seed = 1;

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
    const flash = new MemoryFlash().of(device.device_id);
    const simulated = new SimulatedDevice(device, flash, { seed, clouds: this.#clouds, cores: this.#cores });
    const packs: string[] = [];
    fastForward(simulated, from_s * 1000, to_s * 1000, (_device, name, text) => {
      if (name === 'status') packs.push(text);
    });
    simulated.free();
    return packs;
  }
}
