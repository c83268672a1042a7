import { DynamoDB, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { n, s, tableInput } from './test-table.ts';

let test: TestCloud;
let db: DynamoDB;
let documents: DynamoDBDocument;
const TableName = 'reads';

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb]);
  db = new DynamoDB(test.client);
  documents = DynamoDBDocument.from(db);
  await db.createTable(tableInput(TableName));
});
afterAll(() => test.stop());

async function load(items: readonly Record<string, unknown>[], table = TableName): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const PutRequests = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
    await documents.batchWrite({ RequestItems: { [table]: PutRequests } });
  }
}

async function query(KeyConditionExpression: string, values: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return documents.query({ TableName, KeyConditionExpression, ExpressionAttributeValues: values, ...more });
}

const sortKeys = (items: readonly Record<string, unknown>[] | undefined) => items?.map((item) => item['sk']);

describe('Query (API Reference, "Query"; Developer Guide, "Key condition expressions for the Query operation")', () => {
  beforeAll(async () => {
    await load(['a', 'ab', 'abc', 'b', 'ü', '\u{1F31E}', '\uFF5E'].map((sk) => ({ pk: 'letters', sk })));
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['', {}, ['a', 'ab', 'abc', 'b', 'ü', '\uFF5E', '\u{1F31E}']],
    [' AND sk = :v', { ':v': 'ab' }, ['ab']],
    [' AND sk < :v', { ':v': 'ab' }, ['a']],
    [' AND sk <= :v', { ':v': 'ab' }, ['a', 'ab']],
    [' AND sk > :v', { ':v': 'abc' }, ['b', 'ü', '\uFF5E', '\u{1F31E}']],
    [' AND sk >= :v', { ':v': 'b' }, ['b', 'ü', '\uFF5E', '\u{1F31E}']],
    [' AND begins_with(sk, :v)', { ':v': 'ab' }, ['ab', 'abc']],
    [' AND sk BETWEEN :v AND :w', { ':v': 'ab', ':w': 'b' }, ['ab', 'abc', 'b']],
  ])('sorts by UTF-8 bytes: pk = :p%s', async (condition, values, expected) => {
    const forward = await query(`pk = :p${condition}`, { ':p': 'letters', ...values });
    expect(sortKeys(forward.Items)).toEqual(expected);
    const backward = await query(`pk = :p${condition}`, { ':p': 'letters', ...values }, { ScanIndexForward: false });
    expect(sortKeys(backward.Items)).toEqual(expected.toReversed());
  });

  it('pages by Limit in both directions without loss', async () => {
    for (const ScanIndexForward of [true, false]) {
      const seen: unknown[] = [];
      const input = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'letters' }, ScanIndexForward };
      for await (const page of paginateQuery({ client: documents, pageSize: 2 }, { ...input })) seen.push(...(sortKeys(page.Items) ?? []));
      const all = await documents.query(input);
      expect(seen).toEqual(sortKeys(all.Items));
    }
  });

  it('filters after the limit: scanned items count, matching ones are returned', async () => {
    const found = await query(
      'pk = :p',
      { ':p': 'letters', ':c': 'a' },
      { FilterExpression: 'NOT contains(#x, :c)', ExpressionAttributeNames: { '#x': 'remark' }, Limit: 3 },
    );
    expect(found).toMatchObject({ Count: 3, ScannedCount: 3, LastEvaluatedKey: { pk: 'letters', sk: 'abc' } });
    const none = await query('pk = :p', { ':p': 'letters', ':c': 'a' }, { FilterExpression: 'remark = :c', Select: 'COUNT' });
    expect(none).toMatchObject({ Count: 0, ScannedCount: 7 });
    expect(none.Items).toBeUndefined();
  });

  it('ends a page at 1 MB, before the filter', async () => {
    await load(Array.from({ length: 30 }, (_, index) => ({ pk: 'big', sk: String(index).padStart(2, '0'), body: 'x'.repeat(100_000) })));
    const first = await query('pk = :p', { ':p': 'big', ':v': 'none' }, { FilterExpression: 'body = :v' });
    expect(first.Count).toBe(0);
    expect(first.ScannedCount).toBe(11);
    expect(first.LastEvaluatedKey).toEqual({ pk: 'big', sk: '10' });
    let pages = 0;
    const seen: unknown[] = [];
    const input = { TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'big' } };
    for await (const page of paginateQuery({ client: documents }, input)) {
      pages += 1;
      seen.push(...(sortKeys(page.Items) ?? []));
    }
    expect(pages).toBe(3);
    expect(seen).toEqual(Array.from({ length: 30 }, (_, index) => String(index).padStart(2, '0')));
  });

  it.each<[Partial<QueryCommandInput>, string]>([
    [{ KeyConditionExpression: 'sk = :p' }, 'Query condition missed key schema element: pk'],
    [{ KeyConditionExpression: 'pk > :p' }, 'Query key condition not supported'],
    [{ KeyConditionExpression: 'pk = :p', FilterExpression: 'sk > :p' }, 'Filter Expression can only contain non-primary key attributes'],
    [{ KeyConditionExpression: 'pk = :p', IndexName: 'none' }, 'The table does not have the specified index: none'],
    [
      { KeyConditionExpression: 'gsi1pk = :p', IndexName: 'gsi1', ConsistentRead: true },
      'Consistent reads are not supported on global secondary indexes',
    ],
    [{ KeyConditionExpression: 'pk = :p', Select: 'SPECIFIC_ATTRIBUTES' }, 'Must specify the AttributesToGet or ProjectionExpression'],
    [{ KeyConditionExpression: 'pk = :p', Select: 'COUNT', ProjectionExpression: 'a' }, 'Cannot specify the ProjectionExpression'],
    [{ KeyConditionExpression: 'pk = :p', ExclusiveStartKey: { pk: s('letters') } }, 'The provided starting key is invalid'],
    [
      { KeyConditionExpression: 'pk = :p', ExclusiveStartKey: { pk: s('x'), sk: s('x') } },
      'The provided starting key is outside query boundaries',
    ],
  ])('refuses %j', async (input, message) => {
    const refused = db.query({ TableName, ExpressionAttributeValues: { ':p': s('letters') }, ...input });
    await expect(refused).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) });
  });

  it('sorts numbers by value and binary by unsigned bytes', async () => {
    for (const [type, values] of [
      [
        'N',
        fc
          .sample(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), { numRuns: 60, seed: 7 })
          .map((value) => (Math.abs(value) < 1e-120 ? 0 : value)),
      ],
      ['B', fc.sample(fc.uint8Array({ minLength: 1, maxLength: 5 }), { numRuns: 60, seed: 7 })],
    ] as const) {
      const table = `sorted-${type}`;
      await db.createTable({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: type },
        ],
      });
      const distinct = [...new Map([...values].map((value) => [String(value), value])).values()];
      await load(
        distinct.map((sk) => ({ pk: 'p', sk })),
        table,
      );
      const { Items } = await documents.query({
        TableName: table,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': 'p' },
      });
      const expected = distinct.toSorted((a, b) => (typeof a === 'number' ? a - Number(b) : Buffer.compare(a, b as Uint8Array)));
      expect(Items?.map((item) => String(item['sk']))).toEqual(expected.map(String));
    }
  });
});

describe('global secondary indexes (Developer Guide, "Using Global Secondary Indexes in DynamoDB")', () => {
  it('are sparse, follow every write and answer begins_with', async () => {
    const at = (path: string) => ({ gsi1pk: 'ORG', gsi1sk: path });
    await load([
      { pk: 'd1', sk: 'device', ...at('/enfusion/p1/d1/') },
      { pk: 'd2', sk: 'device', ...at('/enfusion/p1/d2/') },
      { pk: 'd3', sk: 'device', ...at('/enfusion/p2/d1/') },
      { pk: 'd4', sk: 'device', gsi1pk: 'ORG' },
      { pk: 'd5', sk: 'device' },
    ]);
    const below = async (path: string) => {
      const found = await query('gsi1pk = :p AND begins_with(gsi1sk, :s)', { ':p': 'ORG', ':s': path }, { IndexName: 'gsi1' });
      return found.Items?.map((item) => item['pk']);
    };
    expect(await below('/enfusion/p1/')).toEqual(['d1', 'd2']);
    await documents.update({
      TableName,
      Key: { pk: 'd2', sk: 'device' },
      UpdateExpression: 'SET gsi1sk = :s',
      ExpressionAttributeValues: { ':s': '/enfusion/p2/d9/' },
    });
    await documents.update({
      TableName,
      Key: { pk: 'd4', sk: 'device' },
      UpdateExpression: 'SET gsi1sk = :s',
      ExpressionAttributeValues: { ':s': '/enfusion/p1/d4/' },
    });
    await documents.update({ TableName, Key: { pk: 'd1', sk: 'device' }, UpdateExpression: 'REMOVE gsi1pk' });
    expect(await below('/enfusion/p1/')).toEqual(['d4']);
    expect(await below('/enfusion/')).toEqual(['d4', 'd3', 'd2']);
    await documents.delete({ TableName, Key: { pk: 'd3', sk: 'device' } });
    await documents.put({ TableName, Item: { pk: 'd4', sk: 'device' } });
    expect(await below('/enfusion/')).toEqual(['d2']);
  });

  it('keep thousands of items of one index key apart, and page through them', async () => {
    const count = 6_000;
    await load(Array.from({ length: count }, (_, index) => ({ pk: `same-${index}`, sk: 'x', gsi2pk: 'STATE#run', gsi2sk: 'same' })));
    const seen = new Set<unknown>();
    const input = { TableName, IndexName: 'gsi2', KeyConditionExpression: 'gsi2pk = :p', ExpressionAttributeValues: { ':p': 'STATE#run' } };
    for await (const page of paginateQuery({ client: documents, pageSize: 700 }, input))
      for (const item of page.Items ?? []) seen.add(item['pk']);
    expect(seen.size).toBe(count);
  });

  it('hold only what they project', async () => {
    const table = 'projected';
    const base = tableInput(table);
    const projections = {
      gsi1: { ProjectionType: 'KEYS_ONLY' as const },
      gsi2: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: ['a'] },
    };
    const GlobalSecondaryIndexes = base.GlobalSecondaryIndexes?.map((index) => ({
      ...index,
      Projection: projections[index.IndexName as 'gsi1' | 'gsi2'],
    }));
    await db.createTable({ ...base, GlobalSecondaryIndexes });
    await load([{ pk: 'p', sk: 's', gsi1pk: 'g', gsi1sk: 'h', gsi2pk: 'g', gsi2sk: 'h', a: 1, b: 2 }], table);
    const read = (IndexName: string, more: Record<string, unknown> = {}) =>
      documents.query({
        TableName: table,
        IndexName,
        KeyConditionExpression: `${IndexName}pk = :g`,
        ExpressionAttributeValues: { ':g': 'g' },
        ...more,
      });
    expect((await read('gsi1')).Items).toEqual([{ pk: 'p', sk: 's', gsi1pk: 'g', gsi1sk: 'h' }]);
    expect((await read('gsi2')).Items).toEqual([{ pk: 'p', sk: 's', gsi2pk: 'g', gsi2sk: 'h', a: 1 }]);
    await expect(read('gsi2', { ProjectionExpression: 'b' })).rejects.toThrow('does not project [b]');
    await expect(read('gsi2', { Select: 'ALL_ATTRIBUTES' })).rejects.toThrow('Select type ALL_ATTRIBUTES is not supported');
  });
});

describe('Scan (API Reference, "Scan")', () => {
  const table = 'scanned';
  const items = Array.from({ length: 300 }, (_, index) => ({ pk: `p${index % 40}`, sk: String(index), n: index }));
  beforeAll(async () => {
    await db.createTable(tableInput(table));
    await load(items, table);
  });

  it('reads every item once, in pages and in parallel segments', async () => {
    const seen: number[] = [];
    for await (const page of paginateScan({ client: documents, pageSize: 17 }, { TableName: table })) {
      seen.push(...(page.Items ?? []).map((item) => Number(item['n'])));
    }
    expect(seen.toSorted((a, b) => a - b)).toEqual(items.map((item) => item.n));
    const segments: number[] = [];
    for (let Segment = 0; Segment < 3; Segment++) {
      const part: number[] = [];
      for await (const page of paginateScan({ client: documents, pageSize: 20 }, { TableName: table, Segment, TotalSegments: 3 })) {
        part.push(...(page.Items ?? []).map((item) => Number(item['n'])));
      }
      expect(part.length).toBeGreaterThan(0);
      segments.push(...part);
    }
    expect(segments.toSorted((a, b) => a - b)).toEqual(items.map((item) => item.n));
  });

  it('filters', async () => {
    const found = await db.scan({
      TableName: table,
      FilterExpression: 'n < :five',
      ExpressionAttributeValues: { ':five': n(5) },
      Select: 'COUNT',
    });
    expect(found).toMatchObject({ Count: 5, ScannedCount: 300 });
  });
});

describe('BatchGetItem and BatchWriteItem (API Reference)', () => {
  it('reads from several tables what is there', async () => {
    await db.createTable(tableInput('second'));
    await load([{ pk: 'b1', sk: 'x', v: 1 }]);
    await load([{ pk: 'b2', sk: 'x', v: 2 }], 'second');
    const found = await documents.batchGet({
      RequestItems: {
        [TableName]: {
          Keys: [
            { pk: 'b1', sk: 'x' },
            { pk: 'missing', sk: 'x' },
          ],
          ProjectionExpression: 'v',
        },
        second: { Keys: [{ pk: 'b2', sk: 'x' }], ConsistentRead: true },
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(found.Responses).toEqual({ [TableName]: [{ v: 1 }], second: [{ pk: 'b2', sk: 'x', v: 2 }] });
    expect(found.UnprocessedKeys).toEqual({});
    expect(found.ConsumedCapacity).toEqual([
      { TableName, CapacityUnits: 1 },
      { TableName: 'second', CapacityUnits: 1 },
    ]);
  });

  it('leaves keys beyond 16 MB unprocessed, to be asked for again', async () => {
    await db.createTable(tableInput('heavy'));
    const keys = Array.from({ length: 45 }, (_, index) => ({ pk: `heavy-${index}`, sk: 'x' }));
    for (const key of keys) await documents.put({ TableName: 'heavy', Item: { ...key, body: 'x'.repeat(380_000) } });
    const seen: unknown[] = [];
    let wanted: typeof keys | undefined = keys;
    let rounds = 0;
    while (wanted !== undefined) {
      rounds += 1;
      const { Responses, UnprocessedKeys } = await documents.batchGet({ RequestItems: { heavy: { Keys: wanted } } });
      seen.push(...(Responses?.['heavy'] ?? []).map((item) => item['pk']));
      wanted = UnprocessedKeys?.['heavy']?.Keys as typeof keys | undefined;
    }
    expect(rounds).toBe(2);
    expect(seen.toSorted()).toEqual(keys.map((key) => key.pk).toSorted());
  });

  it('writes all or, when one is invalid, none', async () => {
    const good = { PutRequest: { Item: { pk: 'w1', sk: 'x' } } };
    const write = (...requests: Record<string, unknown>[]) => documents.batchWrite({ RequestItems: { [TableName]: requests } });
    await expect(write(good, { PutRequest: { Item: { pk: 'w2' } } })).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await documents.get({ TableName, Key: { pk: 'w1', sk: 'x' } })).Item).toBeUndefined();
    await expect(write(good, { DeleteRequest: { Key: { pk: 'w1', sk: 'x' } } })).rejects.toThrow(
      'Provided list of item keys contains duplicates',
    );
    const many = Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: { pk: `m${index}`, sk: 'x' } } }));
    await expect(write(...many)).rejects.toThrow('Member must have length less than or equal to 25');
    expect((await write(good)).UnprocessedItems).toEqual({});
    await write({ DeleteRequest: { Key: { pk: 'w1', sk: 'x' } } });
    expect((await documents.get({ TableName, Key: { pk: 'w1', sk: 'x' } })).Item).toBeUndefined();
  });
});
