import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { deviceLogGroupName, encodePack, parseLogLine, type StatusDocument } from '@enstratus/contract';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { handMadeDocuments } from './hand-made-documents.ts';
import { minutesAgo, System } from './system.ts';

/** Packs of the largest test: 200 where time is no matter. */
const MANY = process.env['ENSTRATUS_LONG'] === undefined ? 60 : 200;

let system: System;

beforeAll(() => {
  system = new System();
});

const quarterOfAnHour = (minutes: number, identity = { boot_id: 3, seq: 0 }) =>
  handMadeDocuments({ ...identity, time: minutesAgo(minutes) }, 15);

describe('a pack posted by Particle', () => {
  it('is 15 log events, one item and one write unit, and Insights averages it, as soon as it is answered', async () => {
    const device = await system.newDevice();
    const documents = quarterOfAnHour(20);
    const pack = encodePack(documents);
    // The request as Particle's webhook reference shows its default body.
    const response = await fetch(system.endpoints.webhook.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        [system.endpoints.webhook.secretHeader]: system.endpoints.webhook.secret,
      },
      body: `event=status&data=${encodeURIComponent(pack)}&published_at=${encodeURIComponent(new Date().toISOString())}&coreid=${device.particleId}`,
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ accepted: 15 });

    const lines = await system.logLines(device);
    expect(lines.map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream))).toEqual(documents);
    expect(await system.documents(device)).toEqual(documents);

    const [item = {}] = await system.items(device, 'PACK#');
    const { ConsumedCapacity } = await system.table.send(
      new PutCommand({ TableName: system.endpoints.tableName, Item: item, ReturnConsumedCapacity: 'TOTAL' }),
    );
    expect(ConsumedCapacity?.CapacityUnits).toBe(1);

    const rows = await system.insights(
      deviceLogGroupName(device.deviceId),
      'stats avg(solar_w) as mean_w by bin(5m) as five_minutes | sort five_minutes',
    );
    const bins = Map.groupBy(documents, ({ time }) => Math.floor(time / 300) * 300);
    expect(rows.map((row) => [row['five_minutes'], Number(row['mean_w'])])).toEqual(
      [...bins].map(([start, members]) => [
        new Date(start * 1000).toISOString().replace('T', ' ').replace('Z', ''),
        expect.closeTo(mean(members), 3),
      ]),
    );
  });

  it('stands in the log stream of its boot, by which Insights tells boots apart', async () => {
    const device = await system.newDevice();
    const [before, after] = [quarterOfAnHour(40), quarterOfAnHour(20, { boot_id: 4, seq: 0 }).slice(0, 5)];
    for (const documents of [before, after]) expect((await system.post(device, encodePack(documents))).status).toBe(200);
    const lines = await system.logLines(device);
    expect(lines.map(({ message, timestamp, stream }) => parseLogLine(message, timestamp, stream))).toEqual([...before, ...after]);
    const group = deviceLogGroupName(device.deviceId);
    const query =
      'parse @logStream "boot-*" as boot_id | stats min(seq) as first, max(seq) as last, count(*) as n by boot_id | sort boot_id';
    expect(await system.insights(group, query)).toEqual([
      { boot_id: '0000000003', first: '0', last: '14', n: '15' },
      { boot_id: '0000000004', first: '0', last: '4', n: '5' },
    ]);
    expect(await system.insights(group, 'filter @logStream = "boot-0000000004" | stats count(*) as n')).toEqual([{ n: '5' }]);
  });

  it('is read once when it is sent twice', async () => {
    const device = await system.newDevice();
    const documents = quarterOfAnHour(20);
    expect(await (await system.post(device, encodePack(documents))).json()).toEqual({ accepted: 15 });
    expect(await (await system.post(device, encodePack(documents))).json()).toEqual({ duplicate: true });
    expect(await system.documents(device)).toEqual(documents);
    expect(await system.logLines(device)).toHaveLength(15);
  });

  it(`among ${MANY} in shuffled order, each of them delivered twice, is read once and in order`, async () => {
    const device = await system.newDevice();
    const documents = handMadeDocuments({ boot_id: 9, seq: 0, time: minutesAgo(MANY * 15 + 5) }, MANY * 15);
    const packs = Array.from({ length: MANY }, (_, index) => encodePack(documents.slice(index * 15, index * 15 + 15)));
    const queue = shuffled([...packs, ...packs]);
    const statuses = new Set<number>();
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (let pack = queue.pop(); pack !== undefined; pack = queue.pop()) statuses.add((await system.post(device, pack)).status);
      }),
    );
    expect([...statuses]).toEqual([200]);
    expect(await system.documents(device)).toEqual(documents);
    expect(await system.items(device, 'GAP#')).toEqual([]);
    const rows = await system.insights(
      deviceLogGroupName(device.deviceId),
      'fields seq, solar_w | sort seq | dedup @logStream, seq | limit 10000',
    );
    expect(rows.map((row) => [Number(row['seq']), Number(row['solar_w'])])).toEqual(documents.map(({ seq, solar_w }) => [seq, solar_w]));
  });

  it('that is missing shows as a gap until it comes', async () => {
    const device = await system.newDevice();
    const documents = handMadeDocuments({ boot_id: 1, seq: 0, time: minutesAgo(50) }, 45);
    const pack = (index: number) => encodePack(documents.slice(index * 15, index * 15 + 15));
    await system.post(device, pack(0));
    await system.post(device, pack(2));
    expect(await system.items(device, 'GAP#')).toMatchObject([{ sk: 'GAP#0000000001#0000000015', last_missing_seq: 29 }]);
    await vi.waitFor(async () => expect(await eventTypes(device)).toContain('device.gap_found'), { timeout: 20_000 });
    await system.post(device, pack(1));
    expect(await system.items(device, 'GAP#')).toEqual([]);
    expect(await system.documents(device)).toEqual(documents);
    await vi.waitFor(async () => expect(await eventTypes(device)).toContain('device.gap_closed'), { timeout: 20_000 });
  });

  it('with another state changes the device and stands in its history', async () => {
    const device = await system.newDevice();
    const [first, second] = [quarterOfAnHour(40), quarterOfAnHour(25, { boot_id: 3, seq: 15 })];
    await system.post(device, encodePack(first));
    const faulty = second.map(
      (document, index): StatusDocument => (index < 7 ? document : { ...document, run_state: 'fault', fault_code: 12 }),
    );
    await system.post(device, encodePack(faulty));
    expect(await system.latest(device)).toMatchObject({ run_state: 'fault', fault_code: 12 });
    await vi.waitFor(
      async () => {
        const events = (await system.items(device, 'EVENT#')).map((item) => item['event']);
        expect(events).toContainEqual(
          expect.objectContaining({
            type: 'device.state_changed',
            seq: 22,
            from: { run_state: 'solar', fault_code: 0 },
            to: { run_state: 'fault', fault_code: 12 },
          }),
        );
      },
      { timeout: 20_000 },
    );
    // A late pack is history and never the present.
    const late = handMadeDocuments({ boot_id: 2, seq: 0, time: minutesAgo(90) }, 15).map(
      (document): StatusDocument => ({ ...document, run_state: 'grid' }),
    );
    await system.post(device, encodePack(late));
    expect(await system.latest(device)).toMatchObject({ run_state: 'fault' });
  });

  it('older than 14 days goes to the archive, and its log group stays as it is', async () => {
    const device = await system.newDevice();
    const documents = quarterOfAnHour(20 * 24 * 60);
    expect((await system.post(device, encodePack(documents))).status).toBe(200);
    expect(await system.logLines(device)).toEqual([]);
    expect(JSON.stringify(await system.archived(device))).toContain(JSON.stringify(encodePack(documents)));
    expect(await system.documents(device)).toEqual(documents);
  });
});

describe('every form in which Particle may send a document', () => {
  const [document] = handMadeDocuments({ boot_id: 4, seq: 77, time: minutesAgo(3) }, 1) as [StatusDocument];
  const text = encodePack([document]);
  const plain = JSON.stringify(document);
  const asText = Object.fromEntries(Object.entries(document).map(([name, value]) => [name, String(value)]));
  const published_at = new Date().toISOString();

  it.each<[string, string, (coreid: string) => string]>([
    [
      'the default form with a pack',
      'application/x-www-form-urlencoded',
      (coreid) => String(new URLSearchParams({ event: 'status', data: text, published_at, coreid })),
    ],
    [
      'the default form with a plain document',
      'application/x-www-form-urlencoded',
      (coreid) => String(new URLSearchParams({ event: 'status', data: plain, published_at, coreid })),
    ],
    ['JSON with the data as text', 'application/json', (coreid) => JSON.stringify({ event: 'status', data: text, published_at, coreid })],
    [
      'JSON with the data as an object',
      'application/json',
      (coreid) => JSON.stringify({ event: 'status', data: document, published_at, coreid }),
    ],
    [
      'JSON by a template, every value text',
      'application/json',
      (coreid) => JSON.stringify({ ...asText, event: 'status', published_at, coreid }),
    ],
  ])('%s is stored', async (_, contentType, body) => {
    const device = await system.newDevice();
    const response = await fetch(system.endpoints.webhook.url, {
      method: 'POST',
      headers: { 'content-type': contentType, [system.endpoints.webhook.secretHeader]: system.endpoints.webhook.secret },
      body: body(device.particleId),
    });
    expect([response.status, await response.json()]).toEqual([200, { accepted: 1 }]);
    expect(await system.documents(device)).toEqual([document]);
    expect(await system.logLines(device)).toHaveLength(1);
  });
});

async function eventTypes(device: Parameters<System['items']>[0]): Promise<unknown[]> {
  return (await system.items(device, 'EVENT#')).map((item) => item['type']);
}

function mean(documents: readonly StatusDocument[]): number {
  return documents.reduce((sum, { solar_w }) => sum + (solar_w ?? 0), 0) / documents.length;
}

function shuffled<T>(values: T[]): T[] {
  for (let index = values.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [values[index], values[other]] = [values[other] as T, values[index] as T];
  }
  return values;
}
