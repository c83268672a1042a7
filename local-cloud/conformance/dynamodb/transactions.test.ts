import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, type Item, invalid, n, refusal, s, suite } from './suite.ts';

const WRITES = 'TransactWriteItems';
const REASONS = 'CancellationReason';
const HOW = 'Amazon DynamoDB Transactions: How it works';
const TWICE = invalid('Transaction request cannot include multiple operations on one item');

interface Cancelled {
  readonly message: string;
  readonly reasons: readonly { Code?: string | undefined; Message?: string | undefined; Item?: Item | undefined }[];
}

async function cancelled(call: Promise<unknown>): Promise<Cancelled> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TransactionCanceledException)) throw error ?? new Error('it was not cancelled');
  const reasons = (error.CancellationReasons ?? []).map(({ Code, Message, Item }) => ({
    Code,
    ...(Message === undefined ? {} : { Message }),
    ...(Item === undefined ? {} : { Item }),
  }));
  return { message: error.message, reasons };
}

const words = (...codes: string[]) => `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
const FAILED = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
const NONE = { Code: 'None' };

function transact({ db }: Bench, TransactItems: TransactWriteItem[], more: Partial<TransactWriteItemsCommandInput> = {}) {
  return db.transactWriteItems({ TransactItems, ...more });
}

suite('transactions', ['things', 'single'], (behaviour) => {
  behaviour('all four actions are done as one', WRITES, async (bench) => {
    const { table: TableName, put, fresh, read } = bench;
    const [updated, deleted, checked, made] = [await put({ a: n(1) }), await put(), await put({ a: n(1) }), fresh()];
    await transact(bench, [
      { Put: { TableName, Item: { ...made, a: n(1) }, ConditionExpression: 'attribute_not_exists(pk)' } },
      { Update: { TableName, Key: updated, UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': n(1) } } },
      { Delete: { TableName, Key: deleted } },
      { ConditionCheck: { TableName, Key: checked, ConditionExpression: 'a = :v', ExpressionAttributeValues: { ':v': n(1) } } },
    ]);
    expect(await read(made)).toEqual({ ...made, a: n(1) });
    expect(await read(updated)).toEqual({ ...updated, a: n(2) });
    expect(await read(deleted)).toBeUndefined();
    expect(await read(checked)).toEqual({ ...checked, a: n(1) });
  });
  behaviour('nothing is done when one condition fails; reasons come in the actions’ order', REASONS, async (bench) => {
    const { table: TableName, put, fresh, read } = bench;
    const [there, made] = [await put({ a: n(1) }), fresh()];
    const exists = 'attribute_exists(pk)';
    expect(
      await cancelled(
        transact(bench, [
          { Put: { TableName, Item: made } },
          { ConditionCheck: { TableName, Key: fresh(), ConditionExpression: exists } },
          { Update: { TableName, Key: there, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': n(2) } } },
          { Delete: { TableName, Key: fresh(), ConditionExpression: exists } },
        ]),
      ),
    ).toEqual({
      message: words('None', 'ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'),
      reasons: [NONE, FAILED, NONE, FAILED],
    });
    expect(await read(made)).toBeUndefined();
    expect(await read(there)).toEqual({ ...there, a: n(1) });
  });
  behaviour('a reason has the item where it is asked for', REASONS, async (bench) => {
    const { table: TableName, put } = bench;
    const [first, second] = [await put({ a: n(1) }), await put({ a: n(2) })];
    const ConditionExpression = 'attribute_not_exists(pk)';
    const { reasons } = await cancelled(
      transact(bench, [
        { Put: { TableName, Item: first, ConditionExpression, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
        { Delete: { TableName, Key: second, ConditionExpression } },
      ]),
    );
    expect(reasons).toEqual([{ ...FAILED, Item: { ...first, a: n(1) } }, FAILED]);
  });
  behaviour('an update that its item does not allow is a ValidationError', REASONS, async (bench) => {
    const { table: TableName, put, fresh } = bench;
    const Key = await put({ a: s('x') });
    const Update = { TableName, Key, UpdateExpression: 'SET a = a + :v', ExpressionAttributeValues: { ':v': n(1) } };
    expect(await cancelled(transact(bench, [{ Put: { TableName, Item: fresh() } }, { Update }]))).toEqual({
      message: words('None', 'ValidationError'),
      reasons: [NONE, { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' }],
    });
  });
  behaviour('a key that is not the table’s is a ValidationError of its action', REASONS, async (bench) => {
    const { table: TableName, fresh } = bench;
    const { message, reasons } = await cancelled(
      transact(bench, [{ Put: { TableName, Item: fresh() } }, { Delete: { TableName, Key: { pk: s('x') } } }]),
    );
    expect(message).toBe(words('None', 'ValidationError'));
    expect(reasons).toEqual([NONE, { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }]);
  });
  behaviour('an update that makes an item too large is a ValidationError', WRITES, async (bench) => {
    const { db, table: TableName, fresh } = bench;
    const Key = fresh();
    await db.putItem({ TableName, Item: { ...Key, fill: s('x'.repeat(399 * 1024)) } });
    const Update = { TableName, Key, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': s('x'.repeat(2048)) } };
    const { reasons } = await cancelled(transact(bench, [{ Update }]));
    expect(reasons).toEqual([{ Code: 'ValidationError', Message: 'Item size to update has exceeded the maximum allowed size' }]);
  });
  behaviour('conditions see the items as they were before the transaction', HOW, async (bench) => {
    const { table: TableName, put, fresh, read } = bench;
    const [first, second] = [await put({ a: n(1) }), fresh()];
    await transact(bench, [
      { Update: { TableName, Key: first, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': n(2) } } },
      { Put: { TableName, Item: second, ConditionExpression: 'attribute_not_exists(a)' } },
    ]);
    expect(await read(second)).toEqual(second);
  });
  behaviour('a transaction goes over several tables', WRITES, async (bench) => {
    const { db, table: TableName, tables, fresh } = bench;
    await transact(bench, [{ Put: { TableName, Item: fresh() } }, { Put: { TableName: tables.single, Item: { pk: s('both') } } }]);
    expect((await db.getItem({ TableName: tables.single, Key: { pk: s('both') }, ConsistentRead: true })).Item).toEqual({ pk: s('both') });
  });

  behaviour('an item stands in a transaction once', WRITES, async (bench) => {
    const { table: TableName, fresh } = bench;
    const Key = fresh();
    expect(await refusal(transact(bench, [{ Put: { TableName, Item: Key } }, { Delete: { TableName, Key } }]))).toEqual(TWICE);
    const ConditionCheck = { TableName, Key, ConditionExpression: 'attribute_not_exists(pk)' };
    expect(await refusal(transact(bench, [{ ConditionCheck }, { Put: { TableName, Item: Key } }]))).toEqual(TWICE);
  });
  behaviour('a transaction has 100 actions at most', WRITES, async (bench) => {
    const puts = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Put: { TableName: bench.tables.single, Item: { pk: s(`hundred-${index}`) } } }));
    await transact(bench, puts(100));
    const { name, message } = await refusal(transact(bench, puts(101)));
    expect(name).toBe('ValidationException');
    expect(message).toContain('Member must have length less than or equal to 100');
  });
  behaviour('a transaction has an action', WRITES, async (bench) => {
    const { name, message } = await refusal(transact(bench, []));
    expect(name).toBe('ValidationException');
    expect(message).toContain('Member must have length greater than or equal to 1');
  });
  behaviour('a transaction has 4 MB at most', WRITES, async (bench) => {
    const puts = Array.from({ length: 11 }, (_, index) => ({
      Put: { TableName: bench.tables.single, Item: { pk: s(`large-${index}`), fill: s('x'.repeat(390 * 1024)) } },
    }));
    await transact(bench, puts.slice(0, 10));
    expect((await refusal(transact(bench, puts))).name).toBe('ValidationException');
  });
  behaviour('an action is one of the four', WRITES, async (bench) => {
    const { table: TableName, fresh } = bench;
    const action = { Put: { TableName, Item: fresh() }, Delete: { TableName, Key: fresh() } };
    expect(await refusal(transact(bench, [action]))).toEqual(invalid('TransactItems can only contain one of Check, Put, Update or Delete'));
    expect((await refusal(transact(bench, [{}]))).name).toBe('ValidationException');
  });
  behaviour('a table that is not there', WRITES, async (bench) => {
    const { fresh } = bench;
    expect((await refusal(transact(bench, [{ Put: { TableName: 'not-there', Item: fresh() } }]))).name).toBe('ResourceNotFoundException');
  });
  behaviour('a wrong expression refuses the whole request', WRITES, async (bench) => {
    const { table: TableName, fresh } = bench;
    const wrong = { Put: { TableName, Item: fresh(), ConditionExpression: 'status = :v', ExpressionAttributeValues: { ':v': n(1) } } };
    expect(await refusal(transact(bench, [{ Put: { TableName, Item: fresh() } }, wrong]))).toEqual(
      invalid('Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: status'),
    );
  });

  behaviour('a token makes a repetition do nothing again', WRITES, async (bench) => {
    const { table: TableName, put, read } = bench;
    const Key = await put({ a: n(0) });
    const items = [{ Update: { TableName, Key, UpdateExpression: 'ADD a :v', ExpressionAttributeValues: { ':v': n(1) } } }];
    const ClientRequestToken = `token-${Key.pk.S}`;
    await transact(bench, items, { ClientRequestToken });
    await transact(bench, items, { ClientRequestToken });
    expect(await read(Key)).toEqual({ ...Key, a: n(1) });
    await transact(bench, items);
    expect(await read(Key)).toEqual({ ...Key, a: n(2) });
  });
  behaviour('a token with other actions is a mistake', WRITES, async (bench) => {
    const { table: TableName, fresh } = bench;
    const ClientRequestToken = `mismatch-${fresh().pk.S}`;
    await transact(bench, [{ Put: { TableName, Item: fresh() } }], { ClientRequestToken });
    const again = transact(bench, [{ Put: { TableName, Item: fresh() } }], { ClientRequestToken });
    await expect(again).rejects.toBeInstanceOf(IdempotentParameterMismatchException);
  });
  behaviour('a token of a cancelled transaction may be used again', WRITES, async (bench) => {
    const { db, table: TableName, put, read } = bench;
    const Key = await put();
    const ClientRequestToken = `again-${Key.pk.S}`;
    const items = [{ Put: { TableName, Item: { ...Key, a: n(1) }, ConditionExpression: 'attribute_not_exists(pk)' } }];
    await cancelled(transact(bench, items, { ClientRequestToken }));
    await db.deleteItem({ TableName, Key });
    await transact(bench, items, { ClientRequestToken });
    expect(await read(Key)).toEqual({ ...Key, a: n(1) });
  });
  behaviour('a token has 36 characters at most', WRITES, async (bench) => {
    const { table: TableName, fresh } = bench;
    const ask = (length: number) => transact(bench, [{ Put: { TableName, Item: fresh() } }], { ClientRequestToken: 'x'.repeat(length) });
    const { name, message } = await refusal(ask(37));
    expect(name).toBe('ValidationException');
    expect(message).toContain("at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36");
  });

  const GETS = 'TransactGetItems';
  behaviour(
    'TransactGetItems answers in the order asked for, empty for what is not there',
    GETS,
    async ({ db, table, tables, put, fresh }) => {
      const [first, second] = [await put({ a: n(1) }), await put({ a: n(2), c: n(3) })];
      await db.putItem({ TableName: tables.single, Item: { pk: s('read') } });
      const { Responses } = await db.transactGetItems({
        TransactItems: [
          { Get: { TableName: table, Key: second, ProjectionExpression: '#c', ExpressionAttributeNames: { '#c': 'c' } } },
          { Get: { TableName: table, Key: fresh() } },
          { Get: { TableName: tables.single, Key: { pk: s('read') } } },
          { Get: { TableName: table, Key: first } },
        ],
      });
      expect(Responses).toEqual([{ Item: { c: n(3) } }, {}, { Item: { pk: s('read') } }, { Item: { ...first, a: n(1) } }]);
    },
  );
  behaviour('TransactGetItems reads an item once', GETS, async ({ db, table, fresh }) => {
    const Get = { TableName: table, Key: fresh() };
    expect(await refusal(db.transactGetItems({ TransactItems: [{ Get }, { Get }] }))).toEqual(TWICE);
  });
  behaviour('TransactGetItems has 100 actions at most', GETS, async ({ db, table, fresh }) => {
    const gets = Array.from({ length: 101 }, () => ({ Get: { TableName: table, Key: fresh() } }));
    await db.transactGetItems({ TransactItems: gets.slice(0, 100) });
    const { message } = await refusal(db.transactGetItems({ TransactItems: gets }));
    expect(message).toContain('Member must have length less than or equal to 100');
  });
  behaviour('TransactGetItems with a wrong key gives it as a reason', GETS, async ({ db, table, fresh }) => {
    const items = [{ Get: { TableName: table, Key: fresh() } }, { Get: { TableName: table, Key: { pk: s('x') } } }];
    expect(await cancelled(db.transactGetItems({ TransactItems: items }))).toEqual({
      message: words('None', 'ValidationError'),
      reasons: [NONE, { Code: 'ValidationError', Message: 'The provided key element does not match the schema' }],
    });
  });
});
