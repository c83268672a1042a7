import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeStatus } from '@enstratus/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Field, startField } from './field.ts';
import { readFieldFile } from './field-file.ts';
import type { CollectedPublish } from './field-messages.ts';
import { someDevices } from './testing/some-devices.ts';

const devices = someDevices(3);
const now_s = () => Math.floor(Date.now() / 1000);
const listed = z.array(
  z.looseObject({ device_id: z.string(), online: z.boolean(), power: z.boolean(), boots: z.number(), fault_code: z.number().nullable() }),
);

/** A field whose devices need seconds for what takes them minutes; Particle's rate of one publish a second is the real one. */
describe('the field', () => {
  let folder: string;
  let field: Field;

  beforeEach(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'field-')), 'field');
    field = await start();
  });
  afterEach(async () => {
    await field.stop();
    rmSync(dirname(folder), { recursive: true, force: true });
  });

  const start = () => startField({ directory: folder, port: 0, seed: 1, speed: 40, sampled: join(folder, 'sampled.ndjson') });

  const control = (command: object, headers: Record<string, string> = {}) =>
    fetch(field.control.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.control.token}`, ...headers },
      body: JSON.stringify(command),
    });
  const states = async () => listed.parse(await (await control({ verb: 'list' })).json());
  const history = async (from_s: number, to_s: number) => {
    const publishes: CollectedPublish[] = [];
    await field.history({ devices, from_s, to_s, every_s: 60 }, async (batch) => {
      publishes.push(...batch);
    });
    return publishes;
  };

  it('hands over a past, batch by batch, and tells what was sampled in it', async () => {
    const to_s = now_s() - 60;
    const publishes = await history(to_s - 6 * 3600, to_s);
    const documents = publishes.flatMap(({ name, text }) => {
      const decoded = name === 'status' ? decodeStatus(text, 0) : undefined;
      return decoded?.ok ? decoded.documents : [];
    });
    const sampled = readFileSync(join(folder, 'sampled.ndjson'), 'utf8').trim().split('\n').length;
    expect(documents.length).toBeGreaterThan(3 * 5 * 60);
    expect(sampled).toBeGreaterThanOrEqual(documents.length);
    expect(sampled).toBeLessThan(documents.length + 3 * 15 + 60);
  });

  it('lets devices live: they connect, report, answer, lose power and come back on the same flash', async () => {
    field.manufacture(devices.map(({ particle_id }) => particle_id));
    const to_s = now_s() - 60;
    await history(to_s - 3600, to_s);
    field.live(devices);
    await vi.waitFor(async () => expect((await states()).every(({ online }) => online)).toBe(true), { timeout: 10_000 });

    const [first] = devices;
    const device_id = first?.device_id ?? '';
    const called = await fetch(`${field.particle.url}/v1/products/${field.particle.product}/devices/${first?.particle_id}/command`, {
      method: 'POST',
      headers: { authorization: `Bearer ${field.particle.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ arg: 'c1,stop' }),
    });
    // It was made, but nobody has claimed it for the product.
    expect(called.status).toBe(404);

    const boots = (await states()).find((state) => state.device_id === device_id)?.boots ?? 0;
    await control({ verb: 'power-cut', device: device_id, minutes: 0.5 });
    await vi.waitFor(
      async () => expect((await states())[0]).toMatchObject({ power: false, online: false, fault_code: null, motor_w: null }),
      { timeout: 5000 },
    );
    await vi.waitFor(async () => expect((await states())[0]).toMatchObject({ online: true, boots: boots + 1 }), { timeout: 15_000 });

    await control({ verb: 'fault', device: device_id, code: 11 });
    expect((await states())[0]).toMatchObject({ fault_code: 11 });
    await control({ verb: 'clear', device: device_id });
    expect((await states())[0]).toMatchObject({ fault_code: 0 });

    const before = (await states()).map((state) => state.boots);
    await field.stop();
    field = await start();
    field.live(devices);
    await vi.waitFor(async () => expect((await states()).map((state) => state.boots)).toEqual(before.map((count) => count + 1)), {
      timeout: 5000,
    });
  });

  it('goes on at once after a stop: what devices sampled in between has no hole', async () => {
    const to_s = Math.floor(now_s() / 60) * 60;
    await history(to_s - 3600, to_s - 1800);
    await field.stop();
    field = await start();
    const stopped_s = to_s - 1800;
    const publishes = await history(stopped_s, to_s);
    for (const { device_id } of devices) {
      const times = publishes.flatMap((publish) => {
        const decoded = publish.device_id === device_id && publish.name === 'status' ? decodeStatus(publish.text, 0) : undefined;
        return decoded?.ok ? decoded.documents.map(({ time }) => time) : [];
      });
      // What the last boot left open comes too.
      expect(Math.min(...times.filter((time) => time > stopped_s)) - stopped_s).toBeLessThanOrEqual(60);
    }
  });

  it('is controlled by whoever has the token, from this machine, with commands that it knows', async () => {
    expect(readFieldFile(folder)).toEqual({ control_url: field.control.url, token: field.control.token });
    expect(statSync(join(folder, 'field.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect((await control({ verb: 'list' }, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await control({ verb: 'list' }, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await control({ verb: 'status', device: 'nobody' })).status).toBe(404);
    const refused = await control({ verb: 'power-cut', device: 'test-0001', minutes: -1 });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('minutes');
  });
});
