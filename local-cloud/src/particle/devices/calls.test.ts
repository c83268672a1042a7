import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALL_TIMEOUT_MS } from '../chosen.ts';
import type { FakeDevice } from '../testing/fake-device.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';

describe('calls, by particle-api-js', () => {
  let world: ParticleWorld;

  beforeAll(async () => {
    world = await startWorld({ callTimeout_ms: 40 });
  });
  afterAll(() => world.stop());

  const call = ({ particle_id }: FakeDevice, name: string, argument?: string) =>
    world.api.callFunction({ deviceId: particle_id, name, product: world.product.id, ...(argument === undefined ? {} : { argument }) });

  it('reach a device that is online, and bring its answer back', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    device.answer = async (_name, argument) => -argument.length;
    const { body } = await call(device, 'command', 'c1,start');
    expect(body).toEqual({ id: device.particle_id, name: null, connected: true, return_value: -8 });
    expect(device.calls).toEqual([{ name: 'command', argument: 'c1,start' }]);
    expect((await call(device, 'live')).body).toMatchObject({ return_value: 0 });
  });

  it('carry their argument as arg and as args, in JSON and in a form', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    const uri = `/v1/products/${world.product.slug}/devices/${device.particle_id}/command`;
    for (const name of ['arg', 'args']) {
      await world.api.post({ uri, data: { [name]: `json ${name}` } });
      await world.api.request({ method: 'post', uri, form: { [name]: `form ${name}` } });
    }
    expect(device.calls.map(({ argument }) => argument)).toEqual(['json arg', 'form arg', 'json args', 'form args']);
    const raw = await fetch(`${world.cloud.url}${uri}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.cloud.seed().access_token}`, 'content-type': 'application/json' },
      body: '{"arg":"x","format":"raw"}',
    });
    expect(await raw.text()).toBe('0');
  });

  it('take 1,024 bytes and no more', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    expect((await call(device, 'command', 'é'.repeat(512))).statusCode).toBe(200);
    await expect(call(device, 'command', 'x'.repeat(1025))).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('1024'),
    });
  });

  it('are 404 for a device that is offline, and for a function that it does not have', async () => {
    const device = await world.device();
    await expect(call(device, 'command', '')).rejects.toMatchObject({
      statusCode: 404,
      body: { error: expect.stringContaining('not currently connected') },
    });
    const session = world.cloud.link.connect(device);
    await expect(call(device, 'fly', '')).rejects.toMatchObject({ statusCode: 404, body: { error: 'Function fly not found' } });
    session.disconnect({ clean: true });
    await expect(call(device, 'command', '')).rejects.toMatchObject({ statusCode: 404 });
  });

  it('are 408 for a device that says nothing, refuses, or has lost its power', async () => {
    const device = await world.device();
    const session = world.cloud.link.connect(device);
    device.answer = () => new Promise(() => {});
    await expect(call(device, 'command', '')).rejects.toMatchObject({ statusCode: 408, body: { error: 'Timed out.' } });
    device.answer = () => {
      throw new Error('broken');
    };
    await expect(call(device, 'command', '')).rejects.toMatchObject({ statusCode: 408 });
    session.disconnect({ clean: false });
    const before = device.calls.length;
    await expect(call(device, 'command', '')).rejects.toMatchObject({ statusCode: 408 });
    expect(device.calls).toHaveLength(before);
  });

  it('wait for as long as the cloud does', async () => {
    const clock = new ManualClock();
    const slow = await startWorld({ clock });
    const device = await slow.device();
    slow.cloud.link.connect(device);
    device.answer = () => new Promise(() => {});
    const answer = slow.api.callFunction({ deviceId: device.particle_id, name: 'command', argument: '', product: slow.product.id });
    const outcome = expect(answer).rejects.toMatchObject({ statusCode: 408 });
    await expect.poll(() => clock.waiting, { timeout: 10_000 }).toBe(1);
    clock.advance(CALL_TIMEOUT_MS);
    await outcome;
    expect(clock.waiting).toBe(0);
    await slow.stop();
  });

  it('read variables', async () => {
    const device = await world.device();
    const read = (name: string) => world.api.getVariable({ deviceId: device.particle_id, name, product: world.product.id });
    await expect(read('voltage')).rejects.toMatchObject({ statusCode: 404 });
    world.cloud.link.connect(device);
    expect((await read('voltage')).body).toEqual({
      name: 'voltage',
      result: 612,
      coreInfo: { name: null, deviceID: device.particle_id, connected: true, last_handshake_at: expect.any(String) },
    });
    expect((await read('state')).body).toMatchObject({ result: 'solar' });
    await expect(read('nothing')).rejects.toMatchObject({ statusCode: 404, body: { error: 'Variable not found' } });
  });

  it('can be made without the product, by whoever reaches the device', async () => {
    const device = await world.device();
    world.cloud.link.connect(device);
    expect((await world.api.callFunction({ deviceId: device.particle_id, name: 'command', argument: 'x' })).statusCode).toBe(200);
    const stranger = await world.device({ inProduct: false });
    world.cloud.link.connect(stranger);
    await expect(world.api.callFunction({ deviceId: stranger.particle_id, name: 'command', argument: 'x' })).rejects.toMatchObject({
      statusCode: 403,
    });
  });
});
