import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../seed.ts';
import { FakeDevice, particleId } from '../testing/fake-device.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { soon } from '../testing/soon.ts';

describe('devices, by particle-api-js', () => {
  let world: ParticleWorld;

  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  it('are put into the product by id and by file', async () => {
    const ids = [particleId(1001), particleId(1002), particleId(1003)];
    world.cloud.manufacture(ids);
    const { product } = world;
    expect((await world.api.addDeviceToProduct({ deviceId: ids[0] ?? '', product: product.id })).body).toEqual({
      updated: 1,
      updatedDeviceIds: [ids[0]],
      existingDeviceIds: [],
      nonmemberDeviceIds: [],
      invalidDeviceIds: [],
    });
    const file = Buffer.from([...ids, particleId(9999)].join('\n'));
    expect((await world.api.addDeviceToProduct({ file, product: product.slug })).body).toEqual({
      updated: 2,
      updatedDeviceIds: ids.slice(1),
      existingDeviceIds: [ids[0]],
      nonmemberDeviceIds: [],
      invalidDeviceIds: [particleId(9999)],
    });
  });

  it('are claimed as they are put into the product, when a claim_user is named', async () => {
    const device = await world.device({ inProduct: false });
    const send = (claim_user: string) =>
      world.api.request({ method: 'post', uri: `/v1/products/${world.product.id}/devices`, form: { id: device.particle_id, claim_user } });
    await expect(send('nobody@x.example')).rejects.toMatchObject({ statusCode: 400 });
    await send(OWNER.username);
    expect((await world.api.getDevice({ deviceId: device.particle_id, product: world.product.id })).body).toMatchObject({
      owner: OWNER.username,
    });
  });

  it('are shown with what the cloud knows of them', async () => {
    const device = await world.device();
    const { body: before } = await world.api.getDevice({ deviceId: device.particle_id, product: world.product.id });
    expect(before).toMatchObject({
      id: device.particle_id,
      online: false,
      last_heard: null,
      last_handshake_at: null,
      functions: [],
      product_id: world.product.id,
    });
    const session = world.cloud.link.connect(device);
    const { body } = await world.api.getDevice({ deviceId: device.particle_id, product: world.product.id });
    expect(body).toMatchObject({
      online: true,
      connected: true,
      platform_id: 13,
      cellular: true,
      iccid: expect.stringMatching(/^\d{19}$/),
      imei: expect.stringMatching(/^\d{15}$/),
      functions: ['command', 'live'],
      variables: { voltage: 'int32', state: 'string', firmware: 'double' },
      groups: [],
      denied: false,
      quarantined: false,
      last_heard: expect.stringMatching(/^\d{4}-/),
    });
    const { serial_number } = body as unknown as { serial_number: string };
    expect((await world.owner.lookupSerialNumber({ serialNumber: serial_number })).body).toMatchObject({ deviceID: device.particle_id });
    session.disconnect({ clean: true });
    expect((await world.api.getDevice({ deviceId: device.particle_id, product: world.product.id })).body).toMatchObject({ online: false });
  });

  it('are listed by pages, names and groups', async () => {
    const other = await startWorld();
    const devices = await Promise.all(Array.from({ length: 30 }, () => other.device()));
    const [one, two] = devices.map(({ particle_id }) => particle_id);
    const { product } = other;
    await other.api.renameDevice({ deviceId: one ?? '', name: 'pump north', product: product.id });
    await other.api.request({ method: 'put', uri: `/v1/products/${product.id}/devices/${two}`, data: { groups: ['colorado'] } });
    const list = async (asked: Record<string, unknown>) =>
      (await other.api.listDevices({ product: product.slug, ...asked })).body as {
        devices: { id: string }[];
        meta: { total_pages: number };
      };
    const first = await list({});
    expect([first.devices.length, first.meta.total_pages]).toEqual([25, 2]);
    const second = await list({ page: 2 });
    expect(new Set([...first.devices, ...second.devices].map(({ id }) => id)).size).toBe(30);
    expect((await list({ deviceName: 'NORTH' })).devices.map(({ id }) => id)).toEqual([one]);
    expect((await list({ groups: ['colorado', 'texas'] })).devices.map(({ id }) => id)).toEqual([two]);
    const byId = (await list({ sortAttr: 'deviceId', sortDir: 'asc', perPage: 100 })).devices.map(({ id }) => id);
    expect(byId).toEqual(devices.map(({ particle_id }) => particle_id).sort());
    expect((await other.api.getProduct({ product: product.id })).body).toMatchObject({
      product: { slug: product.slug, groups: ['colorado'] },
    });
    await other.stop();
  });

  it('are renamed, noted and marked', async () => {
    const device = await world.device();
    const of = { deviceId: device.particle_id, product: world.product.id };
    expect((await world.api.renameDevice({ ...of, name: 'north well' })).body).toEqual({
      id: device.particle_id,
      name: 'north well',
      updated_at: expect.any(String),
    });
    await world.api.setDeviceNotes({ ...of, notes: 'behind the barn' });
    await world.api.markAsDevelopmentDevice(of);
    expect((await world.api.getDevice(of)).body).toMatchObject({ name: 'north well', notes: 'behind the barn', development: true });
    await expect(world.api.signalDevice({ ...of, signal: true })).rejects.toMatchObject({
      statusCode: 501,
      errorDescription: expect.stringContaining('signal'),
    });
    await expect(world.api.lockDeviceProductFirmware({ ...of, desiredFirmwareVersion: 3 })).rejects.toMatchObject({ statusCode: 400 });
    await expect(world.api.flashDevice({ ...of, files: { firmware: Buffer.from('x') } })).rejects.toMatchObject({ statusCode: 501 });
  });

  it('are claimed and let go by their owner', async () => {
    const device = await world.device({ inProduct: false });
    const { particle_id: deviceId } = device;
    await expect(world.owner.getDevice({ deviceId })).rejects.toMatchObject({ statusCode: 403, body: { error: 'Permission Denied' } });
    expect((await world.owner.claimDevice({ deviceId })).body).toMatchObject({ ok: true, id: deviceId, claimed: true, connected: false });
    expect((await world.owner.listDevices({})).body).toContainEqual(expect.objectContaining({ id: deviceId, owner: OWNER.username }));

    await world.api.createUser({ username: 'other@x.example', password: 'longenough' });
    const { body } = await world.api.login({ username: 'other@x.example', password: 'longenough' });
    const auth = body.access_token;
    await expect(world.owner.claimDevice({ deviceId, auth })).rejects.toMatchObject({
      statusCode: 403,
      errorDescription: expect.stringContaining('belongs to someone else'),
    });
    expect((await world.owner.removeDevice({ deviceId })).body).toEqual({ ok: true });
    expect((await world.owner.claimDevice({ deviceId, auth })).statusCode).toBe(200);
    const imported = await world.api.addDeviceToProduct({ deviceId, product: world.product.id });
    expect(imported.body).toMatchObject({ updated: 0, nonmemberDeviceIds: [deviceId] });
  });

  it('are not claimed when nobody made them, nor by an API user', async () => {
    await expect(world.owner.claimDevice({ deviceId: particleId(77_777) })).rejects.toMatchObject({
      statusCode: 404,
      errorDescription: expect.stringContaining('device does not exist'),
    });
    await expect(world.owner.claimDevice({ deviceId: 'short' })).rejects.toMatchObject({
      statusCode: 400,
      errorDescription: expect.stringContaining('id: '),
    });
    await expect(world.api.claimDevice({ deviceId: particleId(1) })).rejects.toMatchObject({
      statusCode: 400,
      body: { error: 'unauthorized' },
    });
  });

  it('leave the product', async () => {
    const device = await world.device();
    expect((await world.owner.removeDevice({ deviceId: device.particle_id, product: world.product.id })).statusCode).toBe(204);
    await expect(world.api.getDevice({ deviceId: device.particle_id, product: world.product.id })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  it('tell their vitals when they connect and when they are asked', async () => {
    const device = await world.device();
    const path = `/v1/products/${world.product.id}/diagnostics/${device.particle_id}`;
    const last = async () =>
      ((await world.api.get({ uri: `${path}/last` })) as unknown as { body: { diagnostics: { deviceID: string; payload: unknown } } }).body
        .diagnostics;
    await expect(last()).rejects.toMatchObject({ statusCode: 404 });
    world.cloud.link.connect(device);
    await soon(async () =>
      expect(await last()).toMatchObject({
        deviceID: device.particle_id,
        payload: { device: { network: { signal: { strength: 66.66 } } }, service: { device: { status: 'ok' } } },
      }),
    );
    device.vitals = { power: { source: 'VIN' } };
    await world.owner.post({ uri: `${path}/update` });
    await soon(async () => expect(await last()).toMatchObject({ payload: { device: { power: { source: 'VIN' } } } }));
  });

  it('tell their place when they connect and when they are asked', async () => {
    const device = await world.device();
    device.place = { lat: 39.7, lon: -104.9, horizontal_accuracy_m: 500 };
    world.cloud.link.connect(device);
    const places = async () =>
      ((await world.api.getProductLocations({ product: world.product.id, deviceId: device.particle_id })).body as { locations: unknown[] })
        .locations;
    await soon(async () =>
      expect(await places()).toMatchObject([
        { device_id: device.particle_id, gps_lock: true, online: true, geometry: { type: 'Point', coordinates: [-104.9, 39.7] } },
      ]),
    );
    device.place = { lat: 40, lon: -105, horizontal_accuracy_m: 500 };
    const asked = await world.api.callFunction({
      deviceId: device.particle_id,
      name: 'cmd',
      argument: '{"cmd":"get_loc"}',
      product: world.product.id,
    });
    expect(asked.body).toMatchObject({ return_value: 0 });
    expect(await places()).toMatchObject([{ geometry: { coordinates: [-105, 40] } }]);
  });

  it('are made once, by the factory of this machine', async () => {
    const make = (ids: unknown) =>
      fetch(`${world.cloud.url}/_local/devices`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ids }),
      });
    expect(await (await make([particleId(5001), particleId(5002), particleId(5001)])).json()).toEqual({ ok: true, manufactured: 2 });
    expect(await (await make([particleId(5001)])).json()).toEqual({ ok: true, manufactured: 0 });
    expect((await make(['no id'])).status).toBe(400);
    expect(() => world.cloud.link.connect(new FakeDevice(particleId(5002)))).not.toThrow();
  });

  it('and what is not carried out is said by its name', async () => {
    await expect(world.api.get({ uri: `/v1/products/${world.product.id}/customers` })).rejects.toMatchObject({
      statusCode: 501,
      body: { error: 'not_carried_out', error_description: expect.stringContaining(`GET /v1/products/${world.product.id}/customers`) },
    });
  });
});
