import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { type Receiver, startReceiver } from '../testing/receiver.ts';
import { soon } from '../testing/soon.ts';

describe('webhooks, by particle-api-js', () => {
  let world: ParticleWorld;
  let receiver: Receiver;

  beforeEach(async () => {
    world = await startWorld();
    receiver = await startReceiver();
  });
  afterEach(async () => {
    await world.stop();
    await receiver.stop();
  });

  it('are made, listed, edited and deleted as webhooks and as integrations', async () => {
    const product = world.product.slug;
    const url = `${receiver.url}/a`;
    const made = await world.api.createWebhook({
      event: 'status',
      url,
      product,
      rejectUnauthorized: false,
      noDefaults: true,
      hook: { headers: { a: 'b' }, json: { x: 1 } },
    });
    expect(made.statusCode).toBe(201);
    expect(made.body).toMatchObject({
      ok: true,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      url,
      event: 'status',
      name: 'status for 127.0.0.1',
      hookUrl: `${world.cloud.url}/v1/products/${product}/webhooks/${made.body.id}`,
    });
    const integration = await world.api.createIntegration({
      event: 'alarm',
      settings: { integration_type: 'Webhook', url, requestType: 'PUT', name: 'Alarms' },
      product,
    });
    const listed = (await world.api.listIntegrations({ product })).body;
    expect(listed).toEqual((await world.api.listWebhooks({ product })).body);
    expect(listed).toMatchObject([
      { id: made.body.id, event: 'status', integration_type: 'Webhook', url, requestType: 'POST' },
      { id: integration.body.id, event: 'alarm', requestType: 'PUT', name: 'Alarms' },
    ]);
    await world.api.editIntegration({ integrationId: made.body.id, event: 'other', settings: { url: `${url}/b` }, product });
    const whole = (await world.api.get({ uri: `/v1/products/${product}/integrations/${made.body.id}` })) as unknown as {
      body: { integration: Record<string, unknown> };
    };
    expect(whole.body.integration).toMatchObject({ event: 'other', url: `${url}/b`, noDefaults: false, rejectUnauthorized: true });
    expect(whole.body.integration).not.toHaveProperty('json');
    expect((await world.api.deleteIntegration({ integrationId: made.body.id, product })).statusCode).toBe(200);
    await world.api.deleteWebhook({ hookId: integration.body.id, product });
    expect((await world.api.listIntegrations({ product })).body).toEqual([]);
    await expect(world.api.deleteIntegration({ integrationId: made.body.id, product })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('are refused with the field that is wrong', async () => {
    const { slug: product } = world.product;
    const make = (settings: Record<string, string | boolean | object>, event = 'status') =>
      world.api.createIntegration({ event, settings: { url: receiver.url, ...settings }, product });
    await expect(make({ url: 'ftp://x' })).rejects.toMatchObject({ statusCode: 400, errorDescription: expect.stringContaining('url: ') });
    await expect(make({}, '')).rejects.toMatchObject({ statusCode: 400, errorDescription: expect.stringContaining('event: ') });
    await expect(make({ json: {}, body: 'x' })).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('mutually exclusive'),
    });
    await expect(make({ body: '{{#open}}' })).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('template'),
    });
    await expect(make({ unknownField: 'x' })).rejects.toMatchObject({ statusCode: 400 });
    await expect(make({ integration_type: 'GoogleMaps' })).rejects.toMatchObject({ statusCode: 501 });
    await expect(make({ deviceID: 'e00fce68000000000000000a' })).rejects.toMatchObject({ statusCode: 400 });
    expect((await world.api.listIntegrations({ product })).body).toEqual([]);
  });

  it('take everything with their prefix, the product’s devices alone, and nothing when they are disabled', async () => {
    const [inside, outside] = [await world.device(), await world.device({ inProduct: false })];
    const settings = { url: receiver.url };
    await world.api.createIntegration({ event: 'status', settings, product: world.product.id });
    const off = await world.api.createIntegration({
      event: 'status/off',
      settings: { ...settings, disabled: true },
      product: world.product.id,
    });
    const session = world.cloud.link.connect(inside);
    for (const name of ['status', 'status/off', 'Status', 'stat']) await session.publish(name, name);
    await world.cloud.link.connect(outside).publish('status', 'outside');
    await soon(() => expect(world.cloud.counts().succeeded).toBe(2));
    expect(receiver.received.map(({ body }) => new URLSearchParams(body).get('data')).sort()).toEqual(['status', 'status/off']);
    expect(world.cloud.counts()).toMatchObject({ triggered: 2, sent: 2, failed: 0, queued: 0 });
    expect(off.statusCode).toBe(201);
  });

  it('of a sandbox take the events of the claimed devices, or of the one device', async () => {
    const [one, two] = [await world.device(), await world.device()];
    for (const { particle_id: deviceId } of [one, two]) await world.owner.claimDevice({ deviceId });
    await world.owner.createWebhook({ event: 'status', url: `${receiver.url}/all` });
    await world.owner.createWebhook({ event: 'status', url: `${receiver.url}/two`, device: two.particle_id });
    for (const device of [one, two]) await world.cloud.link.connect(device).publish('status', device.particle_id);
    await soon(() => expect(world.cloud.counts().succeeded).toBe(3));
    const got = receiver.received.map(({ path, body }) => `${path} ${new URLSearchParams(body).get('data')}`).sort();
    expect(got).toEqual([`/all ${one.particle_id}`, `/all ${two.particle_id}`, `/two ${two.particle_id}`].sort());
  });

  it('of a sandbox get nothing of a device that somebody else has claimed', async () => {
    const device = await world.device({ inProduct: false });
    await world.owner.createWebhook({ event: 'status', url: `${receiver.url}/mine`, device: device.particle_id });
    await world.api.createUser({ username: 'other@x.example', password: 'longenough' });
    const { body } = await world.api.login({ username: 'other@x.example', password: 'longenough' });
    await world.owner.claimDevice({ deviceId: device.particle_id, auth: body.access_token });
    await world.owner.createWebhook({ event: 'status', url: `${receiver.url}/theirs`, auth: body.access_token });
    await world.cloud.link.connect(device).publish('status', 'private');
    await soon(() => expect(world.cloud.counts().succeeded).toBe(1));
    expect(world.cloud.counts().triggered).toBe(1);
    expect(receiver.received.map(({ path }) => path)).toEqual(['/theirs']);
  });

  it('are kept with everything else over a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'particle-'));
    const file = `${folder}/particle.sqlite`;
    const first = await startWorld({ file });
    const device = await first.device();
    await first.api.createWebhook({ event: 'status', url: receiver.url, product: first.product.id });
    first.cloud.link.connect(device);
    const { access_token } = first.cloud.seed();
    await first.stop();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const second = await startWorld({ file });
    expect(second.cloud.seed()).toMatchObject({ access_token, product: first.product });
    const { body } = await second.api.getDevice({ deviceId: device.particle_id, product: second.product.id });
    expect(body).toMatchObject({ online: false, last_heard: expect.any(String), functions: device.functions });
    await second.cloud.link.connect(device).publish('status', 'after the restart');
    await soon(() => expect(receiver.received).toHaveLength(1));
    await second.stop();
    rmSync(folder, { recursive: true });
  });
});
