import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { expect, vi } from 'vitest';
import { type Bench, invalid, n, refusal, s, suite } from './suite.ts';

const INDEXES = 'Using Global Secondary Indexes in DynamoDB';

let made = 0;
const name = () => s(`group-${++made}`);

/** What an index has under a key. On AWS an index follows its table, so it is asked until it has so many items. */
async function entries(
  bench: Bench,
  IndexName: 'all' | 'keys' | 'some',
  key: { S: string },
  count: number,
  more: Partial<QueryCommandInput> = {},
) {
  const { ExpressionAttributeValues, ...rest } = more;
  const ask = {
    TableName: bench.table,
    IndexName,
    KeyConditionExpression: `${IndexName}pk = :k`,
    ExpressionAttributeValues: { ':k': key, ...ExpressionAttributeValues },
    ...rest,
  };
  return vi.waitFor(
    async () => {
      const { Items = [] } = await bench.db.query(ask);
      expect(Items).toHaveLength(count);
      return Items;
    },
    { timeout: 10_000 },
  );
}

suite('indexes', ['things'], (behaviour) => {
  behaviour('an index holds the items that have its whole key', INDEXES, async (bench) => {
    const group = name();
    const whole = await bench.put({ allpk: group, allsk: s('1'), a: n(1) });
    await bench.put({ allpk: group });
    await bench.put({ allsk: s('1') });
    expect(await entries(bench, 'all', group, 1)).toEqual([{ ...whole, allpk: group, allsk: s('1'), a: n(1) }]);
  });
  behaviour('an index follows updates and deletions', INDEXES, async (bench) => {
    const [group, other] = [name(), name()];
    const Key = await bench.put({ allpk: group, allsk: s('1') });
    await entries(bench, 'all', group, 1);
    const TableName = bench.table;
    const move = { UpdateExpression: 'SET allpk = :v', ExpressionAttributeValues: { ':v': other } };
    await bench.db.updateItem({ TableName, Key, ...move });
    await entries(bench, 'all', group, 0);
    await entries(bench, 'all', other, 1);
    await bench.db.updateItem({ TableName, Key, UpdateExpression: 'REMOVE allsk' });
    await entries(bench, 'all', other, 0);
    await bench.db.updateItem({ TableName, Key, UpdateExpression: 'SET allsk = :v', ExpressionAttributeValues: { ':v': s('2') } });
    await entries(bench, 'all', other, 1);
    await bench.db.deleteItem({ TableName, Key });
    await entries(bench, 'all', other, 0);
  });
  behaviour('keys of an index need not be unique', INDEXES, async (bench) => {
    const group = name();
    for (let index = 0; index < 5; index++) await bench.put({ allpk: group, allsk: s('same') });
    expect(await entries(bench, 'all', group, 5)).toHaveLength(5);
  });
  behaviour('an index sorts by its own sort key, a number by value', INDEXES, async (bench) => {
    const group = name();
    for (const value of ['10', '-3', '9', '0.5']) await bench.put({ keyspk: group, keyssk: n(value) });
    const found = await entries(bench, 'keys', group, 4);
    expect(found.map((item) => item['keyssk']?.N)).toEqual(['-3', '0.5', '9', '10']);
    const range = { KeyConditionExpression: 'keyspk = :k AND keyssk >= :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect((await entries(bench, 'keys', group, 2, range)).map((item) => item['keyssk']?.N)).toEqual(['9', '10']);
  });
  behaviour('KEYS_ONLY holds the keys of index and table', INDEXES, async (bench) => {
    const group = name();
    const Key = await bench.put({ keyspk: group, keyssk: n(1), a: s('not here') });
    expect(await entries(bench, 'keys', group, 1)).toEqual([{ ...Key, keyspk: group, keyssk: n(1) }]);
  });
  behaviour('INCLUDE holds the attributes that it names as well', INDEXES, async (bench) => {
    const group = name();
    const Key = await bench.put({ somepk: group, color: s('red'), a: s('not here') });
    expect(await entries(bench, 'some', group, 1)).toEqual([{ ...Key, somepk: group, color: s('red') }]);
  });
  behaviour('pages of an index go on by the keys of index and table', INDEXES, async (bench) => {
    const group = name();
    for (let index = 0; index < 5; index++) await bench.put({ allpk: group, allsk: s('same') });
    const all = await entries(bench, 'all', group, 5);
    const ask = {
      TableName: bench.table,
      IndexName: 'all',
      KeyConditionExpression: 'allpk = :k',
      ExpressionAttributeValues: { ':k': group },
    };
    const first = await bench.db.query({ ...ask, Limit: 2 });
    expect(Object.keys(first.LastEvaluatedKey ?? {}).sort()).toEqual(['allpk', 'allsk', 'pk', 'sk']);
    const rest = await bench.db.query({ ...ask, ...(first.LastEvaluatedKey && { ExclusiveStartKey: first.LastEvaluatedKey }) });
    expect([...(first.Items ?? []), ...(rest.Items ?? [])]).toEqual(all);
  });
  behaviour('an index may be scanned, and has what it holds', 'Scan', async (bench) => {
    const group = name();
    const Key = await bench.put({ somepk: group, color: s('red') });
    await entries(bench, 'some', group, 1);
    const { Items } = await bench.db.scan({
      TableName: bench.table,
      IndexName: 'some',
      FilterExpression: 'color = :c',
      ExpressionAttributeValues: { ':c': s('red') },
    });
    expect(Items).toContainEqual({ ...Key, somepk: group, color: s('red') });
  });

  const refused = (title: string, source: Parameters<typeof behaviour>[1], ask: Partial<QueryCommandInput>, words: string) =>
    behaviour(title, source, async (bench) => {
      const shared = { TableName: bench.table, ExpressionAttributeValues: { ':k': s('x') } };
      expect(await refusal(bench.db.query({ ...shared, ...ask }))).toEqual(invalid(words));
    });
  refused(
    'an index has no consistent reads',
    INDEXES,
    { IndexName: 'all', KeyConditionExpression: 'allpk = :k', ConsistentRead: true },
    'Consistent reads are not supported on global secondary indexes',
  );
  refused(
    'an index does not fetch what it does not hold',
    INDEXES,
    { IndexName: 'keys', KeyConditionExpression: 'keyspk = :k', Select: 'ALL_ATTRIBUTES' },
    'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index keys because its projection type is not ALL',
  );
  refused(
    'an index does not project what it does not hold',
    INDEXES,
    { IndexName: 'some', KeyConditionExpression: 'somepk = :k', ProjectionExpression: 'color, a' },
    'One or more parameter values were invalid: Global secondary index some does not project [a]',
  );
  refused(
    'an index is queried by its own key',
    INDEXES,
    { IndexName: 'all', KeyConditionExpression: 'pk = :k' },
    'Query condition missed key schema element: allpk',
  );
  refused(
    'a start key of an index has all keys',
    'Query',
    { IndexName: 'all', KeyConditionExpression: 'allpk = :k', ExclusiveStartKey: { allpk: s('x'), allsk: s('x') } },
    'The provided starting key is invalid',
  );
  behaviour('ALL_ATTRIBUTES of an index that holds all', INDEXES, async (bench) => {
    const group = name();
    const Key = await bench.put({ allpk: group, allsk: s('1'), a: n(1) });
    const item = { ...Key, allpk: group, allsk: s('1'), a: n(1) };
    expect(await entries(bench, 'all', group, 1, { Select: 'ALL_ATTRIBUTES' })).toEqual([item]);
  });
});
