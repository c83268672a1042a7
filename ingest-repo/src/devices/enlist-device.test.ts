import { beforeEach, expect, it } from 'vitest';
import { ParticleAccessDenied, ParticleOutage, ParticleRefusal } from '../particle/particle-failure.ts';
import { productWebhook } from '../particle/product-webhook.ts';
import { MemoryParticle } from '../testing/memory-particle.ts';
import { enlistment } from './enlist-device.ts';

const device = { device_id: 'pump-1', particle_id: '0123456789abcdef01234567', name: 'North pump', pack_minutes: 5 };
let particle: MemoryParticle;
const enlist = () =>
  enlistment((work) => work(particle), productWebhook({ url: 'https://hook.example/', secret: async () => 's', clock: () => 1 }))(device);

beforeEach(() => {
  particle = new MemoryParticle();
});

it('puts the device into the product, names it, sees to the webhook, and writes its settings, and does so again', async () => {
  const steps = [
    ['addToProduct', device.particle_id],
    ['describe', device.particle_id, { name: 'pump-1', notes: 'North pump' }],
    ['webhooks'],
  ];
  const last = ['writeLedger', 'settings', device.particle_id, { pack_minutes: 5 }];
  await enlist();
  expect(particle.asked).toEqual([...steps, ['createWebhook'], ['webhooks'], last]);
  particle.asked.length = 0;
  await enlist();
  expect(particle.asked).toEqual([...steps, ['webhook', 'w1'], last]);
});

it.each([
  ['a device that Particle refuses', 'addToProduct', new ParticleRefusal('somebody else’s', 200), 'DeviceNotTaken'],
  ['a product that is not there', 'addToProduct', new ParticleRefusal('no such product', 404), 'ParticleRefusal'],
  ['an outage', 'addToProduct', new ParticleOutage('HTTP 503', 503), 'ParticleOutage'],
  ['a wrong token', 'describe', new ParticleAccessDenied('HTTP 401', 401), 'ParticleAccessDenied'],
  ['a webhook that Particle refuses', 'createWebhook', new ParticleRefusal('url', 400), 'ParticleRefusal'],
])('tells %s', async (_, failing, error, name) => {
  particle.before = async (method) => {
    if (method === failing) throw error;
  };
  await expect(enlist()).rejects.toMatchObject({ name });
});
