import { expect } from 'vitest';
import { type Item, invalid, n, refusal, s, suite } from './suite.ts';

suite('batches', ['things', 'single'], (behaviour) => {
  behaviour('BatchWriteItem puts and deletes in several tables', 'BatchWriteItem', async ({ db, table, tables, put, read, fresh }) => {
    const old = await put({ a: n(1) });
    const fresh1 = fresh();
    const answer = await db.batchWriteItem({
      RequestItems: {
        [table]: [{ DeleteRequest: { Key: old } }, { PutRequest: { Item: { ...fresh1, a: n(2) } } }],
        [tables.single]: [{ PutRequest: { Item: { pk: s('batched') } } }],
      },
    });
    expect(answer.UnprocessedItems).toEqual({});
    expect(await read(old)).toBeUndefined();
    expect(await read(fresh1)).toEqual({ ...fresh1, a: n(2) });
    const { Item } = await db.getItem({ TableName: tables.single, Key: { pk: s('batched') }, ConsistentRead: true });
    expect(Item).toEqual({ pk: s('batched') });
  });
  behaviour('BatchWriteItem takes 25 writes', 'BatchWriteItem', async ({ db, tables }) => {
    const puts = (count: number) => Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: { pk: s(`many-${index}`) } } }));
    await db.batchWriteItem({ RequestItems: { [tables.single]: puts(25) } });
    const { name, message } = await refusal(db.batchWriteItem({ RequestItems: { [tables.single]: puts(26) } }));
    expect(name).toBe('ValidationException');
    expect(message).toMatch(/Member must have length less than or equal to 25|Too many items requested/);
  });
  behaviour('BatchWriteItem takes 25 writes over all tables', 'BatchWriteItem', async ({ db, table, tables, fresh }) => {
    const RequestItems = {
      [tables.single]: Array.from({ length: 20 }, (_, index) => ({ PutRequest: { Item: { pk: s(`many-${index}`) } } })),
      [table]: Array.from({ length: 6 }, () => ({ PutRequest: { Item: fresh() } })),
    };
    expect(await refusal(db.batchWriteItem({ RequestItems }))).toEqual(invalid('Too many items requested for the BatchWriteItem call'));
  });
  behaviour('BatchWriteItem takes no item twice', 'BatchWriteItem', async ({ db, table, fresh }) => {
    const Key = fresh();
    const RequestItems = { [table]: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key } }] };
    expect(await refusal(db.batchWriteItem({ RequestItems }))).toEqual(invalid('Provided list of item keys contains duplicates'));
  });
  behaviour('BatchWriteItem with one invalid item writes none', 'BatchWriteItem', async ({ db, table, fresh, read }) => {
    const Key = fresh();
    const RequestItems = { [table]: [{ PutRequest: { Item: Key } }, { PutRequest: { Item: { pk: s('x') } } }] };
    const { name, message } = await refusal(db.batchWriteItem({ RequestItems }));
    expect(name).toBe('ValidationException');
    expect(message).toBe('The provided key element does not match the schema');
    expect(await read(Key)).toBeUndefined();
  });
  behaviour('BatchWriteItem with a missing table writes nothing', 'BatchWriteItem', async ({ db, table, fresh, read }) => {
    const Key = fresh();
    const RequestItems = { [table]: [{ PutRequest: { Item: Key } }], 'not-there': [{ PutRequest: { Item: Key } }] };
    expect((await refusal(db.batchWriteItem({ RequestItems }))).name).toBe('ResourceNotFoundException');
    expect(await read(Key)).toBeUndefined();
  });
  behaviour('BatchWriteItem needs a write for each table', 'BatchWriteItem', async ({ db, table }) => {
    const { name, message } = await refusal(db.batchWriteItem({ RequestItems: { [table]: [] } }));
    expect(name).toBe('ValidationException');
    expect(message).toContain('Member must have length greater than or equal to 1');
  });
  behaviour('BatchWriteItem needs a table', 'BatchWriteItem', async ({ db }) => {
    const { name, message } = await refusal(db.batchWriteItem({ RequestItems: {} }));
    expect(name).toBe('ValidationException');
    expect(message).toContain("'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1");
  });
  behaviour('a write of a batch is a put or a delete', 'BatchWriteItem', async ({ db, table, fresh }) => {
    const Key = fresh();
    const both = { [table]: [{ PutRequest: { Item: Key }, DeleteRequest: { Key } }] };
    expect(await refusal(db.batchWriteItem({ RequestItems: both }))).toEqual(
      invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
    );
    const none = { [table]: [{}] };
    expect(await refusal(db.batchWriteItem({ RequestItems: none }))).toEqual(
      invalid('Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'),
    );
  });
  behaviour('an item of a batch has 400 KB at most', 'BatchWriteItem', async ({ db, table, fresh }) => {
    const RequestItems = { [table]: [{ PutRequest: { Item: { ...fresh(), a: s('x'.repeat(400 * 1024)) } } }] };
    expect(await refusal(db.batchWriteItem({ RequestItems }))).toEqual(invalid('Item size has exceeded the maximum allowed size'));
  });
  behaviour('a write of a batch replaces an item as PutItem does', 'BatchWriteItem', async ({ db, table, put, read }) => {
    const Key = await put({ a: n(1) });
    await db.batchWriteItem({ RequestItems: { [table]: [{ PutRequest: { Item: { ...Key, c: n(2) } } }] } });
    expect(await read(Key)).toEqual({ ...Key, c: n(2) });
  });

  behaviour('BatchGetItem answers what is there, table by table', 'BatchGetItem', async ({ db, table, tables, put, fresh }) => {
    const keys = [await put({ a: n(1) }), await put({ a: n(2) }), fresh()];
    await db.putItem({ TableName: tables.single, Item: { pk: s('got') } });
    const answer = await db.batchGetItem({
      RequestItems: {
        [table]: { Keys: keys, ConsistentRead: true },
        [tables.single]: { Keys: [{ pk: s('got') }, { pk: s('not') }], ConsistentRead: true },
      },
    });
    const found = (answer.Responses?.[table] ?? []).map((item: Item) => Number(item['a']?.N)).sort();
    expect(found).toEqual([1, 2]);
    expect(answer.Responses?.[tables.single]).toEqual([{ pk: s('got') }]);
    expect(answer.UnprocessedKeys).toEqual({});
  });
  behaviour('BatchGetItem answers an empty list where nothing is', 'BatchGetItem', async ({ db, table, fresh }) => {
    expect((await db.batchGetItem({ RequestItems: { [table]: { Keys: [fresh()] } } })).Responses).toEqual({ [table]: [] });
  });
  behaviour('BatchGetItem projects', 'BatchGetItem', async ({ db, table, put }) => {
    const Key = await put({ a: n(1), c: n(2) });
    const RequestItems = {
      [table]: { Keys: [Key], ConsistentRead: true, ProjectionExpression: '#a', ExpressionAttributeNames: { '#a': 'a' } },
    };
    expect((await db.batchGetItem({ RequestItems })).Responses?.[table]).toEqual([{ a: n(1) }]);
  });
  behaviour('BatchGetItem takes 100 keys', 'BatchGetItem', async ({ db, tables }) => {
    const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ pk: s(`key-${index}`) }));
    await db.batchGetItem({ RequestItems: { [tables.single]: { Keys: keys(100) } } });
    const { name, message } = await refusal(db.batchGetItem({ RequestItems: { [tables.single]: { Keys: keys(101) } } }));
    expect(name).toBe('ValidationException');
    expect(message).toMatch(/Member must have length less than or equal to 100|Too many items requested/);
  });
  behaviour('BatchGetItem takes 100 keys over all tables', 'BatchGetItem', async ({ db, table, tables, fresh }) => {
    const RequestItems = {
      [tables.single]: { Keys: Array.from({ length: 60 }, (_, index) => ({ pk: s(`key-${index}`) })) },
      [table]: { Keys: Array.from({ length: 41 }, () => fresh()) },
    };
    expect(await refusal(db.batchGetItem({ RequestItems }))).toEqual(invalid('Too many items requested for the BatchGetItem call'));
  });
  behaviour('BatchGetItem takes no key twice', 'BatchGetItem', async ({ db, table, fresh }) => {
    const Key = fresh();
    expect(await refusal(db.batchGetItem({ RequestItems: { [table]: { Keys: [Key, Key] } } }))).toEqual(
      invalid('Provided list of item keys contains duplicates'),
    );
  });
  behaviour('BatchGetItem knows numbers as keys by their value', 'BatchGetItem', async ({ db, table }) => {
    const keys = [
      { pk: s('x'), sk: s('1') },
      { pk: s('x'), sk: s('1.0') },
    ];
    expect((await db.batchGetItem({ RequestItems: { [table]: { Keys: keys } } })).Responses).toEqual({ [table]: [] });
  });
  behaviour('BatchGetItem needs whole keys', 'BatchGetItem', async ({ db, table }) => {
    expect(await refusal(db.batchGetItem({ RequestItems: { [table]: { Keys: [{ pk: s('x') }] } } }))).toEqual(
      invalid('The provided key element does not match the schema'),
    );
  });
  behaviour('BatchGetItem of a missing table', 'BatchGetItem', async ({ db, table, fresh }) => {
    const RequestItems = { [table]: { Keys: [fresh()] }, 'not-there': { Keys: [fresh()] } };
    expect((await refusal(db.batchGetItem({ RequestItems }))).name).toBe('ResourceNotFoundException');
  });
  behaviour('BatchGetItem needs a key for each table', 'BatchGetItem', async ({ db, table }) => {
    const { name, message } = await refusal(db.batchGetItem({ RequestItems: { [table]: { Keys: [] } } }));
    expect(name).toBe('ValidationException');
    expect(message).toContain('Member must have length greater than or equal to 1');
  });
});
