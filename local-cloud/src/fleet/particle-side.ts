import type { FunctionName } from '@enstratus/device-firmware/core';
import type { ParticleDevice } from '../particle/device-link.ts';
import type { SimulatedDevice } from './simulated-device.ts';

const functions: readonly FunctionName[] = ['command', 'schedule', 'live', 'resend', 'settings'];

/** What a live device's runtime does around each thing that the cloud asks of it. */
export interface Turns {
  /** Runs `work` at the present and keeps what it wrote, before anybody hears its result. */
  within<T>(device: SimulatedDevice, work: (now_ms: number) => T): T;
  /** Puts a firmware into a device, which restarts with it. Resolves to false when it is none for it. */
  update(device: SimulatedDevice, binary: Uint8Array): Promise<boolean>;
}

/** A simulated device as the Particle cloud sees it. */
export function particleSide(device: SimulatedDevice, turns: Turns): ParticleDevice {
  const { particle_id, lat, lon } = device.device;
  return {
    particle_id,
    product_version: device.product_version,
    functions,
    variables: ['report', 'update'],
    call: (name, argument) => {
      const known = functions.find((one) => one === name);
      if (known === undefined) throw new Error(`${device.device.device_id} has no function ${name}`);
      return turns.within(device, (now_ms) => device.call(known, argument, now_ms));
    },
    variable: (name) => (name === 'report' ? device.report() : name === 'update' ? device.update() : undefined),
    ledger: (name, data) => {
      if (name === 'settings') turns.within(device, (now_ms) => device.takeLedger(data, now_ms));
    },
    update: (binary) => turns.update(device, binary),
    // By cell towers, a kilometre or so beside the truth.
    locate: () => ({ lat: Math.round(lat * 100) / 100, lon: Math.round(lon * 100) / 100, horizontal_accuracy_m: 1200 }),
    diagnostics: () => ({
      network: { signal: { at: 'LTE Cat-M1', strength: Math.max(0, device.signalPct()), quality: Math.max(0, device.signalPct()) } },
      system: { uptime: Math.floor(device.uptime_ms / 1000) },
    }),
  };
}
