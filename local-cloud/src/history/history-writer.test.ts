import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import {
  decodePack,
  deviceKey,
  deviceLogGroupName,
  deviceLogStreamName,
  encodeRollup,
  latestItemSchema,
  latestKey,
  packDocuments,
  parseLogLine,
  readRollupItem,
  rollUpDay,
  type StatusDocument,
  treeKey,
  utcDayOf,
} from '@enstratus/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDb } from '../services/dynamodb/dynamodb-service.ts';
import { tableInput } from '../services/dynamodb/test-table.ts';
import { createLogs } from '../services/logs/logs-service.ts';
import { startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { HistoryWriter } from './history-writer.ts';
import { latestTime } from './plan.ts';

const TableName = 'history';
const now = Math.floor(Date.now() / 60_000) * 60;
const packDays = { first: utcDayOf(now - 2 * 86_400), last: utcDayOf(now) };
let cloud: TestCloud;
let table: DynamoDBDocumentClient;
let logs: CloudWatchLogsClient;
let writer: HistoryWriter;
let numbered = 0;

beforeAll(async () => {
  cloud = await startTestCloud([createDynamoDb, createLogs]);
  const dynamodb = new DynamoDBClient(cloud.client);
  await dynamodb.send(new CreateTableCommand(tableInput(TableName)));
  table = DynamoDBDocumentClient.from(dynamodb);
  logs = new CloudWatchLogsClient(cloud.client);
  writer = new HistoryWriter(cloud.cloud, cloud.caller(), TableName);
});
afterAll(() => cloud.stop());

/** As register-device leaves it. */
async function registered(): Promise<{ device_id: string; path: string }> {
  numbered += 1;
  const device_id = `device-${numbered}`;
  const path = `/enfusion/p/d/c/s/${device_id}`;
  const Item = {
    ...deviceKey(device_id),
    device_id,
    path,
    ...treeKey('DEVICE', path),
  };
  await table.send(new PutCommand({ TableName, Item }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: deviceLogGroupName(device_id) }));
  return { device_id, path };
}

/** One document a minute up to a minute ago, the last one in a fault. */
const minutes = (count: number, boot_id = 1): StatusDocument[] =>
  Array.from({ length: count }, (_, seq) => ({
    boot_id,
    seq,
    time: now - (count - seq) * 60,
    run_state: seq === count - 1 ? 'fault' : 'solar',
    dc_bus_v: 550,
    solar_w: 3000 + (seq % 50),
    grid_w: 0,
    motor_w: 2800,
    motor_a: 6.5,
    motor_hz: 47.5,
    temp_c: 40,
    fault_code: seq === count - 1 ? 14 : 0,
    signal_pct: null,
  }));

async function storedPacks(device_id: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await table.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :pack)',
      ExpressionAttributeValues: { ':pk': deviceKey(device_id).pk, ':pack': 'PACK#' },
    }),
  );
  return Items;
}

async function logged(device_id: string): Promise<(StatusDocument | undefined)[]> {
  const documents: (StatusDocument | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({ logGroupName: deviceLogGroupName(device_id), ...(nextToken === undefined ? {} : { nextToken }) }),
    );
    documents.push(
      ...(page.events ?? []).map(({ message = '', timestamp = 0, logStreamName = '' }) => parseLogLine(message, timestamp, logStreamName)),
    );
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return documents;
}

async function streams(device_id: string): Promise<(string | undefined)[]> {
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: deviceLogGroupName(device_id) }));
  return logStreams.map(({ logStreamName }) => logStreamName);
}

describe('a history', () => {
  it('stands in table and log as ingest would have stored it', async () => {
    const device = await registered();
    const documents = minutes(2 * 1440);
    const hours = rollUpDay('2026-11-01', []);
    expect(
      await writer.write({
        ...device,
        packDays,
        rollups: [{ day: '2026-11-01', rollup: encodeRollup(hours) }],
        packs: packDocuments(documents),
      }),
    ).toBe(2880);
    const packs = await storedPacks(device.device_id);
    const read = packs.map(({ pack }) => decodePack(String(pack)));
    expect(read.flatMap((decoded) => (decoded.ok ? decoded.documents : []))).toEqual(documents);
    expect(Object.keys(packs[0] ?? {}).toSorted()).toEqual(['count', 'pack', 'pk', 'received_at', 'sk', 'ttl']);
    expect(await logged(device.device_id)).toEqual(documents);
    const newest = documents.at(-1);
    const { Item: latest } = await table.send(new GetCommand({ TableName, Key: latestKey(device.path) }));
    expect(latestItemSchema.parse(latest)).toMatchObject({
      device_id: device.device_id,
      document: newest,
      time: newest?.time,
      run_state: 'fault',
      fault_code: 14,
      state_time: newest?.time,
      followed_until: newest?.time,
    });
    const key = { pk: deviceKey(device.device_id).pk, sk: 'ROLLUP#2026-11-01' };
    const { Item: rollup } = await table.send(new GetCommand({ TableName, Key: key }));
    expect(readRollupItem(rollup)).toEqual({ day: '2026-11-01', hours });
    expect(await latestTime(writer.table, device.path)).toBe(newest?.time);
  });

  it('with a restart in it stands in a stream for each boot', async () => {
    const device = await registered();
    const [before, after] = [minutes(60).slice(0, 30), minutes(60, 2).slice(30)];
    await writer.write({ ...device, packDays, rollups: [], packs: [...packDocuments(before), ...packDocuments(after)] });
    expect(await streams(device.device_id)).toEqual([deviceLogStreamName(1), deviceLogStreamName(2)]);
    expect(await logged(device.device_id)).toEqual([...before, ...after]);
  });

  it('never takes a newer status or state back', async () => {
    const device = await registered();
    const documents = minutes(30);
    await writer.write({ ...device, packDays, rollups: [], packs: packDocuments(documents) });
    await writer.write({ ...device, packDays, rollups: [], packs: packDocuments(documents.slice(0, 15)) });
    const { Item: latest } = await table.send(new GetCommand({ TableName, Key: latestKey(device.path) }));
    expect(latest).toMatchObject({ time: documents.at(-1)?.time, run_state: 'fault' });
  });

  it('that was begun and not finished goes without a trace', async () => {
    const device = await registered();
    expect(await writer.clearUnfinished(device.device_id, undefined)).toBe(false);
    await writer.write({ ...device, packDays, rollups: [], packs: packDocuments(minutes(2880, 3)) });
    expect(await writer.clearUnfinished(device.device_id, undefined)).toBe(true);
    expect(await storedPacks(device.device_id)).toEqual([]);
    expect(await logged(device.device_id)).toEqual([]);
    expect(await streams(device.device_id)).toEqual([]);
    await writer.write({ ...device, packDays, rollups: [], packs: packDocuments(minutes(20, 4)) });
    expect(await logged(device.device_id)).toHaveLength(20);
  });

  it('that was begun to be caught up goes as far as it is not known to be right', async () => {
    const device = await registered();
    const documents = minutes(60);
    const known = (documents[29]?.time ?? 0) + 20;
    await writer.write({ ...device, packDays, rollups: [], packs: packDocuments(documents) });
    expect(await writer.clearUnfinished(device.device_id, known)).toBe(true);
    expect(await storedPacks(device.device_id)).toHaveLength(2);
    expect(await writer.clearUnfinished(device.device_id, known)).toBe(false);
  });

  it('of rollups alone changes nothing of now', async () => {
    const device = await registered();
    expect(
      await writer.write({
        ...device,
        packDays,
        rollups: [{ day: '2025-11-01', rollup: encodeRollup(rollUpDay('2025-11-01', [])) }],
        packs: [],
      }),
    ).toBe(0);
    expect(await latestTime(writer.table, device.path)).toBeUndefined();
  });

  it('of texts that are no packs is refused before anything is written', async () => {
    const device = await registered();
    await expect(writer.write({ ...device, packDays, rollups: [], packs: ['{"v":1}'] })).rejects.toThrow(/no pack \(missing_field\)/);
    expect(await storedPacks(device.device_id)).toEqual([]);
  });
});
