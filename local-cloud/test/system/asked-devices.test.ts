import { CreateLogGroupCommand, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { decodePack, deviceLogGroupName, parseLogLine, reportItemSchema, type StatusDocument } from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FieldControllers } from './field-controllers.ts';
import { ParticleClient } from './particle-client.ts';
import { type Device, System } from './system.ts';

/** Other tests make deliveries fail too, and Particle then skips some to this host, to try them again after 30 seconds and a minute. */
const PATIENCE_MS = 120_000;

let system: System;
let particle: ParticleClient;
let field: FieldControllers;

beforeAll(() => {
  system = new System();
  particle = new ParticleClient(system);
  field = new FieldControllers();
});

afterAll(() => particle.stop());

/** Devices of their own, side by side: what is missing is asked for after 20 seconds. */
describe.concurrent('a device', () => {
  it('sends again, byte for byte, what the cloud has lost', { timeout: 400_000 }, async () => {
    const device = await system.registered((await field.mounted()).particle_id);
    const { particleId } = device;
    const published = await particle.listen('status', particleId);
    const failures = await particle.listen('hook-error/status');
    const packs = () => published.filter(({ name }) => name === 'status').map(({ data }) => data);
    // A sample that is taken at another distance than those before it closes their pack ("Cutting the queue" in PROTOCOL.md).
    let every_s = 2;
    const nextPack = async () => {
      const [shown, sent] = [samples(published), packs().length];
      await vi.waitFor(() => expect(samples(published)).toBeGreaterThan(shown + 1), { timeout: PATIENCE_MS, interval: 20 });
      every_s = 5 - every_s;
      expect(await particle.call(particleId, 'settings', `every_s=${every_s}`)).toBe(0);
      await vi.waitFor(() => expect(packs().length).toBeGreaterThan(sent), { timeout: PATIENCE_MS, interval: 20 });
      return packs().at(-1) ?? '';
    };
    expect(await particle.call(particleId, 'settings', `every_s=${every_s}`)).toBe(0);
    expect(await particle.call(particleId, 'live', '300')).toBe(0);

    await nextPack();
    // While its log group is away nothing can be stored of it: 503, after which Particle does not try again.
    const group = { logGroupName: deviceLogGroupName(device.deviceId) };
    await vi.waitFor(async () => expect(await stored(device)).toEqual(packs()), { timeout: PATIENCE_MS });
    await system.logs.send(new DeleteLogGroupCommand(group));
    const lost = await nextPack();
    await vi.waitFor(() => expect(failures.map(({ data }) => data)).toContainEqual(expect.stringContaining('503')), {
      timeout: PATIENCE_MS,
    });
    await system.logs.send(new CreateLogGroupCommand(group));
    await nextPack();
    const { first, last } = reach(lost);
    await vi.waitFor(
      async () =>
        expect(await system.items(device, 'GAP#')).toMatchObject([
          { sk: expect.stringMatching(new RegExp(`#0*${first.seq}$`)), last_missing_seq: last.seq },
        ]),
      { timeout: PATIENCE_MS },
    );
    expect(await stored(device)).not.toContain(lost);

    await vi.waitFor(async () => expect(await stored(device)).toContain(lost), { timeout: PATIENCE_MS });
    expect(packs().filter((text) => text === lost)).toHaveLength(2);
    await vi.waitFor(async () => expect(await system.items(device, 'GAP#')).toEqual([]), { timeout: PATIENCE_MS });
    const lines = (await system.logLines(device)).map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream));
    expect(lines).toEqual(expect.arrayContaining(documentsOf(lost)));
  });

  it('does what its functions are told, and its report says so', async () => {
    const device = await system.registered((await field.mounted()).particle_id);
    const { particleId } = device;
    const call = (name: string, argument: string) => particle.call(particleId, name, argument);
    const first = Math.ceil(Date.now() / 1000) + 3600;

    expect(await call('command', 'first-1,start')).toBe(0);
    expect(await particle.report(particleId)).toMatchObject({
      wanted: 'run',
      wanted_by: 'command',
      command_id: 'first-1',
      command_result: 0,
    });
    expect(await call('command', 'mode-2,mode,solar')).toBe(0);
    expect(await call('command', 'limit-3,limit,42.5')).toBe(0);
    expect(await call('command', 'fly-4,fly')).toBe(-3);
    expect(await call('settings', 'pack_minutes=16')).toBe(-2);
    expect(await call('command', 'first-1,start')).toBe(1);
    expect(await call('settings', 'pack_minutes=7,every_s=30')).toBe(0);
    expect(await call('schedule', `17,hold;${first}r;600s`)).toBe(2);

    const done = {
      wanted: 'run',
      wanted_by: 'command',
      mode: 'solar',
      limit_hz: 42.5,
      command_id: 'first-1',
      command_result: 1,
      schedule_id: 17,
      schedule_until: first + 600 * 60,
      pack_minutes: 7,
      every_s: 30,
    };
    expect(await particle.report(particleId)).toMatchObject(done);
    await vi.waitFor(
      async () => {
        const [item] = await system.items(device, 'REPORT');
        expect(reportItemSchema.parse(item).report).toMatchObject(done);
      },
      { timeout: 30_000 },
    );
  });

  it('without a network is 404 to whoever calls it, and answers when it is back', { timeout: 120_000 }, async () => {
    const { device_id, particle_id } = await field.order({ verb: 'new' });
    await field.order({ verb: 'network-cut', device: device_id, minutes: 60 });
    await system.registered(particle_id);
    await expect(particle.call(particle_id, 'live', '60')).rejects.toMatchObject({ statusCode: 404 });
    await expect(particle.report(particle_id)).rejects.toMatchObject({ statusCode: 404 });
    const shown = await particle.api.getDevice({ deviceId: particle_id, product: particle.product });
    expect(shown.body).toMatchObject({ online: false });

    await field.order({ verb: 'clear', device: device_id });
    await vi.waitFor(async () => expect(await particle.call(particle_id, 'live', '60')).toBe(0), { timeout: 90_000, interval: 100 });
  });
});

const samples = (published: readonly { name: string }[]) => published.filter(({ name }) => name === 'status/live').length;

const stored = async (device: Device) => (await system.items(device, 'PACK#')).map((item) => item['pack']);

function documentsOf(text: string): StatusDocument[] {
  const decoded = decodePack(text);
  if (!decoded.ok) throw new Error(`${text} is ${decoded.reason}`);
  return [...decoded.documents];
}

function reach(text: string): { first: StatusDocument; last: StatusDocument } {
  const documents = documentsOf(text);
  return { first: documents[0] as StatusDocument, last: documents.at(-1) as StatusDocument };
}
