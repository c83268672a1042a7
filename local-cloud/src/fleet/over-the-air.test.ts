import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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

/** What boron/assemble.ts makes. */
const firmware = join(core, '../..');
const project = new Map(
  [
    ['boron/src', 'src'],
    ['core', 'src/core'],
  ].flatMap(([from = '', to = '']) =>
    readdirSync(join(firmware, from), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(h|cpp)$/.test(entry.name))
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.replace(join(firmware, from), to), readFileSync(path, 'utf8')] as const;
      }),
  ),
);

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
    // It proves itself by its first publish, as the Boron's adapter has it.
    const update = async () => {
      const { body } = await api.getVariable({ deviceId: first ?? '', product: product(), name: 'update' });
      return JSON.parse(String(body.result));
    };
    await vi.waitFor(async () => expect(await update()).toEqual({ version: 2, confirmed: true, late: false }), { timeout: 20_000 });
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

  /** Puts the first device into the product, and one of the versions into it. */
  const lockFirst = async (version: number) => {
    const [first] = devices;
    const ingest = new Particle({ baseUrl: field.particle.url, auth: field.particle.accessToken });
    await ingest.addDeviceToProduct({ deviceId: first?.particle_id ?? '', product: product() });
    await api.put({
      uri: `/v1/products/${product()}/devices/${first?.particle_id}`,
      data: { desired_firmware_version: version, flash: true },
      auth: field.particle.firmwareToken,
    });
  };
  const compile = async (change: (path: string, text: string) => string) => {
    const files = Object.fromEntries([...project].map(([path, text]) => [path, Buffer.from(change(path, text))]));
    return api.compileCode({ files, platformId: 13, targetVersion: '6.3.0' });
  };
  const uploaded = async (version: number, change: (path: string, text: string) => string) => {
    const { body } = await compile((path, text) =>
      change(path, path === 'src/main.cpp' ? text.replace('PRODUCT_VERSION(1);', `PRODUCT_VERSION(${version});`) : text),
    );
    const file = (await api.downloadFirmwareBinary({ binaryId: body.binary_id })) as Buffer;
    await api.uploadProductFirmware({ product: product(), version, title: `${version}`, description: '', file });
  };

  it('is compiled of its project, and is another core then; what does not compile is told in the compiler’s words', {
    timeout: 240_000,
  }, async () => {
    await expect(compile((path, text) => (path === 'src/main.cpp' ? `${text}\nint x = ;` : text))).resolves.toMatchObject({
      body: { ok: false, output: 'Compiler timed out or encountered an error', errors: [expect.stringContaining('expected expression')] },
    });
    field.live(devices.slice(0, 1));
    await online();
    await uploaded(2, (_, text) => text.replace('kFirmwareVersion = "1.0.0"', 'kFirmwareVersion = "9.9.9"'));
    await lockFirst(2);
    await vi.waitFor(async () => expect((await versions())[0]).toBe(2), { timeout: 30_000 });
    expect(JSON.parse(field.fleet.devices[0]?.report() ?? '{}')).toMatchObject({ firmware: '9.9.9' });
  });

  it('that traps leaves its device silent until somebody comes with a cable; the others go on', { timeout: 240_000 }, async () => {
    field.live(devices);
    await online();
    await uploaded(2, (path, text) =>
      path === 'src/core/device.cpp' ? text.replace(/(void Device::boot\([^)]*\) \{)/, '$1 __builtin_trap();') : text,
    );
    await lockFirst(2);
    const [first, second] = field.fleet.devices;
    await vi.waitFor(() => expect(first?.product_version).toBe(2), { timeout: 30_000 });
    const tried = first?.boots ?? 0;
    await vi.waitFor(() => expect(first?.boots).toBeGreaterThan(tried + 1), { timeout: 30_000 });
    expect([first?.is_on, first?.online, second?.online]).toEqual([false, false, true]);
    const flashed = await fetch(field.control.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.control.token}` },
      body: JSON.stringify({ verb: 'usb-flash', device: first?.device.device_id }),
    });
    expect(flashed.status).toBe(200);
    await online();
    expect(JSON.parse(first?.report() ?? '{}')).toMatchObject({ boot_id: first?.boots, firmware: '1.0.0' });
  });
});
