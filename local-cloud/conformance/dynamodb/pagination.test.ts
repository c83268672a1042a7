import { expect } from 'vitest';
import { type Bench, type Item, s, suite } from './suite.ts';

const PAGES = 'Paginating table query results in DynamoDB';
const KB = 1024;

/** An item of `things` that has exactly so many bytes. */
function sized(pk: string, sk: string, bytes: number): Item {
  const fixed = 'pk'.length + pk.length + 'sk'.length + sk.length + 'fill'.length;
  return { pk: s(pk), sk: s(sk), fill: s('x'.repeat(bytes - fixed)) };
}

async function fill(bench: Bench, pk: string, sizes: readonly number[]): Promise<void> {
  for (const [index, bytes] of sizes.entries()) await bench.db.putItem({ TableName: bench.table, Item: sized(pk, `${index}`, bytes) });
}

/** Sort keys of a page without the items' bulk. */
async function page(bench: Bench, pk: string, more: object = {}) {
  const answer = await bench.db.query({
    TableName: bench.table,
    ConsistentRead: true,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': s(pk) },
    ...more,
  });
  return { count: answer.Count, scanned: answer.ScannedCount, last: answer.LastEvaluatedKey?.['sk']?.S };
}

suite('pagination', ['things', 'single'], (behaviour) => {
  behaviour('items below 1 MB are one page', PAGES, async (bench) => {
    await fill(bench, 'below', [350 * KB, 350 * KB, 324 * KB - 1]);
    expect(await page(bench, 'below')).toEqual({ count: 3, scanned: 3, last: undefined });
  });
  behaviour('a page ends with the item that brings it over 1 MB', PAGES, async (bench) => {
    await fill(bench, 'above', [350 * KB, 350 * KB, 350 * KB, 350 * KB]);
    expect(await page(bench, 'above')).toEqual({ count: 3, scanned: 3, last: '2' });
    expect(await page(bench, 'above', { ScanIndexForward: false })).toEqual({ count: 3, scanned: 3, last: '1' });
    expect(await page(bench, 'above', { ExclusiveStartKey: { pk: s('above'), sk: s('2') } })).toEqual({
      count: 1,
      scanned: 1,
      last: undefined,
    });
  });
  behaviour('a page of exactly 1 MB goes on', PAGES, async (bench) => {
    await fill(bench, 'exact', [350 * KB, 350 * KB, 324 * KB, KB]);
    expect(await page(bench, 'exact')).toEqual({ count: 3, scanned: 3, last: '2' });
  });
  behaviour('1 MB is what is read, not what the filter lets through', 'Query', async (bench) => {
    await fill(bench, 'filtered', [350 * KB, 350 * KB, 350 * KB, KB]);
    expect(await page(bench, 'filtered', { FilterExpression: 'attribute_exists(nope)' })).toEqual({ count: 0, scanned: 3, last: '2' });
  });
  behaviour('1 MB is what is read, not what the projection shows', 'Query', async (bench) => {
    await fill(bench, 'projected', [350 * KB, 350 * KB, 350 * KB, KB]);
    expect(await page(bench, 'projected', { ProjectionExpression: 'pk' })).toEqual({ count: 3, scanned: 3, last: '2' });
    expect(await page(bench, 'projected', { Select: 'COUNT' })).toEqual({ count: 3, scanned: 3, last: '2' });
  });
  behaviour('an index counts what it holds', 'Using Global Secondary Indexes in DynamoDB', async (bench) => {
    for (let index = 0; index < 4; index++) {
      const item = { ...sized('indexed', `${index}`, 350 * KB), keyspk: s('indexed'), keyssk: { N: String(index) } };
      await bench.db.putItem({ TableName: bench.table, Item: item });
    }
    const ask = { IndexName: 'keys', ConsistentRead: false, KeyConditionExpression: 'keyspk = :p' };
    await expect.poll(async () => page(bench, 'indexed', ask), { timeout: 10_000 }).toEqual({ count: 4, scanned: 4, last: undefined });
  });
  behaviour('a scan’s page ends at 1 MB', 'Scan', async (bench) => {
    const TableName = bench.tables.single;
    for (let index = 0; index < 4; index++) {
      await bench.db.putItem({ TableName, Item: { pk: s(`${index}`), fill: s('x'.repeat(350 * KB)) } });
    }
    const first = await bench.db.scan({ TableName, ConsistentRead: true, Select: 'COUNT' });
    expect(first).toMatchObject({ Count: 3, ScannedCount: 3 });
    const start = first.LastEvaluatedKey;
    const rest = await bench.db.scan({ TableName, ConsistentRead: true, Select: 'COUNT', ...(start && { ExclusiveStartKey: start }) });
    expect(rest).toMatchObject({ Count: 1, ScannedCount: 1 });
  });
  behaviour('BatchGetItem answers 16 MB at most, and the keys of the rest', 'BatchGetItem', async (bench) => {
    const TableName = bench.table;
    const keys = Array.from({ length: 50 }, (_, index) => ({ pk: s('batch'), sk: s(`${index}`) }));
    for (let begin = 0; begin < keys.length; begin += 10) {
      const Puts = keys.slice(begin, begin + 10).map((key) => ({ PutRequest: { Item: sized('batch', key.sk.S, 390 * KB) } }));
      await bench.db.batchWriteItem({ RequestItems: { [TableName]: Puts } });
    }
    const answer = await bench.db.batchGetItem({
      RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true, ProjectionExpression: 'pk, sk' } },
    });
    const found = answer.Responses?.[TableName] ?? [];
    const rest = answer.UnprocessedKeys?.[TableName];
    expect(found.length).toBeLessThanOrEqual((16 * 1024) / 390 + 1);
    expect(found.length).toBeGreaterThan(0);
    expect(rest).toMatchObject({ ConsistentRead: true, ProjectionExpression: 'pk, sk' });
    const both = [...found, ...(rest?.Keys ?? [])].map((key) => Number(key['sk']?.S)).sort((a, b) => a - b);
    expect(both).toEqual(keys.map((_, index) => index));
  });
});
