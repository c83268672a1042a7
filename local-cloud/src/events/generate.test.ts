import { decodePack, decodeReport, decodeSample, decodeStatus, deviceEventSchema, tokenClaimsSchema } from '@enstratus/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { demoDevices } from '../demo/demo-devices.ts';
import { ToolError } from '../tools/running-system.ts';
import { eventKinds, kindNamed, kindsOf } from './all-kinds.ts';
import type { EventKind } from './event-kind.ts';
import { generate, helpOf, listOfKinds, readRequest } from './generate.ts';
import { placeholders, placeholdersIn } from './placeholders.ts';
import { madeUpSurroundings } from './where/made-up.ts';

const now_ms = Date.parse('2026-11-22T18:20:30Z');
const where = madeUpSurroundings(now_ms);
const make = (kind: EventKind, args: readonly string[]) => generate(kind, readRequest(kind, args), where);
const devices = demoDevices();

/** Lambda Developer Guide, "Invoking Lambda function URLs": payload format 2.0, as far as a POST without a query has it. */
const urlEvent = z.strictObject({
  version: z.literal('2.0'),
  routeKey: z.literal('$default'),
  rawPath: z.literal('/'),
  rawQueryString: z.literal(''),
  headers: z.record(z.string().regex(/^[a-z0-9-]+$/), z.string()),
  requestContext: z.strictObject({
    accountId: z.literal('anonymous'),
    apiId: z.string().min(1),
    domainName: z.string().min(1),
    domainPrefix: z.string().min(1),
    http: z.strictObject({
      method: z.literal('POST'),
      path: z.literal('/'),
      protocol: z.string(),
      sourceIp: z.ipv4(),
      userAgent: z.string(),
    }),
    requestId: z.uuid(),
    routeKey: z.literal('$default'),
    stage: z.literal('$default'),
    time: z.string().regex(/^\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/),
    timeEpoch: z.int(),
  }),
  body: z.string(),
  isBase64Encoded: z.boolean(),
});

/** Lambda Developer Guide, "Using Lambda with Amazon SQS". */
const sqsEvent = z.strictObject({
  Records: z
    .array(
      z.strictObject({
        messageId: z.uuid(),
        receiptHandle: z.base64(),
        body: z.string(),
        attributes: z.strictObject({
          ApproximateReceiveCount: z.literal('1'),
          SentTimestamp: z.string().regex(/^\d{13}$/),
          SenderId: z.string(),
          ApproximateFirstReceiveTimestamp: z.string().regex(/^\d{13}$/),
        }),
        messageAttributes: z.record(
          z.string(),
          z.strictObject({
            stringValue: z.string(),
            stringListValues: z.array(z.string()).max(0),
            binaryListValues: z.array(z.string()).max(0),
            dataType: z.literal('String'),
          }),
        ),
        md5OfBody: z.string().regex(/^[0-9a-f]{32}$/),
        eventSource: z.literal('aws:sqs'),
        eventSourceARN: z.string().regex(/^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}$/),
        awsRegion: z.string(),
      }),
    )
    .min(1),
});

/** The posted fields of a webhook's event. */
function posted(event: unknown): Record<string, string> {
  const { body, isBase64Encoded, headers } = urlEvent.parse(event);
  const text = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
  expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
  return headers['content-type'] === 'application/json'
    ? z.record(z.string(), z.string()).parse(JSON.parse(text))
    : Object.fromEntries(new URLSearchParams(text));
}

const someDevice = fc.constantFrom(...devices);
const some = { numRuns: 12 };
const time = fc.date({ min: new Date('2026-01-02'), max: new Date(now_ms), noInvalidDate: true });

describe('an event of Particle’s webhook', () => {
  const kind = kindNamed('particle-webhook');

  it('holds a pack by the core that the contract decodes, of any device, size and time', async () => {
    const given = fc.record({ device: someDevice, count: fc.integer({ min: 1, max: 15 }), at: time, json: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(given, async ({ device, count, at, json }) => {
        const args = ['--device', device.deviceId, '--count', String(count), '--at', at.toISOString(), ...(json ? ['--json'] : [])];
        const event = await make(kind, args);
        expect(kindsOf(event)).toEqual([kind]);
        const { event: name, coreid, data = '', published_at } = posted(event);
        expect({ name, coreid }).toEqual({ name: 'status', coreid: device.particleId });
        expect(Math.abs(Date.parse(published_at ?? '') - at.getTime())).toBeLessThan(1000);
        const decoded = decodePack(data);
        if (!decoded.ok) throw new Error(decoded.detail);
        expect(decoded.documents).toHaveLength(count);
        const last = decoded.documents.at(-1);
        expect(last?.time).toBe(Math.floor(at.getTime() / 60_000) * 60);
        expect(decoded.documents.every(({ run_state, motor_w }) => run_state !== null && motor_w !== null)).toBe(true);
      }),
      some,
    );
  });

  it('holds what its name says: a sample, a change, a report, a plain document', async () => {
    const data = async (...args: string[]) => posted(await make(kind, args))['data'] ?? '';
    expect(decodeSample(await data('--event', 'status/live'))).toMatchObject({ ok: true, document: { time: 1795371600 } });
    expect(decodeSample(await data('--event', 'status/changed'))).toMatchObject({ ok: true, document: { time: 1795371630 } });
    expect(decodeReport(await data('--event', 'status/report'))).toMatchObject({ ok: true, report: { drive_answers: true } });
    const plain = await data('--plain');
    expect(plain).not.toContain('boot_id');
    expect(decodeStatus(plain)).toMatchObject({ ok: true, documents: [{ boot_id: 0 }] });
  });

  it('is of a boot that no device has counted to, unless told', async () => {
    const first = async (...args: string[]) => {
      const decoded = decodePack(posted(await make(kind, args))['data'] ?? '');
      return decoded.ok ? decoded.documents[0] : undefined;
    };
    expect((await first())?.boot_id).toBeGreaterThanOrEqual(4_000_000_000);
    expect(await first('--boot', '7', '--seq', '30')).toMatchObject({ boot_id: 7, seq: 30 });
  });

  it('never holds the secret, only its place', async () => {
    const event = await make(kind, []);
    expect([...placeholdersIn(event)]).toEqual([placeholders.webhookSecret]);
    expect(event).toMatchObject({ headers: { 'x-webhook-secret': placeholders.webhookSecret } });
  });

  it('takes changed fields in a pack, and any text at all', async () => {
    const decoded = decodePack(posted(await make(kind, ['--set', 'data.*.temp_c=81', '--set', 'data.14.run_state=fault']))['data'] ?? '');
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(decoded.documents.map(({ temp_c }) => temp_c)).toEqual(Array.from({ length: 15 }, () => 81));
    expect(decoded.documents.at(-1)?.run_state).toBe('fault');
    expect(posted(await make(kind, ['--data', '{"v":9']))['data']).toBe('{"v":9');
    await expect(make(kind, ['--set', 'data.3.solar_w=-4'])).rejects.toThrow(/data\.3\.solar_w: .*--data/);
    await expect(make(kind, ['--set', 'data.3.seq=90'])).rejects.toThrow(/doesn't follow.*--data/);
  });

  it('of no device has Particle’s API as its source', async () => {
    expect(posted(await make(kind, ['--event', 'hook-test']))).toMatchObject({ coreid: 'api', event: 'status', data: 'test' });
  });
});

describe('an event of a queue', () => {
  const queued = ['device-event', 'device-ask'].map(kindNamed);
  const args = fc.constantFrom(...queued).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      type: fc.constantFrom(...(kind.options['type']?.choices ?? [])),
      device: someDevice,
      copies: fc.integer({ min: 1, max: 10 }),
      again: fc.boolean(),
    }),
  );

  it('is a batch of the contract’s events with the attribute that subscriptions choose by', async () => {
    await fc.assert(
      fc.asyncProperty(args, async ({ kind, type, device, copies, again }) => {
        const given = ['--type', type, '--device', device.deviceId, '--copies', String(copies)];
        const event = await make(kind, [...given, ...(again && kind.name === 'device-ask' ? ['--again'] : [])]);
        expect(kindsOf(event)).toContain(kind);
        const { Records } = sqsEvent.parse(event);
        expect(Records).toHaveLength(copies);
        expect(new Set(Records.map(({ messageId }) => messageId)).size).toBe(copies);
        for (const { body, messageAttributes } of Records) {
          const told = deviceEventSchema.parse(JSON.parse(body));
          expect(told).toMatchObject({ type, device_id: device.deviceId, path: `${device.path}/${device.deviceId}` });
          const isAgain = body.includes('asked_since');
          expect(messageAttributes['type']?.stringValue).toBe(isAgain ? undefined : type);
        }
      }),
    );
  });
});

describe('an event of GraphQL', () => {
  const kind = kindNamed('graphql-field');

  it('brings the claims that the trigger gives, for every field and persona', async () => {
    const given = fc.record({
      field: fc.constantFrom(...(kind.options['field']?.choices ?? [])),
      as: fc.constantFrom(...(kind.options['as']?.choices ?? [])),
    });
    await fc.assert(
      fc.asyncProperty(given, async ({ field, as }) => {
        const event = await make(kind, ['--field', field, '--as', as]);
        expect(kindsOf(event)).toEqual([kind]);
        const [parentTypeName, fieldName] = field.split('.');
        const parsed = z
          .looseObject({ info: z.looseObject({}), identity: z.looseObject({ claims: z.unknown() }), arguments: z.looseObject({}) })
          .parse(event);
        expect(parsed.info).toMatchObject({ parentTypeName, fieldName });
        expect(tokenClaimsSchema.parse(parsed.identity.claims).persona).toBe(as);
      }),
    );
  });

  it('tells what is selected', async () => {
    expect(await make(kind, ['--field', 'Query.me'])).toMatchObject({
      info: {
        selectionSetList: ['user_id', 'name', 'email', 'persona', 'organization', 'organization/path', 'organization/name'],
        selectionSetGraphQL: expect.stringContaining('organization {'),
      },
      request: { headers: { authorization: placeholders.accessToken } },
    });
  });
});

describe('every kind', () => {
  it.each(eventKinds.map((kind) => [kind.name, kind] as const))(
    '%s makes an event that is recognized, with all that it says of itself',
    async (_, kind) => {
      expect(kindsOf(await make(kind, []))).toContain(kind);
      expect(helpOf(kind)).toContain(`npm run invoke -- ${kind.functions[0]}`);
      expect(listOfKinds()).toContain(kind.sentence);
    },
  );

  it('refuses what it does not know, and names it', async () => {
    const webhook = kindNamed('particle-webhook');
    expect(() => readRequest(webhook, ['--colour', 'red'])).toThrow(/--colour/);
    expect(() => readRequest(webhook, ['--event', 'statos'])).toThrow(/--event is one of status/);
    expect(() => kindNamed('webhook')).toThrow(/There are particle-webhook/);
    for (const args of [
      ['--device', 'nobody'],
      ['--count', '16'],
      ['--at', 'noon'],
      ['--at', '1999-01-01T00:00:00Z'],
      ['--plain', '--count', '3'],
      ['--event', 'status/changed', '--count', '3'],
      ['--set', 'data.solar_w=1'],
      ['--set', 'oops'],
    ])
      await expect(make(webhook, args)).rejects.toThrow(ToolError);
    await expect(make(webhook, ['--at', '1999-01-01T00:00:00Z'])).rejects.toThrow(/^--at: no device samples at 1999/);
    await expect(make(webhook, ['--set', 'data='])).rejects.toThrow('data is missing');
    for (const copies of ['0', '11', 'abc', '1.5'])
      await expect(make(kindNamed('device-event'), ['--copies', copies])).rejects.toThrow(/^--copies must be a whole number from 1 to 10/);
  });

  it('asks for a registration that the function would take', async () => {
    expect(await make(kindNamed('register-device'), ['--particle', '0123456789abcdef01234567', '--set', 'name=North well'])).toEqual({
      device_id: 'pump-234567',
      particle_id: '0123456789abcdef01234567',
      name: 'North well',
      path: devices[0]?.path,
      time_zone: devices[0]?.time_zone,
      pack_minutes: 15,
    });
  });
});
