import { encodePack, type LatestItem, latestKey, latestOf, quarantineRecordSchema, type StatusDocument } from '@enstratus/contract';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { documents } from '../testing/documents.ts';
import { deviceId, devicePath, IngestWorld, particleId, secret } from '../testing/ingest-world.ts';
import { AwsError } from '../testing/memory-table.ts';

const hour = 3600;
let world: IngestWorld;
let start: { boot_id: number; seq: number; time: number };

beforeEach(() => {
  world = new IngestWorld();
  start = { boot_id: 7, seq: 100, time: world.now_s - hour };
});

const headers = (contentType: string) => ({ 'content-type': contentType, 'x-webhook-secret': secret });
const records = () => [...world.quarantine.objects.values()].map((text) => quarantineRecordSchema.parse(JSON.parse(text)));
const changes = () => world.events.published.filter((event) => event.type === 'device.state_changed');

describe('a pack', () => {
  it('is log lines, an item, and the state of the device', async () => {
    const sent = documents(start, 15);
    expect(await world.post(encodePack(sent))).toEqual({ status: 200, body: { accepted: 15 } });
    expect(world.logged).toEqual(sent);
    expect(world.documents).toEqual(sent);
    const time = sent[14]?.time;
    expect(world.latest).toEqual({
      ...latestKey(devicePath),
      ...latestOf(deviceId, sent[14] as StatusDocument, world.now_s),
      run_state: 'solar',
      fault_code: 0,
      state_time: time,
      followed_until: time,
      packed: [7, 100, 114, start.time],
      packed_before: [7, 100, 114, start.time],
    });
    expect(world.archive.puts).toBe(0);
  });

  it('that follows the last one in the same state costs two writes, and one query where the last one did not follow its own', async () => {
    const commands: string[][] = [];
    for (const index of [0, 1, 2, 3]) {
      world.table.commands.length = 0;
      await world.post(encodePack(documents({ ...start, seq: 100 + index * 15, time: start.time + index * 900 }, 15)));
      commands.push([...world.table.commands]);
    }
    expect(commands.slice(1)).toEqual([
      ['PutCommand', 'UpdateCommand', 'QueryCommand'],
      ['PutCommand', 'UpdateCommand'],
      ['PutCommand', 'UpdateCommand'],
    ]);
  });

  it('sent twice is stored, logged and told once', async () => {
    const text = encodePack(documents(start, 15));
    await world.post(text);
    expect(await world.post(text)).toEqual({ status: 200, body: { duplicate: true } });
    expect(world.logged).toHaveLength(15);
    expect(new Set(world.events.published.map((event) => event.event_id)).size).toBe(1);
  });

  it('with the same documents in another form of text is a duplicate', async () => {
    const text = encodePack(documents(start, 3));
    await world.post(text);
    expect(await world.post(text.replace('{', '{ '))).toEqual({ status: 200, body: { duplicate: true } });
    expect(world.quarantine.puts).toBe(0);
  });

  it.each([
    ['the same identity', (sent: StatusDocument[]) => sent.map((document) => ({ ...document, temp_c: 7 }))],
    ['the same sequence at another time', (sent: StatusDocument[]) => sent.map((document) => ({ ...document, time: document.time + 120 }))],
    ['a part of the sequence', (sent: StatusDocument[]) => sent.slice(4)],
  ])('with other content for %s is a conflict, now and when it is old', async (_, change) => {
    const sent = documents(start, 15);
    await world.post(encodePack(sent));
    expect((await world.post(encodePack(change(sent)))).body).toEqual({ quarantined: 'conflict' });
    for (const later of [1, 2, 3])
      await world.post(encodePack(documents({ ...start, seq: 100 + later * 15, time: start.time + later * 900 }, 15)));
    expect((await world.post(encodePack(change(sent)))).body).toEqual({ quarantined: 'conflict' });
    expect(world.documents.slice(0, 15)).toEqual(sent);
    expect(world.logged).toHaveLength(60);
    expect(records().every((record) => record.reason === 'conflict' && record.field === 'seq')).toBe(true);
  });

  it('that lost a race against other content is a conflict', async () => {
    const sent = documents(start, 15);
    await world.post(encodePack(sent));
    world.table.writesBehind = () => 1000;
    expect((await world.post(encodePack(sent.map((document) => ({ ...document, temp_c: 7 }))))).body).toEqual({ quarantined: 'conflict' });
    expect((await world.post(encodePack(sent))).body).toEqual({ duplicate: true });
  });

  it('with older documents than 14 days goes to the log and the archive, each its part', async () => {
    const time = world.now_s - 14 * 86_400 - 300;
    const sent = documents({ ...start, time }, 15);
    expect((await world.post(encodePack(sent))).body).toEqual({ accepted: 15 });
    expect(world.logged).toEqual(sent.filter((document) => document.time > world.now_s - 14 * 86_400));
    expect(world.logged.length).toBeGreaterThan(0);
    const day = new Date(time * 1000).toISOString().slice(0, 10);
    expect([...world.archive.objects]).toEqual([
      [`packs/device=${deviceId}/date=${day}/7-100.json`, JSON.stringify({ device_id: deviceId, pack: encodePack(sent) })],
    ]);
    expect(world.documents).toEqual(sent);
  });

  it('that is older than the table keeps packs goes to the archive alone', async () => {
    const sent = documents({ ...start, time: world.now_s - 36 * 86_400 }, 15);
    expect((await world.post(encodePack(sent))).body).toEqual({ accepted: 15 });
    expect(world.logged).toEqual([]);
    expect(world.documents).toEqual([]);
    expect(world.archive.puts).toBe(1);
  });

  it('of which CloudWatch Logs refuses documents as too old is archived; as too new it is not answered as stored', async () => {
    world.logs.rejected = { tooOldLogEventEndIndex: 2 };
    const sent = documents(start, 5);
    expect((await world.post(encodePack(sent))).body).toEqual({ accepted: 5 });
    expect(world.archive.puts).toBe(1);
    world.logs.rejected = { tooNewLogEventStartIndex: 4 };
    expect((await world.post(encodePack(documents({ ...start, seq: 105, time: start.time + 300 }, 5)))).status).toBe(503);
    expect(world.documents).toEqual(sent);
  });
});

describe('the forms of a delivery', () => {
  const document = () => documents(start, 1)[0] as StatusDocument;
  const published_at = '2025-11-22T08:00:00.000Z';
  const asTexts = () => Object.fromEntries(Object.entries(document()).map(([name, value]) => [name, String(value)]));

  it.each<[string, () => object]>([
    ['data as text', () => ({ event: 'status', data: encodePack([document()]), published_at, coreid: particleId })],
    ['data as an object', () => ({ event: 'status', data: JSON.parse(encodePack([document()])), published_at, coreid: particleId })],
    ['fields at the top', () => ({ ...document(), event: 'status', published_at, coreid: particleId, fw_version: 3 })],
    ['fields at the top, all texts', () => ({ ...asTexts(), coreid: particleId.toUpperCase() })],
  ])('JSON with %s', async (_, body) => {
    expect(await world.send({ headers: headers('application/json'), body: JSON.stringify(body()) })).toEqual({
      status: 200,
      body: { accepted: 1 },
    });
    expect(world.documents).toEqual([document()]);
  });

  it('base64, as function URLs give bodies that are no text to them, and no content type', async () => {
    const form = String(new URLSearchParams({ data: JSON.stringify(document()), coreid: particleId }));
    const body = Buffer.from(form).toString('base64');
    expect((await world.send({ headers: headers(''), body, isBase64Encoded: true })).body).toEqual({ accepted: 1 });
    const json = JSON.stringify({ data: JSON.stringify(document()), coreid: particleId });
    expect((await world.send({ headers: headers(''), body: json })).body).toEqual({ duplicate: true });
  });

  it('a plain document without time and sequence has those of its publishing, one a minute', async () => {
    const { boot_id, seq, time, ...readings } = document();
    expect((await world.post(JSON.stringify(readings))).body).toEqual({ accepted: 1 });
    expect((await world.post(JSON.stringify(readings))).body).toEqual({ duplicate: true });
    const minute = Math.floor(Date.parse('2025-11-22T08:26:40.000Z') / 60_000);
    expect(world.documents).toEqual([{ ...document(), boot_id: 0, seq: minute, time: minute * 60 }]);
  });
});

describe('what is refused', () => {
  const form = (fields: Record<string, string>) => String(new URLSearchParams(fields));
  const good = () => encodePack(documents(start, 15));

  it.each<[string, () => string, string, string | undefined]>([
    ['a form cut off before coreid', () => `event=status&data=${encodeURIComponent(good())}&published_at=2025`, 'truncated_body', 'coreid'],
    ['a form without data', () => form({ event: 'status', coreid: particleId }), 'truncated_body', 'data'],
    ['an empty body', () => '', 'truncated_body', 'coreid'],
    ['a coreid that is none', () => form({ data: good(), coreid: '0123' }), 'no_device', 'coreid'],
    ['an unknown device', () => form({ data: good(), coreid: 'f'.repeat(24) }), 'unknown_device', 'coreid'],
    ['a pack cut off', () => form({ data: good().slice(0, 100), coreid: particleId }), 'not_json', undefined],
    ['an unknown version', () => form({ data: good().replace('"v":1', '"v":9'), coreid: particleId }), 'unknown_version', 'v'],
    [
      'a value out of range',
      () => form({ data: good().replace('"temp_c":41', '"temp_c":999'), coreid: particleId }),
      'out_of_range',
      'temp_c',
    ],
    ['a body that is too large', () => form({ data: 'x'.repeat(20_000), coreid: particleId }), 'too_large', undefined],
    [
      'a clock far ahead',
      () => form({ data: encodePack(documents({ ...start, time: world.now_s + 2 * hour + 1 }, 1)), coreid: particleId }),
      'time_ahead',
      'time',
    ],
  ])('%s is kept with its reason, and nothing else changes', async (_, body, reason, field) => {
    const before = world.table.items;
    expect(await world.send({ body: body() })).toEqual({ status: 200, body: { quarantined: reason } });
    expect(records()).toMatchObject([
      { reason, ...(field === undefined ? {} : { field }), body: body(), received_at: '2025-11-22T08:26:40.000Z' },
    ]);
    expect(JSON.stringify(records())).not.toContain(secret);
    expect(world.table.items).toBe(before);
    expect(world.logged).toEqual([]);
    expect(world.events.published).toEqual([]);
    expect(world.log.lines.map(({ message }) => message)).toEqual(['document quarantined']);
  });

  it.each<[string, string, string]>([
    ['a cut off JSON body', '{"coreid":"0123', 'not_json'],
    ['a JSON text', '"hello"', 'wrong_shape'],
    ['no coreid', '{"data":"{}"}', 'no_device'],
    ['data that is a number', JSON.stringify({ coreid: particleId, data: 7 }), 'wrong_shape'],
    ['neither data nor readings', JSON.stringify({ coreid: particleId, event: 'status' }), 'wrong_shape'],
    ['data nested very deep', `{"coreid":"${particleId}","data":{"count":${'['.repeat(7000)}${']'.repeat(7000)}}}`, 'wrong_type'],
  ])('JSON: %s', async (_, body, reason) => {
    expect((await world.send({ headers: headers('application/json'), body })).body).toEqual({ quarantined: reason });
  });

  it('is kept under its day and device, named by time and content', async () => {
    await world.post('hello');
    const [key] = world.quarantine.objects.keys();
    expect(key).toMatch(new RegExp(`^2025-11-22/${particleId}/${world.now_s}-[0-9a-f]{16}\\.json$`));
    await world.send({ body: 'x' });
    expect([...world.quarantine.objects.keys()][1]).toContain('2025-11-22/unknown/');
  });

  it('is kept once for each reason, when the same bytes are refused for two in the same second', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'application/json'])
      await world.send({ headers: headers(type), body: '' });
    expect(new Set(records().map(({ reason }) => reason)).size).toBe(2);
    expect(records()).toHaveLength(2);
  });

  it('is tried again by Particle when it can not be kept', async () => {
    world.quarantine.before = () => Promise.reject(new AwsError('SlowDown'));
    expect((await world.post('hello')).status).toBe(503);
  });

  it('whatever the bytes are, there is one answer and one object', async () => {
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.string().map((text) => Buffer.from(text)),
      fc.json().map((text) => Buffer.from(text)),
      fc.tuple(fc.nat(600), fc.uint8Array({ maxLength: 4 })).map(([at, bytes]) => {
        const whole = Buffer.from(form({ event: 'status', data: good(), coreid: particleId }));
        return Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + 1 + bytes.length)]);
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        anyBody,
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', '', 'text/plain'),
        async (bytes, type) => {
          world = new IngestWorld();
          const { status, body } = await world.send({
            headers: headers(type),
            body: Buffer.from(bytes).toString('base64'),
            isBase64Encoded: true,
          });
          expect(status).toBe(200);
          expect(world.quarantine.objects.size).toBe('quarantined' in (body as object) ? 1 : 0);
          const [record] = records();
          if (record !== undefined) expect(Buffer.from(record.body, record.body_encoding)).toEqual(Buffer.from(bytes));
        },
      ),
    );
  });
});

describe('who may post', () => {
  it.each([
    ['a wrong secret', { 'x-webhook-secret': 'other' }],
    ['no secret', {}],
  ])('not with %s: 401 as a problem, counted in the log, nothing kept', async (_, given) => {
    const reply = await world.send({ headers: given, body: 'data=1' });
    expect(reply).toMatchObject({ status: 401, body: { status: 401, title: 'Unauthorized' } });
    expect(world.log.lines).toMatchObject([{ level: 'warn', message: 'wrong webhook secret' }]);
    expect(world.quarantine.puts).toBe(0);
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS'])('not with %s', async (method) => {
    expect(await world.send({ requestContext: { http: { method } } })).toMatchObject({
      status: 405,
      body: { title: 'Method Not Allowed' },
    });
  });
});

describe('when AWS fails', () => {
  it('the answer is 503 without what is inside, and the log says it', async () => {
    world.table.before = () => Promise.reject(new AwsError('InternalServerError: arn:aws:dynamodb:secret-table'));
    const reply = await world.post(encodePack(documents(start, 15)));
    expect(reply.status).toBe(503);
    expect(JSON.stringify(reply.body)).not.toContain('arn:');
    expect(world.log.lines).toMatchObject([{ level: 'error', message: 'status not stored' }]);
  });

  it('a link is remembered, a missing one is not', async () => {
    world.table.items = new Map([...world.table.items].filter(([key]) => !key.startsWith('PARTICLE#')));
    const text = encodePack(documents(start, 1));
    expect((await world.post(text)).body).toEqual({ quarantined: 'unknown_device' });
    world.table.put({ pk: `PARTICLE#${particleId}`, sk: 'LINK', device_id: deviceId });
    expect((await world.post(text)).body).toEqual({ accepted: 1 });
  });
});

describe('the state of the device', () => {
  it('changes with each change in a pack, and tells each', async () => {
    const [one, two] = [
      documents(start, 15),
      documents({ ...start, seq: 115, time: start.time + 900 }, 15, (index) =>
        index >= 4 && index < 9 ? { run_state: 'fault', fault_code: 23 } : {},
      ),
    ];
    await world.post(encodePack(one));
    await world.post(encodePack(two));
    expect(changes().map(({ seq, from, to, path }) => [seq, from.run_state, from.fault_code, to.run_state, to.fault_code, path])).toEqual([
      [100, null, null, 'solar', 0, devicePath],
      [119, 'solar', 0, 'fault', 23, devicePath],
      [124, 'fault', 23, 'solar', 0, devicePath],
    ]);
    expect(world.state).toMatchObject({ run_state: 'solar', fault_code: 0 });
  });

  it('does not change by what could not be read', async () => {
    await world.post(encodePack(documents(start, 3)));
    await world.post(
      encodePack(documents({ ...start, seq: 103, time: start.time + 180 }, 3, () => ({ run_state: null, fault_code: null }))),
    );
    expect(changes()).toHaveLength(1);
    expect(world.state).toMatchObject({ run_state: 'solar', fault_code: 0 });
  });

  it('never changes by a late pack', async () => {
    await world.post(encodePack(documents({ ...start, seq: 130, time: start.time + 1800 }, 5)));
    const before = world.state;
    await world.post(encodePack(documents(start, 5, () => ({ run_state: 'grid' }))));
    expect(world.state).toEqual(before);
    expect(changes()).toHaveLength(1);
  });

  it('is made good by the same pack after a crash, and by the next one when that never comes', async () => {
    const text = encodePack(documents(start, 5, () => ({ run_state: 'grid' })));
    world.events.before = () => Promise.reject(new AwsError('Throttled'));
    expect((await world.post(text)).status).toBe(503);
    expect(world.state).toMatchObject({ run_state: 'unknown' });
    world.events.before = async () => {};
    await world.post(encodePack(documents({ ...start, seq: 105, time: start.time + 300 }, 5, () => ({ run_state: 'grid' }))));
    expect(world.state).toMatchObject({ run_state: 'grid' });
    expect(changes().map(({ seq, to }) => [seq, to.run_state])).toEqual([[105, 'grid']]);
  });

  it('is told as it went, though the change before got lost', async () => {
    world.events.before = () => Promise.reject(new AwsError('Throttled'));
    await world.post(encodePack(documents(start, 5)));
    world.events.before = async () => {};
    await world.post(
      encodePack(documents({ ...start, seq: 105, time: start.time + 300 }, 5, () => ({ run_state: 'fault', fault_code: 9 }))),
    );
    expect(changes().map(({ seq, from, to }) => [seq, from.run_state, to.run_state])).toEqual([[105, 'solar', 'fault']]);
  });

  it('is that of the newest pack, though the writer of an older one comes last', async () => {
    const [one, two, three, four] = [0, 1, 2, 3].map((index) =>
      encodePack(
        documents({ ...start, seq: 100 + index * 5, time: start.time + index * 300 }, 5, () => ({
          run_state: index === 1 ? 'grid' : 'solar',
        })),
      ),
    ) as [string, string, string, string];
    await world.post(one);
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    world.table.before = async (command) => {
      if (command !== 'UpdateCommand') return;
      updates += 1;
      // The first keeps the newest status, the second writes the state.
      if (updates !== 2) return;
      reached.resolve();
      await held.promise;
    };
    let updates = 0;
    const late = world.post(two);
    await reached.promise;
    await world.post(four);
    await world.post(three);
    // The fourth found the state that was to be, and had nothing to write.
    world.table.put({ ...world.latest, run_state: 'solar', state_time: start.time + 240 } as LatestItem);
    held.resolve();
    await late;
    expect(world.state).toMatchObject({ run_state: 'solar' });
  });
});
