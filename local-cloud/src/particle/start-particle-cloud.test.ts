import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ParticleWorld, startWorld } from './testing/particle-world.ts';
import { type Receiver, startReceiver } from './testing/receiver.ts';

/** What particle-api-js, unmodified, gets from the stand-in. */
describe('the Particle cloud, by particle-api-js', () => {
  let world: ParticleWorld;
  let receiver: Receiver;

  beforeAll(async () => {
    world = await startWorld({ callTimeout_ms: 50 });
    receiver = await startReceiver();
  });
  afterEach(() => {
    receiver.received.length = 0;
    receiver.answer = () => ({ status: 200 });
  });
  afterAll(async () => {
    await world.stop();
    await receiver.stop();
  });

  it('calls a function of a device that is online', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    device.answer = (_name, argument) => argument.length;
    const { body } = await world.api.callFunction({
      deviceId: device.particle_id,
      name: 'command',
      argument: 'c1,start',
      product: world.product.id,
    });
    expect(body).toEqual({ id: device.particle_id, name: null, connected: true, return_value: 8 });
    expect(device.calls).toEqual([{ name: 'command', argument: 'c1,start' }]);
  });

  it('brings a publish to a webhook of the product', async () => {
    const device = await world.device();
    const session = world.cloud.link.connect(device);
    const { body } = await world.api.createWebhook({
      event: 'status',
      url: `${receiver.url}/hook`,
      hook: { method: 'POST', headers: { 'x-secret': 'abc' } },
      product: world.product.slug,
    });
    expect(await session.publish('status/live', '{"a":1}')).toBe(true);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1));
    const [got] = receiver.received;
    expect(got?.headers).toMatchObject({
      'x-secret': 'abc',
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'ParticleBot/1.1 (https://docs.particle.io/webhooks)',
    });
    expect(Object.fromEntries(new URLSearchParams(got?.body))).toMatchObject({
      event: 'status/live',
      data: '{"a":1}',
      coreid: device.particle_id,
    });
    await world.api.deleteWebhook({ hookId: body.id, product: world.product.slug });
  });
});
