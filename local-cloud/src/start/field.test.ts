import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePack } from '@enstratus/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { demoDevices } from '../demo/demo-devices.ts';
import { Field } from './field.ts';
import { inTheField } from './fleet-plan.ts';

let directory: string;
const fields: Field[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'field-'));
});
afterEach(async () => {
  await Promise.all(fields.splice(0).map((field) => field.stop()));
  rmSync(directory, { recursive: true, force: true });
});

async function started(): Promise<Field> {
  const field = await Field.start({ directory, port: 0, seed: 1 });
  fields.push(field);
  return field;
}

const [device] = demoDevices(1).map(inTheField);
if (device === undefined) throw new Error('there is no device');

it('lets a device’s past happen and gives its packs, in order', async () => {
  const field = await started();
  expect(field.particle.accessToken).not.toBe('');
  await field.manufacture([device.particle_id]);
  const to_s = Math.floor(Date.now() / 60_000) * 60;
  const packs = await field.history(device, to_s - 6 * 3600, to_s);
  const documents = packs.flatMap((text) => {
    const decoded = decodePack(text);
    return decoded.ok ? decoded.documents : [];
  });
  expect(documents.length).toBeGreaterThan(300);
  expect(documents.map(({ time }) => time)).toEqual(documents.map(({ time }) => time).toSorted((a, b) => a - b));
  await field.live([device]);
});

it('rejects what the field can’t do, and goes on', async () => {
  const field = await started();
  await expect(field.manufacture(['no id'])).rejects.toThrow();
  await field.manufacture([device.particle_id]);
}, 10_000);

it('says that the port is taken, so that another can be tried', async () => {
  const holder = createServer();
  await new Promise<void>((listening) => holder.listen(0, '127.0.0.1', listening));
  const { port } = holder.address() as AddressInfo;
  await expect(Field.start({ directory, port, seed: 1 })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((closed) => holder.close(closed));
});

it('tells when it has ended though nobody stopped it, and fails what was asked', async () => {
  const field = await started();
  const to_s = Math.floor(Date.now() / 60_000) * 60;
  const asked = field.history(device, to_s - 40 * 86_400, to_s);
  process.kill(field.pid ?? Number.NaN, 'SIGKILL');
  await expect(asked).rejects.toThrow(/has ended/);
  expect(await field.lost).toBe('');
  await expect(field.live([device])).rejects.toThrow(/has ended/);
});
