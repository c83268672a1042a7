import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, n, s, tableInput } from './test-table.ts';

const TableName = 'durable';
let directory: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'local-cloud-killed-'));
});
afterEach(async () => {
  if (child !== undefined) await kill(child);
  rmSync(directory, { recursive: true, force: true });
});

async function kill(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return;
  const ended = once(running, 'exit');
  running.kill('SIGKILL');
  await ended;
}

function spawnChild(...work: string[]) {
  const file = fileURLToPath(new URL('durability-child.ts', import.meta.url));
  const started = spawn(process.execPath, [file, directory, ...work], { stdio: ['ignore', 'pipe', 'ignore'] });
  child = started;
  return { started, lines: createInterface({ input: started.stdout }) };
}

/** A local cloud in a process of its own, and a client of it. */
async function startChild(): Promise<DynamoDB> {
  const [endpoint] = (await once(spawnChild().lines, 'line')) as [string];
  return new DynamoDB({ endpoint, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' }, maxAttempts: 1 });
}

async function readAll(db: DynamoDB, IndexName?: string) {
  const items: Record<string, { S?: string; N?: string }>[] = [];
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await db.scan({ TableName, ...(IndexName && { IndexName }), ...(ExclusiveStartKey && { ExclusiveStartKey }) });
    items.push(...((page.Items ?? []) as typeof items));
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

it('keeps every acknowledged write, whole, over kill -9, and opens again at once', async () => {
  const acknowledged = new Set<string>();
  const updates = new Map<string, number>();
  let round = 0;
  for (; round < 3; round++) {
    const db = await startChild();
    const running = child;
    if (round === 0) await db.createTable(tableInput(TableName));
    const target = acknowledged.size + 150;
    const indexed = (name: string) => ({ ...key(name), gsi1pk: s('ALL'), gsi1sk: s(name), body: s('x'.repeat(700)) });
    let stopped = false;
    const worker = async (number: number) => {
      for (let step = 0; !stopped; step++) {
        const name = `${round}-${number}-${step}`;
        try {
          if (step % 3 === 0) {
            await db.putItem({ TableName, Item: indexed(name) });
            acknowledged.add(name);
          } else if (step % 3 === 1) {
            await db.transactWriteItems({
              TransactItems: ['a', 'b'].map((part) => ({ Put: { TableName, Item: indexed(`pair-${part}-${name}`) } })),
            });
            acknowledged.add(`pair-a-${name}`);
          } else {
            const counter = `counter-${number}`;
            await db.updateItem({
              TableName,
              Key: key(counter),
              UpdateExpression: 'ADD v :one',
              ExpressionAttributeValues: { ':one': n(1) },
            });
            updates.set(counter, (updates.get(counter) ?? 0) + 1);
          }
        } catch (error) {
          // Only the kill may end a request, and then nothing was acknowledged.
          if (!stopped) throw error;
        }
      }
    };
    const workers = Promise.all(Array.from({ length: 6 }, (_, number) => worker(number)));
    await expect.poll(() => acknowledged.size, { timeout: 15_000, interval: 5 }).toBeGreaterThan(target);
    stopped = true;
    if (running !== undefined) await kill(running);
    await workers;
  }

  const test = await startTestCloud([createDynamoDb], { directory });
  const db = new DynamoDB(test.client);
  const items = await readAll(db);
  const names = new Set(items.map((item) => String(item['pk']?.S)));
  expect([...acknowledged].filter((name) => !names.has(name))).toEqual([]);
  for (const name of names) {
    if (name.startsWith('pair-a-')) expect(names).toContain(name.replace('pair-a-', 'pair-b-'));
    if (name.startsWith('pair-b-')) expect(names).toContain(name.replace('pair-b-', 'pair-a-'));
  }
  for (const [counter, count] of updates) {
    const value = Number(items.find((item) => item['pk']?.S === counter)?.['v']?.N);
    // A write may have been done whose answer the kill cut off: one for each worker and round.
    expect(value).toBeGreaterThanOrEqual(count);
    expect(value).toBeLessThanOrEqual(count + round);
  }
  const fromIndex = await readAll(db, 'gsi1');
  const sorted = (list: typeof items) => list.map((item) => JSON.stringify(item)).toSorted();
  expect(sorted(fromIndex)).toEqual(sorted(items.filter((item) => item['gsi1pk'] !== undefined)));
  const { Table } = await db.describeTable({ TableName });
  expect(Table).toMatchObject({ ItemCount: items.length, GlobalSecondaryIndexes: [{ ItemCount: fromIndex.length }, { ItemCount: 0 }] });
  await test.stop();
}, 60_000);

it('leaves no part of a transaction behind when it is killed in the middle of one', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 6; round++) {
    const { started, lines } = spawnChild('transactions');
    const before = acknowledged.length;
    lines.on('line', (line) => {
      if (!line.startsWith('http')) acknowledged.push(line);
    });
    await expect.poll(() => acknowledged.length, { timeout: 15_000, interval: 2 }).toBeGreaterThan(before + 5);
    // At some moment of a transaction, not always at the same one after the answer.
    await delay((round * 53) % 40);
    await kill(started);
  }
  const test = await startTestCloud([createDynamoDb], { directory });
  const db = new DynamoDB(test.client);
  for (const IndexName of [undefined, 'gsi1']) {
    const sizes = new Map<string, number>();
    for (const item of await readAll(db, IndexName)) sizes.set(String(item['pk']?.S), (sizes.get(String(item['pk']?.S)) ?? 0) + 1);
    expect(new Set(sizes.values())).toEqual(new Set([40]));
    expect(acknowledged.filter((batch) => !sizes.has(batch))).toEqual([]);
  }
  await test.stop();
}, 60_000);

it('keeps tables, items, settings and transaction tokens over a restart', async () => {
  let test = await startTestCloud([createDynamoDb], { directory });
  let db = new DynamoDB(test.client);
  await db.createTable({ ...tableInput(TableName), DeletionProtectionEnabled: true, Tags: [{ Key: 'a', Value: 'b' }] });
  await db.updateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } });
  await db.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  const before = (await db.describeTable({ TableName })).Table;
  const transaction = {
    ClientRequestToken: 'token',
    TransactItems: [{ Update: { TableName, Key: key('a'), UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': n(1) } } }],
  };
  await db.transactWriteItems(transaction);
  test = await test.restart();
  db = new DynamoDB(test.client);
  await db.transactWriteItems(transaction);
  expect((await db.getItem({ TableName, Key: key('a') })).Item).toEqual({ ...key('a'), v: n(1) });
  expect((await db.describeTable({ TableName })).Table).toEqual({ ...before, ItemCount: 1, TableSizeBytes: 9 });
  expect((await db.describeTimeToLive({ TableName })).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
  expect(
    (await db.describeContinuousBackups({ TableName })).ContinuousBackupsDescription?.PointInTimeRecoveryDescription
      ?.PointInTimeRecoveryStatus,
  ).toBe('ENABLED');
  await expect(db.deleteTable({ TableName })).rejects.toThrow('protected against deletion');
  // Expiry goes on in a store that nobody has asked for anything yet.
  await db.putItem({ TableName, Item: { ...key('old'), ttl: n(Math.floor(Date.now() / 1000) + 1) } });
  test = await test.restart();
  db = new DynamoDB(test.client);
  await expect.poll(async () => (await db.getItem({ TableName, Key: key('old') })).Item, { timeout: 10_000 }).toBeUndefined();
  await test.stop();
});
