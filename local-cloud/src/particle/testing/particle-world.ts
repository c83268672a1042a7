import Particle from 'particle-api-js';
import { OWNER } from '../seed.ts';
import { type ParticleCloud, type ParticleCloudOptions, startParticleCloud } from '../start-particle-cloud.ts';
import { FakeDevice, particleId } from './fake-device.ts';

export interface ParticleWorld {
  readonly cloud: ParticleCloud;
  /** particle-api-js with the seeded API user's token. */
  readonly api: Particle;
  /** The same, as the owner. */
  readonly owner: Particle;
  readonly product: { readonly id: number; readonly slug: string };
  /** A device that was manufactured and, unless told otherwise, is in the product. */
  device(how?: { readonly inProduct?: boolean }): Promise<FakeDevice>;
  stop(): Promise<void>;
}

/** A cloud in memory with its seed, and the published client for it. */
export async function startWorld(options: Partial<ParticleCloudOptions> = {}): Promise<ParticleWorld> {
  const cloud = await startParticleCloud({ port: 0, file: ':memory:', ...options });
  const { access_token, product } = cloud.seed();
  const api = new Particle({ baseUrl: cloud.url, auth: access_token });
  const { body } = await new Particle({ baseUrl: cloud.url }).login(OWNER);
  const owner = new Particle({ baseUrl: cloud.url, auth: body.access_token });
  let made = 0;
  return {
    cloud,
    api,
    owner,
    product,
    async device({ inProduct = true } = {}) {
      const device = new FakeDevice(particleId(made++));
      cloud.manufacture([device.particle_id]);
      if (inProduct) await api.addDeviceToProduct({ deviceId: device.particle_id, product: product.slug });
      return device;
    },
    stop: () => cloud.stop(),
  };
}
