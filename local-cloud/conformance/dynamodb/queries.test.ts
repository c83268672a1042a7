import type { AttributeValue, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, b, type Item, invalid, n, refusal, s, suite } from './suite.ts';

const KEYS = 'Key condition expressions for the Query operation in DynamoDB';
const FILTERS = 'Filter expressions for the Query operation in DynamoDB';
const PAGES = 'Paginating table query results in DynamoDB';
const WRONG_START = 'The provided starting key is invalid';

type Ask = Partial<QueryCommandInput> & { readonly KeyConditionExpression: string };

function query(bench: Bench, TableName: string, { ExpressionAttributeValues, ...ask }: Ask, pk: AttributeValue) {
  return bench.db.query({ TableName, ConsistentRead: true, ExpressionAttributeValues: { ':p': pk, ...ExpressionAttributeValues }, ...ask });
}

/** Sort keys in the order in which they are answered. */
async function order(bench: Bench, TableName: string, ask: Ask, pk: AttributeValue): Promise<(AttributeValue | undefined)[]> {
  return ((await query(bench, TableName, ask, pk)).Items ?? []).map((item) => item['sk']);
}

let made = 0;
/** Items of one new partition with these sort keys; the partition's key. */
async function partition(bench: Bench, TableName: string, sortKeys: readonly AttributeValue[], more: (index: number) => Item = () => ({})) {
  const pk = s(`partition-${++made}`);
  for (const [index, sk] of sortKeys.entries()) await bench.db.putItem({ TableName, Item: { pk, sk, ...more(index) } });
  return pk;
}

const letters = ['a', 'ab', 'b', 'c', 'd'].map(s);

suite('queries', ['things', 'numbers', 'binaries', 'single'], (behaviour) => {
  const selects = (title: string, expression: string, values: Item, ...expected: string[]) =>
    behaviour(title, KEYS, async (bench) => {
      const pk = await partition(bench, bench.table, letters);
      expect(
        await order(bench, bench.table, { KeyConditionExpression: `pk = :p${expression}`, ExpressionAttributeValues: values }, pk),
      ).toEqual(expected.map(s));
    });
  const refused = (title: string, source: Parameters<typeof behaviour>[1], ask: QueryInput, words: string) =>
    behaviour(title, source, async (bench) => {
      expect(await refusal(bench.db.query({ TableName: bench.table, ...ask }))).toEqual(invalid(words));
    });
  type QueryInput = Partial<Omit<QueryCommandInput, 'TableName'>>;
  const p = { ':p': s('x') };

  selects('a partition comes in the order of its sort keys', '', {}, 'a', 'ab', 'b', 'c', 'd');
  selects('sort key =', ' AND sk = :v', { ':v': s('b') }, 'b');
  selects('sort key <', ' AND sk < :v', { ':v': s('b') }, 'a', 'ab');
  selects('sort key <=', ' AND sk <= :v', { ':v': s('b') }, 'a', 'ab', 'b');
  selects('sort key >', ' AND sk > :v', { ':v': s('b') }, 'c', 'd');
  selects('sort key >=', ' AND sk >= :v', { ':v': s('b') }, 'b', 'c', 'd');
  selects('sort key BETWEEN includes both bounds', ' AND sk BETWEEN :v AND :w', { ':v': s('ab'), ':w': s('c') }, 'ab', 'b', 'c');
  selects('sort key begins_with', ' AND begins_with(sk, :v)', { ':v': s('a') }, 'a', 'ab');
  selects('nothing matches', ' AND sk > :v', { ':v': s('z') });
  behaviour('the conditions stand in any order, in parentheses, under other names', KEYS, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const ask = {
      KeyConditionExpression: '(#s > :v) AND (#p = :p)',
      ExpressionAttributeNames: { '#s': 'sk', '#p': 'pk' },
      ExpressionAttributeValues: { ':v': s('b') },
    };
    expect(await order(bench, bench.table, ask, pk)).toEqual(['c', 'd'].map(s));
  });
  behaviour('ScanIndexForward false turns the order around', 'Query', async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    expect(await order(bench, bench.table, { KeyConditionExpression: 'pk = :p', ScanIndexForward: false }, pk)).toEqual(
      letters.toReversed(),
    );
    const ask = { KeyConditionExpression: 'pk = :p AND sk < :v', ExpressionAttributeValues: { ':v': s('c') }, ScanIndexForward: false };
    expect(await order(bench, bench.table, ask, pk)).toEqual(['b', 'ab', 'a'].map(s));
  });
  behaviour('strings sort by the bytes of UTF-8', 'Query', async (bench) => {
    const sorted = [' ', '0', 'A', 'Z', 'a', 'z', 'é', '\u4e2d', '\uffff', '😀'].map(s);
    const pk = await partition(bench, bench.table, sorted.toReversed());
    expect(await order(bench, bench.table, { KeyConditionExpression: 'pk = :p' }, pk)).toEqual(sorted);
  });
  behaviour('numbers sort by value', 'Query', async (bench) => {
    const sorted = ['-1e30', '-10', '-9.5', '-1', '-0.001', '0', '1e-100', '0.5', '2', '10', '10.1', '1e30'];
    const pk = await partition(bench, bench.tables.numbers, sorted.toReversed().map(n));
    const found = await order(bench, bench.tables.numbers, { KeyConditionExpression: 'pk = :p' }, pk);
    expect(found.map((value) => Number(value?.N))).toEqual(sorted.map(Number));
  });
  behaviour('numbers are compared by value', KEYS, async (bench) => {
    const pk = await partition(bench, bench.tables.numbers, ['-5', '2', '10', '100'].map(n));
    const ask = {
      KeyConditionExpression: 'pk = :p AND sk BETWEEN :v AND :w',
      ExpressionAttributeValues: { ':v': n('2.0'), ':w': n('1e1') },
    };
    expect(await order(bench, bench.tables.numbers, ask, pk)).toEqual(['2', '10'].map(n));
  });
  behaviour('binaries sort by unsigned bytes', 'Query', async (bench) => {
    const { db, tables } = bench;
    const pk = b(7);
    const sorted = [b(0), b(0, 0), b(0, 255), b(1), b(127), b(128), b(255), b(255, 0)];
    for (const sk of sorted.toReversed()) await db.putItem({ TableName: tables.binaries, Item: { pk, sk } });
    expect(await order(bench, tables.binaries, { KeyConditionExpression: 'pk = :p' }, pk)).toEqual(sorted);
    const ask = { KeyConditionExpression: 'pk = :p AND begins_with(sk, :v)', ExpressionAttributeValues: { ':v': b(0) } };
    expect(await order(bench, tables.binaries, ask, pk)).toEqual(sorted.slice(0, 3));
  });
  behaviour('a table without a sort key', KEYS, async (bench) => {
    const TableName = bench.tables.single;
    await bench.db.putItem({ TableName, Item: { pk: s('alone'), a: n(1) } });
    expect((await query(bench, TableName, { KeyConditionExpression: 'pk = :p' }, s('alone'))).Items).toEqual([{ pk: s('alone'), a: n(1) }]);
    expect((await query(bench, TableName, { KeyConditionExpression: 'pk = :p' }, s('nobody'))).Items).toEqual([]);
  });

  behaviour('Limit ends a page, whose last key goes on', PAGES, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const first = await query(bench, bench.table, { KeyConditionExpression: 'pk = :p', Limit: 2 }, pk);
    expect(first).toMatchObject({ Count: 2, ScannedCount: 2, LastEvaluatedKey: { pk, sk: s('ab') } });
    const rest = await query(
      bench,
      bench.table,
      { KeyConditionExpression: 'pk = :p', ...(first.LastEvaluatedKey && { ExclusiveStartKey: first.LastEvaluatedKey }) },
      pk,
    );
    expect(rest.Items?.map((item) => item['sk'])).toEqual(['b', 'c', 'd'].map(s));
    expect('LastEvaluatedKey' in rest).toBe(false);
  });
  behaviour('a page that Limit fills at the end has a key, the next one is empty', PAGES, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const all = await query(bench, bench.table, { KeyConditionExpression: 'pk = :p', Limit: 5 }, pk);
    expect(all.LastEvaluatedKey).toEqual({ pk, sk: s('d') });
    const next = await query(bench, bench.table, { KeyConditionExpression: 'pk = :p', ExclusiveStartKey: { pk, sk: s('d') } }, pk);
    expect(next).toMatchObject({ Count: 0, Items: [] });
    expect('LastEvaluatedKey' in next).toBe(false);
  });
  behaviour('pages go backwards too', PAGES, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const page = await query(
      bench,
      bench.table,
      { KeyConditionExpression: 'pk = :p', Limit: 2, ScanIndexForward: false, ExclusiveStartKey: { pk, sk: s('c') } },
      pk,
    );
    expect(page.Items?.map((item) => item['sk'])).toEqual(['b', 'ab'].map(s));
    expect(page.LastEvaluatedKey).toEqual({ pk, sk: s('ab') });
  });
  behaviour('a start key need not be there', PAGES, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const ask = { KeyConditionExpression: 'pk = :p', ExclusiveStartKey: { pk, sk: s('aa') } };
    expect(await order(bench, bench.table, ask, pk)).toEqual(['ab', 'b', 'c', 'd'].map(s));
  });
  behaviour('a filter works after Limit', FILTERS, async (bench) => {
    const pk = await partition(bench, bench.table, letters, (index) => ({ odd: n(index % 2) }));
    const ask = { KeyConditionExpression: 'pk = :p', FilterExpression: 'odd = :v', ExpressionAttributeValues: { ':v': n(1) }, Limit: 3 };
    const page = await query(bench, bench.table, ask, pk);
    expect(page).toMatchObject({ Count: 1, ScannedCount: 3, LastEvaluatedKey: { pk, sk: s('b') } });
    expect(page.Items?.map((item) => item['sk'])).toEqual([s('ab')]);
  });
  behaviour('a page may hold nothing and still go on', FILTERS, async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const page = await query(
      bench,
      bench.table,
      { KeyConditionExpression: 'pk = :p', FilterExpression: 'attribute_exists(nope)', Limit: 2 },
      pk,
    );
    expect(page).toMatchObject({ Count: 0, ScannedCount: 2, Items: [], LastEvaluatedKey: { pk, sk: s('ab') } });
  });
  behaviour('Select COUNT answers counts alone', 'Query', async (bench) => {
    const pk = await partition(bench, bench.table, letters);
    const page = await query(bench, bench.table, { KeyConditionExpression: 'pk = :p', Select: 'COUNT' }, pk);
    expect(page).toMatchObject({ Count: 5, ScannedCount: 5 });
    expect('Items' in page).toBe(false);
  });
  behaviour('a projection of a query', 'Query', async (bench) => {
    const pk = await partition(bench, bench.table, [s('a')], () => ({ a: n(1), c: n(2) }));
    const page = await query(
      bench,
      bench.table,
      { KeyConditionExpression: 'pk = :p', ProjectionExpression: 'a', Select: 'SPECIFIC_ATTRIBUTES' },
      pk,
    );
    expect(page.Items).toEqual([{ a: n(1) }]);
  });

  refused(
    'a query needs a key condition',
    'Query',
    {},
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  );
  refused(
    'the partition key must be there',
    KEYS,
    { KeyConditionExpression: 'sk = :p', ExpressionAttributeValues: p },
    'Query condition missed key schema element: pk',
  );
  refused(
    'the partition key takes = alone',
    KEYS,
    { KeyConditionExpression: 'pk > :p', ExpressionAttributeValues: p },
    'Query key condition not supported',
  );
  refused(
    'another attribute than the sort key is none',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND color = :p', ExpressionAttributeValues: p },
    'Query condition missed key schema element: sk',
  );
  refused(
    '<> is no condition on keys',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND sk <> :p', ExpressionAttributeValues: p },
    'Invalid operator used in KeyConditionExpression: <>',
  );
  refused(
    'OR is no condition on keys',
    KEYS,
    { KeyConditionExpression: 'pk = :p OR sk = :p', ExpressionAttributeValues: p },
    'Invalid operator used in KeyConditionExpression: OR',
  );
  refused(
    'NOT is no condition on keys',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND NOT sk = :p', ExpressionAttributeValues: p },
    'Invalid operator used in KeyConditionExpression: NOT',
  );
  refused(
    'IN is no condition on keys',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND sk IN (:p)', ExpressionAttributeValues: p },
    'Invalid operator used in KeyConditionExpression: IN',
  );
  refused(
    'contains is no condition on keys',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND contains(sk, :p)', ExpressionAttributeValues: p },
    'Invalid operator used in KeyConditionExpression: contains',
  );
  refused(
    'a key has one condition at most',
    KEYS,
    { KeyConditionExpression: 'pk = :p AND sk > :p AND sk < :v', ExpressionAttributeValues: { ...p, ':v': s('y') } },
    'KeyConditionExpressions must only contain one condition per key',
  );
  refused(
    'a key is compared with its own type',
    KEYS,
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': n(1) } },
    'One or more parameter values were invalid: Condition parameter type does not match schema type',
  );
  refused(
    'a key is not compared with an attribute',
    KEYS,
    { KeyConditionExpression: 'pk = sk' },
    'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
  );
  refused(
    'a key is not compared with the empty string',
    KEYS,
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': s('') } },
    'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk',
  );
  refused(
    'a filter names no key attribute',
    FILTERS,
    { KeyConditionExpression: 'pk = :p', FilterExpression: 'sk = :p', ExpressionAttributeValues: p },
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
  );
  refused(
    'Limit is above 0',
    'Query',
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
  const starting = (title: string, ExclusiveStartKey: Item, words: string) =>
    refused(title, 'Query', { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, ExclusiveStartKey }, words);
  starting('a start key is whole', { pk: s('x') }, WRONG_START);
  starting('a start key has nothing more', { pk: s('x'), sk: s('x'), a: s('x') }, WRONG_START);
  starting('a start key has the keys’ types', { pk: s('x'), sk: n(1) }, 'The provided key element does not match the schema');
  starting(
    'a start key is of the partition',
    { pk: s('y'), sk: s('x') },
    'The provided starting key is outside query boundaries based on provided conditions',
  );
  refused(
    'a start key is within the sort keys that are asked for',
    'Query',
    {
      KeyConditionExpression: 'pk = :p AND sk < :v',
      ExpressionAttributeValues: { ...p, ':v': s('b') },
      ExclusiveStartKey: { pk: s('x'), sk: s('c') },
    },
    'The provided starting key does not match the range key predicate',
  );
  refused(
    'SPECIFIC_ATTRIBUTES needs a projection',
    'Query',
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, Select: 'SPECIFIC_ATTRIBUTES' },
    'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
  );
  refused(
    'COUNT goes with no projection',
    'Query',
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, Select: 'COUNT', ProjectionExpression: 'a' },
    'Cannot specify the ProjectionExpression when choosing to get only the Count',
  );
  refused(
    'ALL_PROJECTED_ATTRIBUTES needs an index',
    'Query',
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, Select: 'ALL_PROJECTED_ATTRIBUTES' },
    'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
  );
  refused(
    'an index must be there',
    'Query',
    { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: p, IndexName: 'nope' },
    'The table does not have the specified index: nope',
  );
});
