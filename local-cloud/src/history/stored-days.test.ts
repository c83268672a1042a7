import {
  decodePack,
  decodeRollup,
  encodeRollup,
  packDocuments,
  packItem,
  rollUpDay,
  rollupKey,
  type StatusDocument,
  startOfUtcDay,
} from '@enstratus/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDb } from '../services/dynamodb/dynamodb-service.ts';
import { tableInput } from '../services/dynamodb/test-table.ts';
import { startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { newestRollupDay, rollUpStoredDays } from './stored-days.ts';
import { TableCalls } from './table-calls.ts';

const start = startOfUtcDay('2026-11-10');
let cloud: TestCloud;
let table: TableCalls;

beforeAll(async () => {
  cloud = await startTestCloud([createDynamoDb]);
  await cloud.cloud.call('dynamodb', 'CreateTable', tableInput('days'), cloud.caller());
  table = new TableCalls(cloud.cloud, cloud.caller(), 'days');
});
afterAll(() => cloud.stop());

/** One document a minute in [from, to) of the hours since the day began. */
const minutes = (from: number, to: number): StatusDocument[] =>
  Array.from({ length: (to - from) * 60 }, (_, index) => ({
    boot_id: 1,
    seq: from * 60 + index,
    time: start + from * 3600 + index * 60,
    run_state: 'solar',
    dc_bus_v: 500,
    solar_w: 1200,
    grid_w: 0,
    motor_w: 1100,
    motor_a: 2,
    motor_hz: 40,
    temp_c: 30,
    fault_code: 0,
    signal_pct: 60,
  }));

async function store(device_id: string, documents: readonly StatusDocument[]): Promise<void> {
  const items = packDocuments(documents).map((text) => {
    const decoded = decodePack(text);
    if (!decoded.ok) throw new Error(decoded.detail);
    return { ...packItem(device_id, text, decoded.documents, start) };
  });
  await table.put(items);
}

const wholeDay = (documents: readonly StatusDocument[], day: string, every_s = 60) =>
  encodeRollup(
    rollUpDay(
      day,
      documents.map((document) => ({ document, every_s })),
    ),
  );

it('makes days of the packs that came, and again only what has changed', async () => {
  await store('live', minutes(20, 30));
  const made = await rollUpStoredDays(table, 'live', '2026-11-09', '2026-11-11');
  expect(made).toEqual(['2026-11-10', '2026-11-11'].map((day) => ({ day, rollup: wholeDay(minutes(20, 30), day) })));
  expect(await rollUpStoredDays(table, 'live', '2026-11-09', '2026-11-11')).toEqual([]);
  await store('live', minutes(30, 31));
  expect(await rollUpStoredDays(table, 'live', '2026-11-10', '2026-11-12')).toEqual([
    { day: '2026-11-11', rollup: wholeDay(minutes(20, 31), '2026-11-11') },
  ]);
  expect(await newestRollupDay(table, 'live')).toBe('2026-11-11');
  expect(await newestRollupDay(table, 'other')).toBeUndefined();
});

it('leaves hours of which only a rollup is there', async () => {
  const rollup = wholeDay(minutes(0, 12), '2026-11-10');
  await table.put([{ ...rollupKey('loaded', '2026-11-10'), rollup }]);
  await store('loaded', minutes(11.5, 14));
  const [made] = await rollUpStoredDays(table, 'loaded', '2026-11-10', '2026-11-10');
  expect(decodeRollup(made?.rollup ?? '').map((hour) => hour.reported_minutes)).toEqual([...Array(14).fill(60), ...Array(10).fill(0)]);
});
