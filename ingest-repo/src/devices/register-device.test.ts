import { beforeEach, describe, expect, it } from 'vitest';
import { MemoryEvents, MemoryLog, MemoryLogs } from '../testing/memory-aws.ts';
import { AwsError, MemoryTable } from '../testing/memory-table.ts';
import { DeviceNotTaken, type DeviceToEnlist } from './enlist-device.ts';
import { type DeviceRegistry, registerDevice } from './register-device.ts';

const input = {
  device_id: 'pump-1',
  particle_id: '0123456789abcdef01234567',
  name: 'North pump',
  path: '/enfusion/p1/d3/c9/north',
  time_zone: 'America/Phoenix',
};
const { device_id: _, ...unnamed } = input;
const otherParticle = 'f'.repeat(24);

let table: MemoryTable;
let logs: MemoryLogs;
let events: MemoryEvents;
let registry: DeviceRegistry;
let enlisted: DeviceToEnlist[];
let beforeEnlisting: () => Promise<void>;

beforeEach(() => {
  table = new MemoryTable();
  logs = new MemoryLogs();
  events = new MemoryEvents();
  enlisted = [];
  beforeEnlisting = async () => {};
  registry = {
    enlist: async (device) => {
      await beforeEnlisting();
      enlisted.push(device);
    },
    documents: table.client,
    logs: logs.client,
    publish: events.publish,
    tableName: 'table',
    logGroupPrefix: '/enstratus/devices/',
    logClass: 'STANDARD',
    clock: () => 1_763_800_000_000,
    log: new MemoryLog(),
  };
});

const group = () => logs.groups.get('/enstratus/devices/pump-1');

describe('registering a device', () => {
  it('makes its log group, its stream, its items, and tells', async () => {
    const answer = {
      ...input,
      path: '/enfusion/p1/d3/c9/north/pump-1',
      pack_minutes: 15,
      registered_at: '2025-11-22T08:26:40Z',
      log_group: '/enstratus/devices/pump-1',
    };
    expect(await registerDevice(input, registry)).toEqual(answer);
    expect(group()).toEqual({ class: 'STANDARD', retentionInDays: 30, streams: new Map() });
    expect(table.list('DEVICE#pump-1')).toMatchObject([
      {
        sk: 'DEVICE',
        gsi1pk: 'TREE#DEVICE',
        gsi1sk: `${answer.path}/`,
        registered_at: 1_763_800_000,
      },
    ]);
    expect(table.list(`PARTICLE#${input.particle_id}`)).toMatchObject([{ device_id: 'pump-1', path: answer.path, pack_minutes: 15 }]);
    expect(enlisted).toMatchObject([{ device_id: 'pump-1', particle_id: input.particle_id, name: 'North pump', pack_minutes: 15 }]);
    expect(events.published).toMatchObject([
      { type: 'device.registered', device_id: 'pump-1', path: answer.path, time: answer.registered_at },
    ]);
  });

  it('makes its log group in the class of the stage, and leaves one that is there in its own', async () => {
    await registerDevice(input, { ...registry, logClass: 'INFREQUENT_ACCESS' });
    expect(group()).toMatchObject({ class: 'INFREQUENT_ACCESS', retentionInDays: 30 });
    await registerDevice(input, registry);
    expect(group()).toMatchObject({ class: 'INFREQUENT_ACCESS' });
  });

  it('again is no change, and makes good a log group that is gone', async () => {
    const first = await registerDevice(input, registry);
    logs.groups.clear();
    registry = { ...registry, clock: () => 1_763_900_000_000 };
    const before = table.items;
    expect(await registerDevice({ ...input, pack_minutes: 15 }, registry)).toEqual(first);
    expect(table.items).toBe(before);
    expect(group()).toEqual({ class: 'STANDARD', retentionInDays: 30, streams: new Map() });
    expect(enlisted).toHaveLength(2);
    expect(new Set(events.published.map((event) => event.event_id)).size).toBe(1);
  });

  it('without a device_id makes one, the same for the same Particle device', async () => {
    const first = await registerDevice(unnamed, registry);
    expect(first.device_id).toMatch(/^d-[0-9a-f]{10}$/);
    expect(await registerDevice(unnamed, registry)).toEqual(first);
    expect((await registerDevice({ ...unnamed, particle_id: otherParticle }, registry)).device_id).not.toBe(first.device_id);
  });

  it('finds the device by its Particle id when no device_id is given', async () => {
    const first = await registerDevice(input, registry);
    expect(await registerDevice(unnamed, registry)).toEqual(first);
  });

  it.each<[string, object]>([
    ['particle_id', { device_id: 'pump-2' }],
    ['device_id', { particle_id: otherParticle }],
    ['path', { path: '/enfusion/p1/d3/c9/south' }],
    ['name', { name: 'Other' }],
    ['time_zone', { time_zone: 'UTC' }],
    ['pack_minutes', { pack_minutes: 5 }],
  ])('that contradicts what is registered names %s and changes nothing', async (field, change) => {
    await registerDevice(input, registry);
    const [items, groups] = [table.items, [...logs.groups.keys()]];
    await expect(registerDevice({ ...input, ...change }, registry)).rejects.toMatchObject({ name: 'RegistrationRefused', field });
    expect([table.items, [...logs.groups.keys()]]).toEqual([items, groups]);
  });

  it.each<[string, unknown]>([
    ['input', 'pump'],
    ['particle_id', { ...input, particle_id: undefined }],
    ['particle_id', { ...input, particle_id: '0123456789ABCDEF01234567' }],
    ['device_id', { ...input, device_id: 'Pump 1' }],
    ['name', { ...input, name: ' ' }],
    ['path', { ...input, path: '/enfusion/p1/d3/c9' }],
    ['time_zone', { ...input, time_zone: 'Mars/Olympus' }],
    ['time_zone', { ...input, time_zone: '+01:00' }],
    ['pack_minutes', { ...input, pack_minutes: 16 }],
    ['colour', { ...input, colour: 'red' }],
  ])('with a wrong %s is refused by name', async (field, wrong) => {
    await expect(registerDevice(wrong, registry)).rejects.toThrow(new RegExp(`^${field}: `));
    expect(logs.groups.size).toBe(0);
  });

  it('that Particle does not take names particle_id, and nothing is made of it', async () => {
    beforeEnlisting = () => Promise.reject(new DeviceNotTaken('the device belongs to somebody else'));
    await expect(registerDevice(input, registry)).rejects.toThrow('particle_id: the device belongs to somebody else');
    await expect(registerDevice(input, registry)).rejects.toMatchObject({ name: 'RegistrationRefused', field: 'particle_id' });
    expect([table.items.size, logs.groups.size, events.published]).toEqual([0, 0, []]);
  });

  it('that contradicts what is registered does not reach Particle', async () => {
    await registerDevice(input, registry);
    await expect(registerDevice({ ...input, name: 'Other' }, registry)).rejects.toThrow('name: ');
    expect(enlisted).toHaveLength(1);
  });

  it('is completed by calling again, wherever the first try ended', async () => {
    const steps = ['enlist', 'CreateLogGroupCommand', 'PutRetentionPolicyCommand', 'TransactWriteCommand', 'publish'];
    for (const failing of steps) {
      [table.items, logs.groups] = [new Map(), new Map()];
      let failed = false;
      const failOnce = async (step: string) => {
        if (step !== failing || failed) return;
        failed = true;
        throw new AwsError('InternalServerError');
      };
      table.before = failOnce;
      logs.before = failOnce;
      beforeEnlisting = () => failOnce('enlist');
      events.before = () => failOnce('publish');
      await expect(registerDevice(input, registry)).rejects.toThrow('InternalServerError');
      await registerDevice(input, registry);
      expect(group()).toEqual({ class: 'STANDARD', retentionInDays: 30, streams: new Map() });
      expect(table.items.size).toBe(2);
      expect(events.published.at(-1)).toMatchObject({ type: 'device.registered' });
    }
  });

  it('at the same time twice makes one device', async () => {
    const answers = await Promise.all([registerDevice(input, registry), registerDevice(input, registry)]);
    expect(answers[0]).toEqual(answers[1]);
    const other = await Promise.allSettled([
      registerDevice({ ...input, device_id: 'a-1', particle_id: otherParticle }, registry),
      registerDevice({ ...input, device_id: 'a-2', particle_id: otherParticle }, registry),
    ]);
    expect(other.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(table.items.size).toBe(4);
  });
});
