import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withFirmwareSection } from '@enstratus/device-firmware/compiler';
import Particle from 'particle-api-js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Field, startField } from './field.ts';
import { someDevices } from './testing/some-devices.ts';

/** The core that the build has made, as another version. */
const core = join(fileURLToPath(import.meta.resolve('@enstratus/device-firmware/core')), '../../enstratus-core.wasm');
const binary = (product_version: number) => Buffer.from(withFirmwareSection(readFileSync(core), { product_version }));

const devices = someDevices(3);

/** A field whose devices need seconds for what takes them minutes. */
describe('a firmware that comes over the air', () => {
  let folder: string;
  let field: Field;
  let api: Particle;
  const start = async () => {
    field = await startField({ directory: folder, port: 0, seed: 1, speed: 40 });
    api = new Particle({ baseUrl: field.particle.url, auth: field.particle.firmwareToken });
  };
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'over-the-air-'));
    await start();
  });
  afterEach(async () => {
    await field.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const product = () => field.particle.product;
  const versions = async () => {
    const { body } = (await api.listDevices({ product: product() })) as { body: { devices: { id: string; firmware_version: number }[] } };
    return devices.map(({ particle_id }) => body.devices.find(({ id }) => id === particle_id)?.firmware_version);
  };
  const online = () => vi.waitFor(() => expect(field.fleet.devices.every((device) => device.online)).toBe(true), { timeout: 20_000 });

  it('is what the devices of the group run from then on, on the same flash, also after a new start', { timeout: 60_000 }, async () => {
    field.live(devices);
    const ingest = new Particle({ baseUrl: field.particle.url, auth: field.particle.accessToken });
    for (const { particle_id } of devices) await ingest.addDeviceToProduct({ deviceId: particle_id, product: product() });
    const [first, second, third] = devices.map(({ particle_id }) => particle_id);
    const put = (id: string | undefined, data: Record<string, unknown>) =>
      api.put({ uri: `/v1/products/${product()}/devices/${id}`, data, auth: field.particle.firmwareToken });
    await put(first, { groups: ['dev'] });
    await put(second, { groups: ['dev'] });
    await put(third, { groups: ['prod'] });
    await online();
    const boots = field.fleet.devices.map((device) => device.boots);

    await api.uploadProductFirmware({ product: product(), version: 2, title: 'Two', description: '', file: binary(2) });
    await put(first, { desired_firmware_version: 2, flash: true });
    await vi.waitFor(async () => expect(await versions()).toEqual([2, 1, 1]), { timeout: 20_000 });
    await put(first, { desired_firmware_version: null });
    await api.releaseProductFirmware({
      product: product(),
      version: 2,
      groups: ['dev'],
      product_default: false,
      intelligent: true,
    } as never);
    await vi.waitFor(async () => expect(await versions()).toEqual([2, 2, 1]), { timeout: 20_000 });
    expect(field.fleet.devices.map((device) => device.boots)).toEqual([(boots[0] ?? 0) + 1, (boots[1] ?? 0) + 1, boots[2]]);

    await field.stop();
    await start();
    field.live(devices);
    expect(field.fleet.devices.map((device) => device.product_version)).toEqual([2, 2, 1]);
    await online();
    expect(await versions()).toEqual([2, 2, 1]);
  });
});
