import { withFirmwareSection } from '@enstratus/device-firmware/compiler';
import Particle from 'particle-api-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceSession } from '../device-link.ts';
import { FakeDevice, particleId } from '../testing/fake-device.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type ParticleWorld, startWorld } from '../testing/particle-world.ts';
import { soon } from '../testing/soon.ts';

/** The smallest WebAssembly module there is, which says that it is a version. */
const binary = (product_version: number) =>
  Buffer.from(withFirmwareSection(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), { product_version }));

/** A device that takes what comes and restarts, when the test lets it connect again. */
class UpdatedDevice extends FakeDevice {
  product_version = 1;
  takes = true;
  readonly got: Uint8Array[] = [];

  async update(file: Uint8Array): Promise<boolean> {
    this.got.push(file);
    return this.takes;
  }
}

describe('firmware of a product', () => {
  let clock: ManualClock;
  let world: ParticleWorld;
  let firmware: Particle;
  let product: string;
  let made = 0;

  beforeEach(async () => {
    clock = new ManualClock();
    world = await startWorld({ clock });
    product = world.product.slug;
    firmware = new Particle({ baseUrl: world.cloud.url, auth: world.cloud.seed().firmware_token });
  });
  afterEach(() => world.stop());

  const upload = (version: number, file = binary(version)) =>
    firmware.uploadProductFirmware({ product, version, title: `Version ${version}`, file, description: '' });
  const release = (version: number, groups: string[], intelligent = true) =>
    firmware.releaseProductFirmware({ product, version, groups, product_default: false, intelligent } as never);
  const device = async (groups: string[]) => {
    const fresh = new UpdatedDevice(particleId(7000 + made++));
    world.cloud.manufacture([fresh.particle_id]);
    await world.api.addDeviceToProduct({ deviceId: fresh.particle_id, product });
    await change(fresh, { groups });
    return fresh;
  };
  const change = (one: UpdatedDevice, data: Record<string, unknown>) =>
    firmware.put({ uri: `/v1/products/${product}/devices/${one.particle_id}`, data, auth: world.cloud.seed().firmware_token });
  const shown = async (one: UpdatedDevice) => (await world.api.getDevice({ deviceId: one.particle_id, product })).body;
  const connect = (one: UpdatedDevice): DeviceSession => world.cloud.link.connect(one);
  /** A device that runs a version, so that it may be released. */
  const proven = async (version: number) => {
    const first = await device([]);
    first.product_version = version;
    connect(first).disconnect({ clean: true });
  };

  it('is listed as it was uploaded, and refused when its version is not the one in the binary, or there already', async () => {
    await upload(2);
    const { body } = await firmware.listProductFirmware({ product });
    expect(body).toMatchObject([{ version: 2, title: 'Version 2', groups: [], product_default: false, size: binary(2).length }]);
    await expect(upload(3, binary(2))).rejects.toMatchObject({ statusCode: 400 });
    await expect(upload(2)).rejects.toMatchObject({ statusCode: 409 });
    await expect(upload(4, Buffer.from('no firmware'))).rejects.toMatchObject({ statusCode: 400 });
  });

  it('is not released before one device of the product has run it', async () => {
    await upload(2);
    await expect(release(2, ['dev'])).rejects.toMatchObject({ statusCode: 400 });
    await proven(2);
    await expect(release(2, ['dev'])).resolves.toMatchObject({ body: { version: 2, groups: ['dev'] } });
  });

  it('goes at once to the devices of the group that are online, and to no others', async () => {
    const [dev, prod] = [await device(['dev']), await device(['prod'])];
    const session = connect(dev);
    connect(prod);
    await upload(2);
    await proven(2);
    await release(2, ['dev']);
    expect(await shown(dev)).toMatchObject({ firmware_version: 1, targeted_firmware_release_version: 2 });
    expect(await shown(prod)).toMatchObject({ firmware_version: 1, targeted_firmware_release_version: null });
    clock.advance(10_000);
    await soon(() => expect(dev.got).toHaveLength(1));
    expect(Buffer.from(dev.got[0] ?? []).equals(binary(2))).toBe(true);
    expect(prod.got).toEqual([]);
    session.disconnect({ clean: true });
    dev.product_version = 2;
    connect(dev);
    expect(await shown(dev)).toMatchObject({ firmware_version: 2 });
    clock.advance(60_000);
    expect(dev.got).toHaveLength(1);
  });

  it('goes to a device that was offline when it connects, also by a standard release', async () => {
    const dev = await device(['dev']);
    await upload(2);
    await proven(2);
    await release(2, ['dev'], false);
    connect(dev);
    await soon(() => {
      clock.advance(10_000);
      expect(dev.got).toHaveLength(1);
    });
  });

  it('that a device refuses is told as failed, and the device stays what it was', async () => {
    const events: string[] = [];
    const stream = await world.api.getEventStream({ product, name: 'spark/flash' });
    stream.on('event', ({ data }: { data: string }) => events.push(data));
    const dev = await device(['dev']);
    dev.takes = false;
    connect(dev);
    await upload(2);
    await proven(2);
    await release(2, ['dev']);
    await soon(() => {
      clock.advance(10_000);
      expect(events).toEqual(['started ', 'failed ']);
    });
    expect(await shown(dev)).toMatchObject({ firmware_version: 1 });
    stream.abort();
  });

  it('is what a device is locked to before every release, and nothing for a development device', async () => {
    const [locked, development] = [await device(['dev']), await device(['dev'])];
    connect(locked);
    connect(development);
    await upload(2);
    await upload(3);
    await change(development, { development: true });
    await change(development, { desired_firmware_version: 3, flash: true });
    await change(locked, { desired_firmware_version: 3, flash: true });
    clock.advance(10_000);
    await soon(() => expect(Buffer.from(locked.got[0] ?? []).equals(binary(3))).toBe(true));
    await expect(change(locked, { desired_firmware_version: 9 })).rejects.toMatchObject({ statusCode: 400 });
    await proven(2);
    await release(2, ['dev']);
    clock.advance(10_000);
    expect(await shown(locked)).toMatchObject({ desired_firmware_version: 3, targeted_firmware_release_version: 2 });
    expect(development.got).toEqual([]);
    await change(locked, { desired_firmware_version: null });
    expect(await shown(locked)).toMatchObject({ desired_firmware_version: null });
  });

  it('of the highest version wins where a device is in several groups, and a group has one release', async () => {
    const both = await device(['dev', 'prod']);
    await upload(2);
    await upload(3);
    await proven(2);
    await proven(3);
    await release(2, ['dev', 'prod'], false);
    await release(3, ['dev'], false);
    expect(await shown(both)).toMatchObject({ targeted_firmware_release_version: 3 });
    const { body } = await firmware.listProductFirmware({ product });
    expect(body).toMatchObject([
      { version: 3, groups: ['dev'] },
      { version: 2, groups: ['prod'] },
    ]);
    await release(2, ['dev', 'prod'], false);
    expect(await shown(both)).toMatchObject({ targeted_firmware_release_version: 2 });
  });

  it('is nothing to the token of another repo', async () => {
    await expect(world.api.listProductFirmware({ product })).rejects.toMatchObject({ statusCode: 400, body: { error: 'unauthorized' } });
  });
});

describe('the cloud compiler', () => {
  it('takes sources for a Boron alone', async () => {
    const world = await startWorld();
    try {
      const api = new Particle({ baseUrl: world.cloud.url, auth: world.cloud.seed().firmware_token });
      const files = { 'src/main.cpp': Buffer.from('PRODUCT_VERSION(1);') };
      await expect(api.compileCode({ files, platformId: 32, targetVersion: '6.3.0' })).rejects.toMatchObject({ statusCode: 400 });
      await expect(api.compileCode({ files, platformId: 13, targetVersion: '4.0.0' })).rejects.toMatchObject({ statusCode: 400 });
    } finally {
      await world.stop();
    }
  });
});
