import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Item, invalid, l, m, n, refusal, s, suite } from './suite.ts';

const SCHEMA = 'The provided key element does not match the schema';
const PROJECTIONS = 'Using projection expressions in DynamoDB';

suite('items', ['things', 'single', 'binaries'], (behaviour) => {
  behaviour('GetItem of what is not there answers without an item', 'GetItem', async ({ db, table, fresh }) => {
    expect('Item' in (await db.getItem({ TableName: table, Key: fresh() }))).toBe(false);
  });
  behaviour('PutItem replaces the whole item', 'PutItem', async ({ db, table, put, read }) => {
    const Key = await put({ a: n(1) });
    await db.putItem({ TableName: table, Item: { ...Key, c: n(2) } });
    expect(await read(Key)).toEqual({ ...Key, c: n(2) });
  });
  behaviour('DeleteItem of what is not there succeeds', 'DeleteItem', async ({ db, table, fresh }) => {
    const answer = await db.deleteItem({ TableName: table, Key: fresh(), ReturnValues: 'ALL_OLD' });
    expect('Attributes' in answer).toBe(false);
  });
  behaviour('PutItem returns what it replaced, or nothing', 'PutItem', async ({ db, table, put }) => {
    const Key = await put({ a: n(1) });
    const old = await db.putItem({ TableName: table, Item: Key, ReturnValues: 'ALL_OLD' });
    expect(old.Attributes).toEqual({ ...Key, a: n(1) });
    expect('Attributes' in (await db.putItem({ TableName: table, Item: Key }))).toBe(false);
  });
  behaviour('PutItem of something new returns nothing old', 'PutItem', async ({ db, table, fresh }) => {
    expect('Attributes' in (await db.putItem({ TableName: table, Item: fresh(), ReturnValues: 'ALL_OLD' }))).toBe(false);
  });
  behaviour('PutItem returns nothing new', 'PutItem', async ({ db, table, fresh }) => {
    for (const ReturnValues of ['ALL_NEW', 'UPDATED_NEW', 'UPDATED_OLD'] as const) {
      expect(await refusal(db.putItem({ TableName: table, Item: fresh(), ReturnValues }))).toEqual(
        invalid('ReturnValues can only be ALL_OLD or NONE'),
      );
    }
  });
  behaviour('DeleteItem returns what it deleted', 'DeleteItem', async ({ db, table, put, read }) => {
    const Key = await put({ a: n(1) });
    expect((await db.deleteItem({ TableName: table, Key, ReturnValues: 'ALL_OLD' })).Attributes).toEqual({ ...Key, a: n(1) });
    expect(await read(Key)).toBeUndefined();
    expect(await refusal(db.deleteItem({ TableName: table, Key, ReturnValues: 'ALL_NEW' }))).toEqual(
      invalid('ReturnValues can only be ALL_OLD or NONE'),
    );
  });
  behaviour('UpdateItem returns old and new, whole or what was updated', 'UpdateItem', async ({ db, table, put }) => {
    const before = { a: n(1), c: s('same'), d: m({ e: n(1), f: n(2) }) };
    const update = async (ReturnValues: 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW' | 'NONE') => {
      const Key = await put(before);
      const { Attributes } = await db.updateItem({
        TableName: table,
        Key,
        ReturnValues,
        UpdateExpression: 'SET a = :v, d.e = :v, g = :v',
        ExpressionAttributeValues: { ':v': n(9) },
      });
      const { pk: _pk, sk: _sk, ...rest } = Attributes ?? {};
      return Attributes === undefined ? undefined : rest;
    };
    expect(await update('NONE')).toBeUndefined();
    expect(await update('ALL_OLD')).toEqual(before);
    expect(await update('ALL_NEW')).toEqual({ a: n(9), c: s('same'), d: m({ e: n(9), f: n(2) }), g: n(9) });
    expect(await update('UPDATED_OLD')).toEqual({ a: n(1), d: m({ e: n(1) }) });
    expect(await update('UPDATED_NEW')).toEqual({ a: n(9), d: m({ e: n(9) }), g: n(9) });
  });
  behaviour('UPDATED_NEW tells elements of lists in a list', 'UpdateItem', async ({ db, table, put }) => {
    const Key = await put({ a: l(n(0), n(1), n(2)) });
    const { Attributes } = await db.updateItem({
      TableName: table,
      Key,
      ReturnValues: 'UPDATED_NEW',
      UpdateExpression: 'SET a[2] = :v',
      ExpressionAttributeValues: { ':v': n(9) },
    });
    expect(Attributes).toEqual({ a: l(n(9)) });
  });
  behaviour('UPDATED_NEW of what was removed is nothing', 'UpdateItem', async ({ db, table, put }) => {
    const Key = await put({ a: n(1) });
    const answer = await db.updateItem({ TableName: table, Key, ReturnValues: 'UPDATED_NEW', UpdateExpression: 'REMOVE a' });
    expect('Attributes' in answer).toBe(false);
  });
  behaviour('UPDATED_OLD of a new item is nothing', 'UpdateItem', async ({ db, table, fresh }) => {
    const answer = await db.updateItem({
      TableName: table,
      Key: fresh(),
      ReturnValues: 'UPDATED_OLD',
      UpdateExpression: 'SET a = :v',
      ExpressionAttributeValues: { ':v': n(9) },
    });
    expect('Attributes' in answer).toBe(false);
  });
  behaviour('a failed condition tells the item where it is asked for', 'PutItem', async ({ db, table, put }) => {
    const Key = await put({ a: n(1) });
    const ask = (ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE') =>
      db.putItem({
        TableName: table,
        Item: Key,
        ConditionExpression: 'attribute_not_exists(pk)',
        ...(ReturnValuesOnConditionCheckFailure === undefined ? {} : { ReturnValuesOnConditionCheckFailure }),
      });
    const failed = async (call: Promise<unknown>) => {
      const error: unknown = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item;
    };
    expect(await failed(ask('ALL_OLD'))).toEqual({ ...Key, a: n(1) });
    expect(await failed(ask('NONE'))).toBeUndefined();
    expect(await failed(ask())).toBeUndefined();
  });
  behaviour('a failed condition on nothing tells no item', 'DeleteItem', async ({ db, table, fresh }) => {
    const error: unknown = await db
      .deleteItem({
        TableName: table,
        Key: fresh(),
        ConditionExpression: 'attribute_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect((error as ConditionalCheckFailedException).Item).toBeUndefined();
  });

  behaviour('a projection gives the parts of an item that it names', PROJECTIONS, async ({ db, table, put }) => {
    const Key = await put({ a: n(1), d: m({ e: n(1), f: l(n(0), m({ g: s('x') }), n(2)) }), h: n(3) });
    const get = async (ProjectionExpression: string, ExpressionAttributeNames?: Record<string, string>) =>
      (
        await db.getItem({
          TableName: table,
          Key,
          ConsistentRead: true,
          ProjectionExpression,
          ...(ExpressionAttributeNames === undefined ? {} : { ExpressionAttributeNames }),
        })
      ).Item;
    expect(await get('a, h')).toEqual({ a: n(1), h: n(3) });
    expect(await get('d.e')).toEqual({ d: m({ e: n(1) }) });
    expect(await get('d.f[2], d.f[0]')).toEqual({ d: m({ f: l(n(0), n(2)) }) });
    expect(await get('d.f[1].g, #d.e', { '#d': 'd' })).toEqual({ d: m({ e: n(1), f: l(m({ g: s('x') })) }) });
    expect(await get('nope, a.b, d.f[9]')).toEqual({});
    expect(await get('pk')).toEqual({ pk: Key.pk });
  });

  const wrongKeys: readonly (readonly [string, Item])[] = [
    ['a key without its sort key', { pk: s('x') }],
    ['a key with one attribute too many', { pk: s('x'), sk: s('x'), a: s('x') }],
    ['a key with another attribute', { pk: s('x'), other: s('x') }],
    ['a key of another type', { pk: s('x'), sk: n(1) }],
  ];
  for (const [what, Key] of wrongKeys) {
    behaviour(`GetItem refuses ${what}`, 'GetItem', async ({ db, table }) => {
      expect(await refusal(db.getItem({ TableName: table, Key }))).toEqual(invalid(SCHEMA));
    });
    behaviour(`DeleteItem refuses ${what}`, 'DeleteItem', async ({ db, table }) => {
      expect(await refusal(db.deleteItem({ TableName: table, Key }))).toEqual(invalid(SCHEMA));
    });
  }
  behaviour('PutItem needs the key', 'PutItem', async ({ db, table }) => {
    expect(await refusal(db.putItem({ TableName: table, Item: { pk: s('x') } }))).toEqual(
      invalid('One or more parameter values were invalid: Missing the key sk in the item'),
    );
  });
  behaviour('PutItem needs the key in its type', 'PutItem', async ({ db, table }) => {
    expect(await refusal(db.putItem({ TableName: table, Item: { pk: s('x'), sk: n(1) } }))).toEqual(
      invalid('One or more parameter values were invalid: Type mismatch for key sk expected: S actual: N'),
    );
  });
  behaviour('a key’s value is a valid one', 'GetItem', async ({ db, table }) => {
    expect(await refusal(db.getItem({ TableName: table, Key: { pk: s('x'), sk: { SS: [] } } }))).toEqual(
      invalid('One or more parameter values were invalid: An string set  may not be empty'),
    );
  });
  behaviour('a missing table is told', 'Error handling with DynamoDB', async ({ db, fresh }) => {
    const gone = { name: 'ResourceNotFoundException', message: 'Requested resource not found' };
    expect(await refusal(db.getItem({ TableName: 'not-there', Key: fresh() }))).toEqual(gone);
    expect(await refusal(db.putItem({ TableName: 'not-there', Item: fresh() }))).toEqual(gone);
    expect(await refusal(db.updateItem({ TableName: 'not-there', Key: fresh() }))).toEqual(gone);
    expect(await refusal(db.deleteItem({ TableName: 'not-there', Key: fresh() }))).toEqual(gone);
  });
  behaviour('a path into a key attribute is refused', 'UpdateItem', async ({ db, table, fresh }) => {
    expect(await refusal(db.getItem({ TableName: table, Key: fresh(), ProjectionExpression: 'pk.a' }))).toEqual(
      invalid("Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk"),
    );
  });
  behaviour('binary keys', 'KeySchemaElement', async ({ db, tables }) => {
    const Key = { pk: { B: Uint8Array.of(1, 255) }, sk: { B: Uint8Array.of(0) } };
    await db.putItem({ TableName: tables.binaries, Item: { ...Key, a: n(1) } });
    expect((await db.getItem({ TableName: tables.binaries, Key, ConsistentRead: true })).Item).toEqual({ ...Key, a: n(1) });
  });
  behaviour('an index key may be left out, but not be of another type', 'PutItem', async ({ db, table, fresh }) => {
    await db.putItem({ TableName: table, Item: fresh() });
    expect(await refusal(db.putItem({ TableName: table, Item: { ...fresh(), allpk: n(1), allsk: s('x') } }))).toEqual(
      invalid('One or more parameter values were invalid: Type mismatch for Index Key allpk Expected: S Actual: N IndexName: all'),
    );
  });
  behaviour('an index key is not updated to another type', 'UpdateItem', async ({ db, table, put }) => {
    const Key = await put({ allpk: s('x') });
    const update = { UpdateExpression: 'SET allpk = :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect(await refusal(db.updateItem({ TableName: table, Key, ...update }))).toEqual(
      invalid('One or more parameter values were invalid: Type mismatch for Index Key allpk Expected: S Actual: N IndexName: all'),
    );
  });
  behaviour('an index key is not empty', 'Using Global Secondary Indexes in DynamoDB', async ({ db, table, fresh }) => {
    expect(await refusal(db.putItem({ TableName: table, Item: { ...fresh(), allpk: s(''), allsk: s('x') } }))).toEqual(
      invalid(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: all, IndexKey: allpk',
      ),
    );
  });
});
