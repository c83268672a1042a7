import type { Cores } from '@enstratus/device-firmware/core';
import { Clouds } from '../fleet/clouds.ts';
import { fastForward } from '../fleet/fast-forward.ts';
import type { FleetDevice } from '../fleet/fleet-device.ts';
import { MemoryFlash } from '../fleet/memory-flash.ts';
import { SimulatedDevice } from '../fleet/simulated-device.ts';
import { type DayRollup, RollupMaker } from './rollup-maker.ts';

/** A stretch of time in epoch seconds, the end excluded. */
export interface Stretch {
  readonly from_s: number;
  readonly to_s: number;
}

/** How far apart a device samples in the part of its past of which only rollups stay: four documents an hour. */
export const pastEvery_s = 900;

/**
 * Lets the core live through a stretch of a device's past, from an empty flash, at high speed, and makes rollups of what it publishes. The same device, seed and stretch
 * give the same rollups.
 */
export function pastDays(cores: Cores, seed: number, device: FleetDevice, { from_s, to_s }: Stretch): readonly DayRollup[] {
  // Without an id packs don't wait for a second of their own: nobody hears of when they come, and to wake the device for it would take as long again.
  const world = { seed, clouds: new Clouds(seed), cores, core: { id: '' } };
  const simulated = new SimulatedDevice(device, new MemoryFlash().of(device.device_id), world);
  const maker = new RollupMaker();
  simulated.everySecondsFrom(pastEvery_s, from_s * 1000);
  fastForward(simulated, from_s * 1000, to_s * 1000, (_device, name, text) => {
    if (name === 'status') maker.take(text, pastEvery_s);
  });
  simulated.free();
  return maker.made();
}
