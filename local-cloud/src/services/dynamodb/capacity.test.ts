import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { itemSize } from './attribute-value.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, n, s, tableInput, type Value } from './test-table.ts';

let test: TestCloud;
let db: DynamoDB;
const TableName = 'units';
const counted = { TableName, ReturnConsumedCapacity: 'INDEXES' } as const;
let made = 0;
const fresh = () => key(`fresh-${++made}`);

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb]);
  db = new DynamoDB(test.client);
  await db.createTable(tableInput(TableName));
});
afterAll(() => test.stop());

/** An item of exactly so many bytes. */
function sized(bytes: number, more: Record<string, Value> = {}) {
  const item = { ...fresh(), ...more, fill: s('') };
  return { ...item, fill: s('x'.repeat(bytes - itemSize(item))) };
}

const units = (table: number, indexes?: Record<string, number>) => ({
  TableName,
  CapacityUnits: Object.values(indexes ?? {}).reduce((sum, taken) => sum + taken, table),
  Table: { CapacityUnits: table },
  ...(indexes === undefined
    ? {}
    : { GlobalSecondaryIndexes: Object.fromEntries(Object.entries(indexes).map(([name, taken]) => [name, { CapacityUnits: taken }])) }),
});

describe('item sizes (Developer Guide, "DynamoDB item sizes and formats")', () => {
  it.each([
    [{ ab: s('ü') }, 4],
    [{ a: n(0) }, 2],
    [{ a: n(7) }, 3],
    [{ a: n(12345) }, 5],
    [{ a: n(-12345) }, 6],
    [{ a: n('0.001') }, 3],
    [{ a: { B: Buffer.from('abcd').toString('base64') } }, 5],
    [{ a: { BOOL: true }, b: { NULL: true } }, 4],
    [{ a: { SS: ['x', 'yz'] } }, 4],
    [{ a: { L: [s('x'), s('y')] } }, 8],
    [{ a: { M: { b: s('xy') } } }, 8],
  ])('%j has %i bytes', (item, bytes) => {
    expect(itemSize(item)).toBe(bytes);
  });
});

describe('write units (Developer Guide, "DynamoDB read and write operations")', () => {
  it('are one for each started KB', async () => {
    for (const [bytes, taken] of [
      [100, 1],
      [1024, 1],
      [1025, 2],
      [4097, 5],
    ] as const) {
      expect((await db.putItem({ ...counted, Item: sized(bytes) })).ConsumedCapacity).toEqual(units(taken));
    }
  });

  it('count the larger of the item before and after', async () => {
    const Item = sized(3000);
    const Key = { pk: Item.pk, sk: Item.sk };
    await db.putItem({ TableName, Item });
    expect((await db.updateItem({ ...counted, Key, UpdateExpression: 'REMOVE fill' })).ConsumedCapacity).toEqual(units(3));
    expect((await db.putItem({ ...counted, Item })).ConsumedCapacity).toEqual(units(3));
    expect((await db.deleteItem({ ...counted, Key })).ConsumedCapacity).toEqual(units(3));
    expect((await db.deleteItem({ ...counted, Key })).ConsumedCapacity).toEqual(units(1));
  });

  it('count every index that is touched ("Using Global Secondary Indexes", Provisioned throughput considerations)', async () => {
    const Item = sized(1500, { gsi1pk: s('a'), gsi1sk: s('1') });
    const Key = { pk: Item.pk, sk: Item.sk };
    const update = (UpdateExpression: string, value: Value) =>
      db.updateItem({ ...counted, Key, UpdateExpression, ExpressionAttributeValues: { ':v': value } });
    expect((await db.putItem({ ...counted, Item })).ConsumedCapacity).toEqual(units(2, { gsi1: 2 }));
    expect((await db.putItem({ ...counted, Item })).ConsumedCapacity).toEqual(units(2));
    expect((await update('SET gsi1sk = :v', s('2'))).ConsumedCapacity).toEqual(units(2, { gsi1: 4 }));
    expect((await update('SET color = :v', s('red'))).ConsumedCapacity).toEqual(units(2, { gsi1: 2 }));
    expect((await update('SET gsi2pk = :v, gsi2sk = :v', s('b'))).ConsumedCapacity).toEqual(units(2, { gsi1: 2, gsi2: 2 }));
    expect((await db.updateItem({ ...counted, Key, UpdateExpression: 'REMOVE gsi1pk' })).ConsumedCapacity).toEqual(
      units(2, { gsi1: 2, gsi2: 2 }),
    );
    expect((await db.deleteItem({ ...counted, Key })).ConsumedCapacity).toEqual(units(2, { gsi2: 2 }));
  });

  it('are added up by BatchWriteItem, and told as a total when only that is wanted', async () => {
    const puts = [sized(100), sized(2000, { gsi1pk: s('a'), gsi1sk: s('b') })].map((Item) => ({ PutRequest: { Item } }));
    const done = await db.batchWriteItem({ RequestItems: { [TableName]: puts }, ReturnConsumedCapacity: 'TOTAL' });
    expect(done.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 5 }]);
    expect((await db.putItem({ TableName, Item: fresh() })).ConsumedCapacity).toBeUndefined();
  });
});

describe('read units', () => {
  it('are one for each started 4 KB, half when eventually consistent, and the least for a missing item', async () => {
    const Item = sized(4097);
    const Key = { pk: Item.pk, sk: Item.sk };
    await db.putItem({ TableName, Item });
    expect((await db.getItem({ ...counted, Key })).ConsumedCapacity).toEqual(units(1));
    expect((await db.getItem({ ...counted, Key, ConsistentRead: true })).ConsumedCapacity).toEqual(units(2));
    expect((await db.getItem({ ...counted, Key: fresh() })).ConsumedCapacity).toEqual(units(0.5));
    expect((await db.getItem({ ...counted, Key: fresh(), ConsistentRead: true })).ConsumedCapacity).toEqual(units(1));
  });

  it('of a Query are counted over all that was read, also what the filter drops; of an index on the index', async () => {
    const pk = s('queried');
    for (let index = 0; index < 10; index++) {
      await db.putItem({
        TableName,
        Item: { ...sized(1000, { gsi1pk: s('queried'), gsi1sk: s(String(index)) }), pk, sk: s(String(index)) },
      });
    }
    const ask = { ...counted, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': pk } };
    expect((await db.query(ask)).ConsumedCapacity).toEqual(units(1.5));
    expect((await db.query({ ...ask, ConsistentRead: true, FilterExpression: 'sk2 = :p' })).ConsumedCapacity).toEqual(units(3));
    expect((await db.query({ ...ask, Limit: 1 })).ConsumedCapacity).toEqual(units(0.5));
    const index = { ...ask, IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :p' };
    expect((await db.query(index)).ConsumedCapacity).toEqual(units(0, { gsi1: 1.5 }));
  });
});

describe('transactions (Developer Guide, "Amazon DynamoDB Transactions: How it works")', () => {
  const doubled = (kind: 'ReadCapacityUnits' | 'WriteCapacityUnits', table: number, gsi1?: number) => ({
    TableName,
    CapacityUnits: table + (gsi1 ?? 0),
    [kind]: table + (gsi1 ?? 0),
    Table: { CapacityUnits: table, [kind]: table },
    ...(gsi1 === undefined ? {} : { GlobalSecondaryIndexes: { gsi1: { CapacityUnits: gsi1, [kind]: gsi1 } } }),
  });

  it('take twice the units, item by item', async () => {
    const Item = sized(1025, { gsi1pk: s('a'), gsi1sk: s('b') });
    const written = await db.transactWriteItems({
      ReturnConsumedCapacity: 'INDEXES',
      TransactItems: [
        { Put: { TableName, Item } },
        { Put: { TableName, Item: sized(100) } },
        { ConditionCheck: { TableName, Key: fresh(), ConditionExpression: 'attribute_not_exists(pk)' } },
      ],
    });
    expect(written.ConsumedCapacity).toEqual([doubled('WriteCapacityUnits', 8, 4)]);
    const read = await db.transactGetItems({
      ReturnConsumedCapacity: 'INDEXES',
      TransactItems: [{ Get: { TableName, Key: { pk: Item.pk, sk: Item.sk } } }, { Get: { TableName, Key: fresh() } }],
    });
    expect(read.ConsumedCapacity).toEqual([doubled('ReadCapacityUnits', 4)]);
  });
});
