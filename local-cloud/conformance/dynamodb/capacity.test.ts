import type { ReturnConsumedCapacity, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, type Item, n, s, suite } from './suite.ts';

const UNITS = 'DynamoDB read and write operations';
const SIZES = 'DynamoDB item sizes and formats';
const INDEXES = 'Using Global Secondary Indexes in DynamoDB';
const HOW = 'Amazon DynamoDB Transactions: How it works';
const CONSUMED = 'ConsumedCapacity';

/** An item of `things` under a fresh key with exactly so many bytes, made longer by `fill`. */
function sized(bench: Bench, bytes: number, more: Item = {}) {
  const key = bench.fresh();
  const strings = Object.entries({ ...key, ...more });
  const size = strings.reduce((sum, [name, value]) => sum + name.length + (value.S?.length ?? 0), 'fill'.length);
  return { ...key, ...more, fill: s('x'.repeat(bytes - size)) };
}

const keyOf = (item: { pk: { S: string }; sk: { S: string } }) => ({ pk: item.pk, sk: item.sk });

/** What ReturnConsumedCapacity INDEXES tells of a table and its indexes. */
function units(TableName: string, table: number, indexes: Record<string, number> = {}) {
  const parts = Object.entries(indexes);
  return {
    TableName,
    CapacityUnits: parts.reduce((sum, [, taken]) => sum + taken, table),
    Table: { CapacityUnits: table },
    ...(parts.length === 0
      ? {}
      : { GlobalSecondaryIndexes: Object.fromEntries(parts.map(([name, taken]) => [name, { CapacityUnits: taken }])) }),
  };
}

const INDEXED = { ReturnConsumedCapacity: 'INDEXES' } as const;

suite('capacity', ['things', 'single'], (behaviour) => {
  behaviour('nothing is told unless it is asked for', CONSUMED, async ({ db, table: TableName, put }) => {
    const Key = await put();
    for (const asked of [{}, { ReturnConsumedCapacity: 'NONE' as ReturnConsumedCapacity }]) {
      expect((await db.getItem({ TableName, Key, ...asked })).ConsumedCapacity).toBeUndefined();
      expect((await db.putItem({ TableName, Item: Key, ...asked })).ConsumedCapacity).toBeUndefined();
    }
  });
  behaviour('TOTAL tells the sum alone', CONSUMED, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 2000, { allpk: s('total'), allsk: s('1') });
    const put = await db.putItem({ TableName, Item, ReturnConsumedCapacity: 'TOTAL' });
    expect(put.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 4 });
    const got = await db.getItem({ TableName, Key: keyOf(Item), ReturnConsumedCapacity: 'TOTAL' });
    expect(got.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 });
  });
  behaviour('a write takes a unit for each started KB', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    for (const [bytes, taken] of [
      [50, 1],
      [1024, 1],
      [1025, 2],
      [2048, 2],
      [10_000, 10],
    ] as const) {
      expect((await db.putItem({ TableName, Item: sized(bench, bytes), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, taken));
    }
  });
  behaviour('a replacing write takes the larger item', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 3000);
    await db.putItem({ TableName, Item });
    expect((await db.putItem({ TableName, Item: keyOf(Item), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 3));
    expect((await db.putItem({ TableName, Item, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 3));
  });
  behaviour('an update takes the whole item, the larger of before and after', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 2500);
    await db.putItem({ TableName, Item });
    const Key = keyOf(Item);
    const set = { UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect((await db.updateItem({ TableName, Key, ...set, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 3));
    expect((await db.updateItem({ TableName, Key, UpdateExpression: 'REMOVE fill', ...INDEXED })).ConsumedCapacity).toEqual(
      units(TableName, 3),
    );
    expect((await db.updateItem({ TableName, Key, ...set, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 1));
  });
  behaviour('a deletion takes the item’s size, of nothing 1', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 2500);
    await db.putItem({ TableName, Item });
    expect((await db.deleteItem({ TableName, Key: keyOf(Item), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 3));
    expect((await db.deleteItem({ TableName, Key: keyOf(Item), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 1));
  });
  behaviour('a consistent read takes a unit for each started 4 KB, an eventual one half of that', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    for (const [bytes, taken] of [
      [100, 1],
      [4096, 1],
      [4097, 2],
      [20_000, 5],
    ] as const) {
      const Item = sized(bench, bytes);
      await db.putItem({ TableName, Item });
      const ask = { TableName, Key: keyOf(Item), ...INDEXED };
      expect((await db.getItem({ ...ask, ConsistentRead: true })).ConsumedCapacity).toEqual(units(TableName, taken));
      expect((await db.getItem(ask)).ConsumedCapacity).toEqual(units(TableName, taken / 2));
    }
  });
  behaviour('a read of what is not there takes the least', UNITS, async ({ db, table: TableName, fresh }) => {
    expect((await db.getItem({ TableName, Key: fresh(), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 0.5));
    expect((await db.getItem({ TableName, Key: fresh(), ConsistentRead: true, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 1));
  });
  behaviour('a projection makes a read no cheaper', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 9000);
    await db.putItem({ TableName, Item });
    const ask = { TableName, Key: keyOf(Item), ProjectionExpression: 'pk', ConsistentRead: true, ...INDEXED };
    expect((await db.getItem(ask)).ConsumedCapacity).toEqual(units(TableName, 3));
  });

  const exactly = (title: string, value: Item, bytes: number) =>
    behaviour(title, SIZES, async (bench) => {
      // The padding makes the item exactly 1,024 bytes if the value has the size that is stated, and one more is over.
      const { db, table: TableName } = bench;
      const name = Object.keys(value)[0] ?? '';
      for (const [extra, taken] of [
        [0, 1],
        [1, 2],
      ] as const) {
        const Item = { ...sized(bench, 1024 + extra - name.length - bytes), ...value };
        expect((await db.putItem({ TableName, Item, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, taken));
      }
    });
  exactly('a string has its bytes of UTF-8', { a: s('aü😀') }, 7);
  exactly('a binary has its bytes', { a: { B: new Uint8Array(100) } }, 100);
  exactly('a null and a Boolean have 1 byte', { a: { NULL: true } }, 1);
  exactly('a list has 3 bytes, and 1 for each element', { a: { L: [s('ab'), s('c')] } }, 3 + 2 + 3);
  exactly('a map has 3 bytes, and 1 for each member', { a: { M: { b: s('ab'), cd: s('c') } } }, 3 + 2 + 3 + 3);
  exactly('a set of strings has their bytes', { a: { SS: ['ab', 'cde'] } }, 5);
  exactly('an empty list or map has 3 bytes', { a: { L: [] } }, 3);
  exactly('a number has a byte for two digits, and 1', { a: n('1234') }, 3);

  behaviour('an index takes a write for what it gets', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500, { allpk: s('taken'), allsk: s('1'), keyspk: s('taken') });
    expect((await db.putItem({ TableName, Item, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2, { all: 2 }));
    const both = { ...sized(bench, 1500, { allpk: s('taken'), allsk: s('1'), keyspk: s('taken') }), keyssk: n(1) };
    expect((await db.putItem({ TableName, Item: both, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2, { all: 2, keys: 1 }));
  });
  behaviour('an index takes nothing for what it does not hold', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500, { somepk: s('untouched'), color: s('red') });
    await db.putItem({ TableName, Item });
    const set = (name: string) => ({ UpdateExpression: `SET ${name} = :v`, ExpressionAttributeValues: { ':v': s('blue') } });
    const Key = keyOf(Item);
    expect((await db.updateItem({ TableName, Key, ...set('a'), ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2));
    expect((await db.updateItem({ TableName, Key, ...set('color'), ...INDEXED })).ConsumedCapacity).toEqual(
      units(TableName, 2, { some: 1 }),
    );
  });
  behaviour('an index takes two writes where its key changes: one takes out, one puts in', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500, { allpk: s('moved'), allsk: s('1') });
    await db.putItem({ TableName, Item });
    const move = { UpdateExpression: 'SET allsk = :v', ExpressionAttributeValues: { ':v': s('2') } };
    expect((await db.updateItem({ TableName, Key: keyOf(Item), ...move, ...INDEXED })).ConsumedCapacity).toEqual(
      units(TableName, 2, { all: 4 }),
    );
  });
  behaviour('an index takes one write where its key comes or goes', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500, { allpk: s('goes'), allsk: s('1') });
    await db.putItem({ TableName, Item });
    const Key = keyOf(Item);
    expect((await db.updateItem({ TableName, Key, UpdateExpression: 'REMOVE allsk', ...INDEXED })).ConsumedCapacity).toEqual(
      units(TableName, 2, { all: 2 }),
    );
    const back = { UpdateExpression: 'SET allsk = :v', ExpressionAttributeValues: { ':v': s('1') } };
    expect((await db.updateItem({ TableName, Key, ...back, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2, { all: 2 }));
    expect((await db.deleteItem({ TableName, Key, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2, { all: 2 }));
  });
  behaviour('an update that changes nothing takes its write, and the indexes none', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500, { allpk: s('same'), allsk: s('1') });
    await db.putItem({ TableName, Item });
    expect((await db.putItem({ TableName, Item, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 2));
  });

  behaviour('a query adds the items up before it rounds', UNITS, async (bench) => {
    const { db, table: TableName } = bench;
    for (let index = 0; index < 10; index++) {
      await db.putItem({ TableName, Item: { pk: s('queried'), sk: s(`${index}`), fill: s('x'.repeat(1000 - 4 - 7 - 1 - 4)) } });
    }
    const ask = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': s('queried') }, ...INDEXED };
    expect((await db.query({ ...ask, ConsistentRead: true })).ConsumedCapacity).toEqual(units(TableName, 3));
    expect((await db.query(ask)).ConsumedCapacity).toEqual(units(TableName, 1.5));
    expect((await db.query({ ...ask, Limit: 1 })).ConsumedCapacity).toEqual(units(TableName, 0.5));
    expect((await db.query({ ...ask, ConsistentRead: true, Select: 'COUNT' })).ConsumedCapacity).toEqual(units(TableName, 3));
    const filtered = await db.query({ ...ask, ConsistentRead: true, FilterExpression: 'attribute_exists(nope)' });
    expect(filtered.ConsumedCapacity).toEqual(units(TableName, 3));
  });
  behaviour('a query that finds nothing takes the least', UNITS, async ({ db, table: TableName }) => {
    const ask = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': s('nobody') }, ...INDEXED };
    expect((await db.query(ask)).ConsumedCapacity).toEqual(units(TableName, 0.5));
    expect((await db.query({ ...ask, ConsistentRead: true })).ConsumedCapacity).toEqual(units(TableName, 1));
  });
  behaviour('a query of an index is told under the index', INDEXES, async (bench) => {
    const { db, table: TableName } = bench;
    await db.putItem({ TableName, Item: { ...sized(bench, 5000, { keyspk: s('read') }), keyssk: n(1) } });
    const ask = {
      TableName,
      IndexName: 'keys',
      KeyConditionExpression: 'keyspk = :k',
      ExpressionAttributeValues: { ':k': s('read') },
      ...INDEXED,
    };
    await expect.poll(async () => (await db.query(ask)).ConsumedCapacity, { timeout: 10_000 }).toEqual(units(TableName, 0, { keys: 0.5 }));
  });
  behaviour('a scan adds the items up before it rounds', 'Scan', async ({ db, tables }) => {
    const TableName = tables.single;
    for (let index = 0; index < 10; index++)
      await db.putItem({ TableName, Item: { pk: s(`${index}`), fill: s('x'.repeat(1000 - 2 - 1 - 4)) } });
    expect((await db.scan({ TableName, ConsistentRead: true, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 3));
    expect((await db.scan({ TableName, ...INDEXED })).ConsumedCapacity).toEqual(units(TableName, 1.5));
  });

  behaviour('BatchGetItem rounds each item', 'BatchGetItem', async (bench) => {
    const { db, table: TableName } = bench;
    const items = [sized(bench, 1500), sized(bench, 6500)];
    for (const Item of items) await db.putItem({ TableName, Item });
    const Keys = [...items.map(keyOf), bench.fresh()];
    const eventual = await db.batchGetItem({ RequestItems: { [TableName]: { Keys } }, ...INDEXED });
    expect(eventual.ConsumedCapacity).toEqual([units(TableName, 2)]);
    const consistent = await db.batchGetItem({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } }, ...INDEXED });
    expect(consistent.ConsumedCapacity).toEqual([units(TableName, 4)]);
  });
  behaviour('BatchWriteItem rounds each item and adds the indexes', 'BatchWriteItem', async (bench) => {
    const { db, table: TableName } = bench;
    const puts = [sized(bench, 100), sized(bench, 1500, { allpk: s('batch'), allsk: s('1') })].map((Item) => ({ PutRequest: { Item } }));
    const answer = await db.batchWriteItem({ RequestItems: { [TableName]: puts }, ...INDEXED });
    expect(answer.ConsumedCapacity).toEqual([units(TableName, 3, { all: 2 })]);
  });
  behaviour('a transaction’s writes take twice the units', HOW, async (bench) => {
    const { db, table: TableName } = bench;
    const answer = await db.transactWriteItems({
      TransactItems: [{ Put: { TableName, Item: sized(bench, 1500) } }, { Put: { TableName, Item: sized(bench, 100) } }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer.ConsumedCapacity).toMatchObject([{ TableName, CapacityUnits: 6 }]);
  });
  behaviour('a condition check of a transaction takes twice the units of the item', HOW, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 1500);
    await db.putItem({ TableName, Item });
    const answer = await db.transactWriteItems({
      TransactItems: [{ ConditionCheck: { TableName, Key: keyOf(Item), ConditionExpression: 'attribute_exists(pk)' } }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer.ConsumedCapacity).toMatchObject([{ TableName, CapacityUnits: 4 }]);
  });
  behaviour('a transaction’s reads take twice the units', HOW, async (bench) => {
    const { db, table: TableName } = bench;
    const Item = sized(bench, 5000);
    await db.putItem({ TableName, Item });
    const answer = await db.transactGetItems({
      TransactItems: [{ Get: { TableName, Key: keyOf(Item) } }, { Get: { TableName, Key: bench.fresh() } }],
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(answer.ConsumedCapacity).toMatchObject([{ TableName, CapacityUnits: 6 }]);
  });
  behaviour('a repeated transaction takes the units of reading its items', 'TransactWriteItems', async (bench) => {
    const { db, table: TableName } = bench;
    const ask: TransactWriteItemsCommandInput = {
      TransactItems: [{ Put: { TableName, Item: sized(bench, 1500) } }],
      ClientRequestToken: `capacity-${bench.fresh().pk.S}`,
      ReturnConsumedCapacity: 'TOTAL',
    };
    expect((await db.transactWriteItems(ask)).ConsumedCapacity).toMatchObject([{ CapacityUnits: 4, WriteCapacityUnits: 4 }]);
    expect((await db.transactWriteItems(ask)).ConsumedCapacity).toMatchObject([{ CapacityUnits: 2, ReadCapacityUnits: 2 }]);
  });
});
