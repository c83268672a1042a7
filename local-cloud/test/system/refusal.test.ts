import { randomBytes } from 'node:crypto';
import { encodePack } from '@enstratus/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { handMadeDocuments } from './hand-made-documents.ts';
import { type Device, minutesAgo, System } from './system.ts';

let system: System;

beforeAll(() => {
  system = new System();
});

const pack = () => encodePack(handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(20) }, 15));
const changed = (change: object) => JSON.stringify({ ...(JSON.parse(pack()) as object), ...change });

async function nothingStored(device: Device): Promise<void> {
  expect(await system.documents(device)).toEqual([]);
  expect(await system.logLines(device)).toEqual([]);
  expect(await system.items(device, 'GAP#')).toEqual([]);
  expect(await system.latest(device)).toBeUndefined();
}

describe('a request without the right secret', () => {
  it.each([
    ['a wrong one', { 'x-webhook-secret': 'wrong' }],
    ['none', {}],
    ['an empty one', { 'x-webhook-secret': '' }],
  ])('is 401 with %s, and nothing is stored', async (_, headers: Record<string, string>) => {
    const device = await system.newDevice();
    const body = new URLSearchParams({ event: 'status', data: pack(), coreid: device.particleId });
    const response = await fetch(system.endpoints.webhook.url, { method: 'POST', headers, body });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await nothingStored(device);
    expect(await system.quarantined(device.particleId)).toEqual([]);
  });
});

describe('what cannot be understood is answered 2xx and kept with its reason, and nothing else changes', () => {
  it.each<[string, () => string, string, string | undefined]>([
    ['a pack cut off', () => pack().slice(0, 200), 'not_json', undefined],
    ['an unknown version', () => changed({ v: 2 }), 'unknown_version', 'v'],
    ['a value out of range', () => changed({ solar_w: 99_999_999 }), 'out_of_range', 'solar_w'],
    ['a difference that leads out of range', () => changed({ grid_w: [...Array(14).fill(0), 99_999_999] }), 'out_of_range', 'grid_w'],
    ['a column of wrong length', () => changed({ motor_w: [1, 2, 3] }), 'wrong_column_length', 'motor_w'],
    ['a column that is missing', () => changed({ temp_c: undefined }), 'missing_field', 'temp_c'],
    ['text that is no document', () => 'hello', 'not_json', undefined],
    ['a clock three hours ahead', () => changed({ time: minutesAgo(-180) }), 'time_ahead', undefined],
  ])('%s', async (_, data, reason, field) => {
    const device = await system.newDevice();
    const sent = data();
    const response = await system.post(device, sent);
    expect([response.status, await response.json()]).toEqual([200, { quarantined: reason }]);
    const records = await system.quarantined(device.particleId);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ reason, ...(field === undefined ? {} : { field }) });
    expect(new URLSearchParams(records[0]?.body).get('data')).toBe(sent);
    expect(JSON.stringify(records)).not.toContain(system.endpoints.webhook.secret);
    await nothingStored(device);
  });

  it('an unknown device', async () => {
    const particleId = randomBytes(12).toString('hex');
    const response = await system.post({ particleId }, pack());
    expect([response.status, await response.json()]).toEqual([200, { quarantined: 'unknown_device' }]);
    expect(await system.quarantined(particleId)).toMatchObject([{ reason: 'unknown_device' }]);
  });

  it('a form body cut off in the middle', async () => {
    const device = await system.newDevice();
    const whole = String(new URLSearchParams({ coreid: device.particleId, event: 'status', data: pack() }));
    const response = await fetch(system.endpoints.webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        [system.endpoints.webhook.secretHeader]: system.endpoints.webhook.secret,
      },
      body: whole.slice(0, 300),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty('quarantined');
    expect(await system.quarantined(device.particleId)).toHaveLength(1);
    await nothingStored(device);
  });

  it('other content under an identity that is stored already', async () => {
    const device = await system.newDevice();
    const sent = pack();
    await system.post(device, sent);
    const response = await system.post(device, JSON.stringify({ ...(JSON.parse(sent) as object), grid_w: 5 }));
    expect([response.status, await response.json()]).toEqual([200, { quarantined: 'conflict' }]);
    expect(await system.documents(device)).toHaveLength(15);
    expect((await system.documents(device)).every(({ grid_w }) => grid_w === 0)).toBe(true);
  });
});

describe('registering a device', () => {
  it('again with the same input is no change, and with a taken Particle id a clear error', async () => {
    const input = {
      device_id: `test-${randomBytes(6).toString('hex')}`,
      particle_id: await system.newParticleId(),
      name: 'Well',
      path: '/enfusion/p/d/c/site',
      time_zone: 'America/Denver',
    };
    expect((await system.register(input)).FunctionError).toBeUndefined();
    expect((await system.register(input)).FunctionError).toBeUndefined();
    const taken = await system.register({ ...input, device_id: `test-${randomBytes(6).toString('hex')}` });
    expect(taken.FunctionError).toBe('Unhandled');
    expect(JSON.stringify(taken.answer)).toContain('particle_id');
  });

  it.each([
    ['particle_id', { particle_id: 'xyz' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['path', { path: 'enfusion/p' }],
  ])('with a bad %s names the field', async (field, change) => {
    const input = {
      device_id: 'test-bad',
      particle_id: randomBytes(12).toString('hex'),
      name: 'Well',
      path: '/enfusion/p/d/c/site',
      time_zone: 'America/Denver',
      ...change,
    };
    const { FunctionError, answer } = await system.register(input);
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.stringify(answer)).toContain(field);
  });
});
