import type { WithParticle } from '../particle/particle-access.ts';
import type { ParticleCloud } from '../particle/particle-cloud.ts';
import { ParticleRefusal } from '../particle/particle-failure.ts';
import type { EnsureWebhook } from '../particle/product-webhook.ts';

/** The cloud-to-device ledger that a device takes its settings from ("What a device can be asked" in PROTOCOL.md). */
export const settingsLedger = 'settings';

export interface DeviceToEnlist {
  readonly device_id: string;
  readonly particle_id: string;
  readonly name: string;
  readonly pack_minutes: number;
}

/** Particle doesn't take this device into the product; the message says why. */
export class DeviceNotTaken extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DeviceNotTaken';
  }
}

/** Makes a device known to Particle. Throws DeviceNotTaken, and a ParticleFailure when Particle can't be asked. */
export type EnlistDevice = (device: DeviceToEnlist) => Promise<void>;

/**
 * Into the product, named, with its settings, and the product with its webhook. Each step may be done again. The device is not claimed by an account: devices of
 * a product need none, neither to publish nor to be called (Particle docs, "Claiming a device vs. product membership").
 *
 * In Particle's console a device has its device_id as its name, which holds only letters that Particle takes, and the name that people gave it as its notes.
 */
export function enlistment(withParticle: WithParticle, ensureWebhook: EnsureWebhook): EnlistDevice {
  return (device) => withParticle((particle) => enlist(device, particle, ensureWebhook));
}

async function enlist(
  { device_id, particle_id, name, pack_minutes }: DeviceToEnlist,
  particle: ParticleCloud,
  ensureWebhook: EnsureWebhook,
): Promise<void> {
  try {
    await particle.addToProduct(particle_id);
  } catch (error) {
    // 404 would be the product: a setting of ours is wrong, and no device.
    if (error instanceof ParticleRefusal && error.status !== 404) throw new DeviceNotTaken(error.message);
    throw error;
  }
  await particle.describe(particle_id, { name: device_id, notes: name });
  await ensureWebhook(particle);
  await particle.writeLedger(settingsLedger, particle_id, { pack_minutes });
}
