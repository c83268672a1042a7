import { expect } from 'vitest';
import { type Bench, type Item, invalid, n, refusal, s, suite } from './suite.ts';

const ERRORS = 'Error handling with DynamoDB';

/*
 * What is said when several things are wrong: the shape of the request first (all of it in one message), then parameters that don't
 * go together, values, expressions, the table, the key, and the condition at last. No page of AWS tells the order.
 */
suite('validation', ['things'], (behaviour) => {
  const first = (title: string, ask: (bench: Bench) => Promise<unknown>, words: string | RegExp) =>
    behaviour(title, ERRORS, async (bench) => {
      const { name, message } = await refusal(ask(bench));
      expect({ name, message }).toEqual(typeof words === 'string' ? invalid(words) : invalid(expect.stringMatching(words) as string));
    });
  const badSet: Item = { a: { SS: [] } };
  const EMPTY_SET = 'One or more parameter values were invalid: An string set  may not be empty';

  first(
    'everything that is wrong with a request’s shape is told at once',
    ({ db, fresh }) =>
      db.putItem({ TableName: 'a;', Item: fresh(), ReturnValues: 'SOME' as never, ReturnConsumedCapacity: 'MUCH' as never }),
    /^[34] validation errors detected: (?=.*'returnConsumedCapacity')(?=.*'returnValues')(?=.*'tableName')/,
  );
  first(
    'a request’s shape comes before its values',
    ({ db, table: TableName, fresh }) => db.putItem({ TableName, Item: { ...fresh(), ...badSet }, ReturnValues: 'SOME' as never }),
    /^1 validation error detected: Value 'SOME' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: \[.*\]$/,
  );
  first(
    'names without an expression come before wrong values',
    ({ db, table: TableName, fresh }) =>
      db.putItem({ TableName, Item: { ...fresh(), ...badSet }, ExpressionAttributeNames: { '#a': 'a' } }),
    'ExpressionAttributeNames can only be specified when using expressions',
  );
  first(
    'wrong values come before wrong ReturnValues',
    ({ db, table: TableName, fresh }) => db.putItem({ TableName, Item: { ...fresh(), ...badSet }, ReturnValues: 'ALL_NEW' }),
    EMPTY_SET,
  );
  first(
    'wrong values come before wrong expressions',
    ({ db, table: TableName, fresh }) => db.putItem({ TableName, Item: { ...fresh(), ...badSet }, ConditionExpression: '' }),
    EMPTY_SET,
  );
  first(
    'an item that is too large comes before wrong expressions',
    ({ db, table: TableName, fresh }) =>
      db.putItem({ TableName, Item: { ...fresh(), a: s('x'.repeat(400 * 1024)) }, ConditionExpression: 'status = 1' }),
    'Item size has exceeded the maximum allowed size',
  );
  first(
    'wrong names come before wrong values of an expression',
    ({ db, table: TableName, fresh }) =>
      db.putItem({
        TableName,
        Item: fresh(),
        ConditionExpression: 'x',
        ExpressionAttributeNames: { a: 'a' },
        ExpressionAttributeValues: { b: n(1) },
      }),
    'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"',
  );
  first(
    'wrong values of an expression come before its syntax',
    ({ db, table: TableName, fresh }) =>
      db.putItem({ TableName, Item: fresh(), ConditionExpression: 'x', ExpressionAttributeValues: { ':b': { SS: [] } } }),
    `ExpressionAttributeValues contains invalid value: ${EMPTY_SET} for key :b`,
  );
  first(
    'an update expression comes before a condition',
    ({ db, table: TableName, fresh }) => db.updateItem({ TableName, Key: fresh(), UpdateExpression: 'SET', ConditionExpression: 'x' }),
    'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "SET"',
  );
  first(
    'syntax comes before meaning',
    ({ db, table: TableName, fresh }) => db.updateItem({ TableName, Key: fresh(), ConditionExpression: 'status = :v AND' }),
    'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "AND"',
  );
  first(
    'expressions come before what is not used by them',
    ({ db, table: TableName, fresh }) =>
      db.updateItem({
        TableName,
        Key: fresh(),
        ConditionExpression: 'attribute_exists(status)',
        ExpressionAttributeNames: { '#unused': 'a' },
      }),
    'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status',
  );
  first(
    'unused names come before unused values',
    ({ db, table: TableName, fresh }) =>
      db.updateItem({
        TableName,
        Key: fresh(),
        ConditionExpression: 'attribute_exists(a)',
        ExpressionAttributeNames: { '#unused': 'a' },
        ExpressionAttributeValues: { ':unused': n(1) },
      }),
    'Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}',
  );
  first(
    'the key condition comes before the filter, the filter before the projection',
    ({ db, table: TableName }) => db.query({ TableName, KeyConditionExpression: '', FilterExpression: '', ProjectionExpression: '' }),
    'Invalid KeyConditionExpression: The expression can not be empty;',
  );
  first(
    'the filter comes before the projection',
    ({ db, table: TableName }) => db.scan({ TableName, FilterExpression: '', ProjectionExpression: '' }),
    'Invalid FilterExpression: The expression can not be empty;',
  );
  behaviour('expressions come before the table', ERRORS, async ({ db, fresh }) => {
    const ask = { TableName: 'not-there', Key: fresh() };
    expect((await refusal(db.updateItem({ ...ask, UpdateExpression: 'SET a = b +' }))).name).toBe('ValidationException');
    expect((await refusal(db.updateItem({ ...ask, UpdateExpression: 'SET a = b' }))).name).toBe('ResourceNotFoundException');
  });
  behaviour('the table comes before the key', ERRORS, async ({ db }) => {
    const Key = { nope: s('x') };
    expect((await refusal(db.getItem({ TableName: 'not-there', Key }))).name).toBe('ResourceNotFoundException');
    expect((await refusal(db.putItem({ TableName: 'not-there', Item: Key }))).name).toBe('ResourceNotFoundException');
  });
  first(
    'the key comes before the condition',
    ({ db, table }) => db.deleteItem({ TableName: table, Key: { pk: s('x'), sk: n(1) }, ConditionExpression: 'attribute_exists(pk)' }),
    /^(The provided key element does not match the schema|One or more parameter values were invalid: Type mismatch for key)$/,
  );
  behaviour('the condition comes before what the update cannot do', ERRORS, async ({ db, table, put }) => {
    const Key = await put({ a: s('x') });
    const add = { UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect((await refusal(db.updateItem({ TableName: table, Key, ...add, ConditionExpression: 'attribute_exists(nope)' }))).name).toBe(
      'ConditionalCheckFailedException',
    );
    expect((await refusal(db.updateItem({ TableName: table, Key, ...add }))).name).toBe('ValidationException');
  });
  first(
    'an update of the key comes before the condition',
    ({ db, table, fresh }) =>
      db.updateItem({
        TableName: table,
        Key: fresh(),
        UpdateExpression: 'SET pk = :v',
        ConditionExpression: 'attribute_exists(nope)',
        ExpressionAttributeValues: { ':v': s('x') },
      }),
    'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
  );
  first(
    'a type of an index key comes before the condition',
    ({ db, table, fresh }) =>
      db.putItem({ TableName: table, Item: { ...fresh(), allpk: n(1) }, ConditionExpression: 'attribute_exists(pk)' }),
    /Type mismatch for Index Key/,
  );
  first(
    'wrong values of a batch come before too many writes',
    ({ db, table }) =>
      db.batchWriteItem({
        RequestItems: {
          [table]: Array.from({ length: 25 }, () => ({ PutRequest: { Item: badSet } })),
          other: [{ PutRequest: { Item: badSet } }],
        },
      }),
    EMPTY_SET,
  );
  first(
    'wrong values of a batch come before duplicates',
    ({ db, table, fresh }) => {
      const Item = { ...fresh(), ...badSet };
      return db.batchWriteItem({ RequestItems: { [table]: [{ PutRequest: { Item } }, { PutRequest: { Item } }] } });
    },
    EMPTY_SET,
  );
  behaviour('an item twice in a transaction comes before its conditions', ERRORS, async ({ db, table: TableName, fresh }) => {
    const Key = fresh();
    const ConditionExpression = 'attribute_exists(pk)';
    const items = [{ Delete: { TableName, Key, ConditionExpression } }, { Delete: { TableName, Key } }];
    expect(await refusal(db.transactWriteItems({ TransactItems: items }))).toEqual(
      invalid('Transaction request cannot include multiple operations on one item'),
    );
  });
});
