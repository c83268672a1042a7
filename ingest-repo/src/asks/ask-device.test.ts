import { type DeviceGapFound, type DeviceWatched, gapKey } from '@enstratus/contract';
import { processSqsBatch } from '@enstratus/platform/runtime';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FunctionAnswer } from '../particle/particle-cloud.ts';
import { ParticleAccessDenied, ParticleOutage } from '../particle/particle-failure.ts';
import { deviceId, devicePath, IngestWorld, particleId } from '../testing/ingest-world.ts';
import { MemoryParticle } from '../testing/memory-particle.ts';
import { AwsError } from '../testing/memory-table.ts';
import { type Ask, askDevice, askSchema, beforeFirstAsk_s, betweenAsks_s, whenBusy_s } from './ask-device.ts';
import { askedDevices } from './asked-devices.ts';

let world: IngestWorld;
let particle: MemoryParticle;
let later: { ask: Ask; after_s: number }[];
let devices: ReturnType<typeof askedDevices>;

beforeEach(() => {
  world = new IngestWorld();
  particle = new MemoryParticle();
  later = [];
  devices = askedDevices(world.table.client, 'table');
});

const iso = (s: number) => new Date(s * 1000).toISOString().replace('.000Z', 'Z');
const envelope = () => ({ version: 1 as const, event_id: 'e', device_id: deviceId, path: devicePath, time: iso(world.now_s) });
const watched = (left_s: number): DeviceWatched => ({ type: 'device.watched', ...envelope(), until: iso(world.now_s + left_s) });
const found = (first = 100, last = 114): DeviceGapFound => ({
  type: 'device.gap_found',
  ...envelope(),
  boot_id: 7,
  first_missing_seq: first,
  last_missing_seq: last,
  after_time: iso(world.now_s - 1800),
  before_time: iso(world.now_s - 900),
});
const putGap = (first: number, last: number) => world.table.put({ ...gapKey(deviceId, 7, first), last_missing_seq: last });
const run = (...asks: unknown[]) =>
  processSqsBatch({
    event: {
      Records: asks.map(
        (ask, index) => ({ messageId: `m${index}`, body: JSON.stringify(ask), attributes: { ApproximateReceiveCount: '1' } }) as SQSRecord,
      ),
    } as SQSEvent,
    schema: askSchema,
    logger: world.log,
    handle: (ask) =>
      askDevice(ask, {
        devices,
        withParticle: (work) => work(particle),
        later: async (next, after_s) => void later.push({ ask: next, after_s }),
        clock: () => world.now_s * 1000,
        log: world.log,
      }),
  });
const done = { batchItemFailures: [] };
const answered = (value: number): FunctionAnswer => ({ kind: 'answered', value });
/** An ask of a gap that has waited its first time. */
const due = (changed: object = {}) => ({ ...found(), asked_since: world.now_s - beforeFirstAsk_s, ...changed });

describe('a device that somebody watches', () => {
  it('is asked for live samples for what is left of the lease', async () => {
    expect(await run(watched(290))).toEqual(done);
    expect(particle.asked).toEqual([['call', particleId, 'live', '290']]);
    await run(watched(5000));
    expect(particle.asked.at(-1)).toEqual(['call', particleId, 'live', '600']);
  });

  it('is not asked when the lease is over, and read once', async () => {
    await run(watched(0), watched(-5));
    expect(particle.asked).toEqual([]);
    await run(watched(10));
    await run(watched(10));
    expect(world.table.commands).toEqual(['GetCommand']);
  });

  it.each<FunctionAnswer>([{ kind: 'offline' }, { kind: 'silent' }, answered(-5)])(
    'is let go when it is %o: the page asks again',
    async (answer) => {
      particle.answer = answer;
      expect(await run(watched(290))).toEqual(done);
      expect(later).toEqual([]);
    },
  );
});

describe('what is missing', () => {
  it('is waited for at first, then asked for as far as it is still missing', async () => {
    expect(await run(found())).toEqual(done);
    expect(particle.asked).toEqual([]);
    expect(later).toEqual([{ ask: { ...found(), asked_since: world.now_s }, after_s: beforeFirstAsk_s }]);
    putGap(100, 103);
    putGap(110, 114);
    putGap(120, 125);
    particle.answer = answered(1);
    await run(due());
    expect(particle.asked).toEqual([['call', particleId, 'resend', '7,100,114']]);
  });

  it('is not asked for when it came', async () => {
    await run(due());
    expect([particle.asked, later]).toEqual([[], []]);
  });

  it.each<FunctionAnswer>([{ kind: 'offline' }, { kind: 'silent' }])(
    'is asked for again later when the device is %o, for 14 days',
    async (answer) => {
      putGap(100, 114);
      particle.answer = answer;
      await run(due());
      expect(later).toEqual([{ ask: due(), after_s: betweenAsks_s }]);
      await run(due({ asked_since: world.now_s - 14 * 86_400 - 1 }));
      expect(later).toHaveLength(1);
      expect(world.log.lines.at(-1)).toMatchObject({ message: 'backfill given up', details: { first: 100, last: 114 } });
    },
  );

  it('is asked for again in a minute when too much is going on, and seldom when that goes on', async () => {
    putGap(100, 114);
    particle.answer = answered(-5);
    await run(due());
    expect(later).toEqual([{ ask: { ...due(), put_off: 1 }, after_s: whenBusy_s }]);
    await run({ ...due(), put_off: 9 });
    await run({ ...due(), put_off: 10 });
    expect(later.map(({ after_s }) => after_s)).toEqual([whenBusy_s, whenBusy_s, betweenAsks_s]);
  });

  it('is left when the device has none of it, or refuses', async () => {
    putGap(100, 114);
    for (const value of [0, -1, -6]) {
      particle.answer = answered(value);
      expect(await run(due())).toEqual(done);
    }
    expect(later).toEqual([]);
    expect(world.log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'nothing left to send'],
      ['warn', 'device refused'],
      ['warn', 'device refused'],
    ]);
  });

  it('that the device says it sends is looked at again, three times at most', async () => {
    putGap(100, 114);
    particle.answer = answered(1);
    await run(due());
    await run(later.at(-1)?.ask);
    expect(later.map(({ ask, after_s }) => ['promised' in ask && ask.promised, after_s])).toEqual([
      [1, betweenAsks_s],
      [2, betweenAsks_s],
    ]);
    await run(later.at(-1)?.ask);
    expect(later).toHaveLength(2);
    expect(world.log.lines.at(-1)).toMatchObject({ message: 'backfill given up', details: { promised: 3 } });
  });
});

describe('when Particle', () => {
  it.each([
    ['denies access', new ParticleAccessDenied('HTTP 401', 401), 'particle denies access'],
    ['is away', new ParticleOutage('HTTP 503', 503), 'particle call failed'],
  ])('%s, it is logged for the alarm, no message fails, and a backfill is asked for again', async (_, failure, message) => {
    putGap(100, 114);
    particle.before = () => Promise.reject(failure);
    expect(await run(watched(290), due())).toEqual(done);
    expect(world.log.lines.map((line) => [line.level, line.message])).toEqual([
      ['error', message],
      ['error', message],
    ]);
    expect(later).toEqual([{ ask: due(), after_s: betweenAsks_s }]);
  });
});

describe('a message', () => {
  it('that is no ask fails alone', async () => {
    expect(await run({ type: 'device.registered' }, watched(290))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(particle.asked).toHaveLength(1);
  });

  it('fails when AWS does', async () => {
    world.table.before = () => Promise.reject(new AwsError('ThrottlingException'));
    await expect(run(watched(290))).rejects.toThrow('All records failed');
  });
});
