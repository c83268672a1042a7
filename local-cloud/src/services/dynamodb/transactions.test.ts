import {
  DynamoDB,
  IdempotentParameterMismatchException,
  TransactionCanceledException,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, n, s, tableInput, type Value } from './test-table.ts';

let now_ms = Date.parse('2026-06-01T12:00:00Z');
let test: TestCloud;
let db: DynamoDB;
const TableName = 'transactions';
let made = 0;
const fresh = () => key(`fresh-${++made}`);

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb], { clock: () => now_ms });
  db = new DynamoDB({ ...test.client, maxAttempts: 3 });
  await db.createTable(tableInput(TableName));
});
afterAll(() => test.stop());

const write = (...TransactItems: TransactWriteItem[]) => db.transactWriteItems({ TransactItems });
const get = async (Key: ReturnType<typeof fresh>) => (await db.getItem({ TableName, Key })).Item;
const put = (Item: Record<string, Value>, ConditionExpression?: string): TransactWriteItem => ({
  Put: { TableName, Item, ...(ConditionExpression === undefined ? {} : { ConditionExpression }) },
});

async function failure(work: Promise<unknown>): Promise<TransactionCanceledException> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TransactionCanceledException);
  return error as TransactionCanceledException;
}

describe('TransactWriteItems (API Reference, "TransactWriteItems")', () => {
  it('does all four actions as one', async () => {
    const [a, b, c, d] = [fresh(), fresh(), fresh(), fresh()];
    await write(put({ ...b, v: n(1) }), put(c), put({ ...d, v: n(5) }));
    await write(
      put(a, 'attribute_not_exists(pk)'),
      { Update: { TableName, Key: b, UpdateExpression: 'ADD v :v', ExpressionAttributeValues: { ':v': n(2) } } },
      { Delete: { TableName, Key: c, ConditionExpression: 'attribute_exists(pk)' } },
      { ConditionCheck: { TableName, Key: d, ConditionExpression: 'v = :v', ExpressionAttributeValues: { ':v': n(5) } } },
    );
    expect([await get(a), await get(b), await get(c), await get(d)]).toEqual([a, { ...b, v: n(3) }, undefined, { ...d, v: n(5) }]);
  });

  it('does none when one fails, and gives the reasons in order', async () => {
    const [a, taken, c] = [fresh(), { ...fresh(), gsi1pk: s('T'), gsi1sk: s('1') }, fresh()];
    await db.putItem({ TableName, Item: taken });
    const error = await failure(
      write(
        put({ ...a, gsi1pk: s('T'), gsi1sk: s('2') }),
        {
          Put: {
            TableName,
            Item: { pk: taken.pk, sk: taken.sk },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Update: { TableName, Key: c, UpdateExpression: 'SET v = w' } },
        { ConditionCheck: { TableName, Key: fresh(), ConditionExpression: 'attribute_exists(pk)' } },
      ),
    );
    expect(error.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ValidationError, ConditionalCheckFailed]',
    );
    expect(error.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: taken },
      { Code: 'ValidationError', Message: 'The provided expression refers to an attribute that does not exist in the item' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ]);
    expect(await get(a)).toBeUndefined();
    const index = await db.query({
      TableName,
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :t',
      ExpressionAttributeValues: { ':t': s('T') },
    });
    expect(index.Items).toEqual([taken]);
  });

  it('gives a wrong key as the reason of its action', async () => {
    const error = await failure(write(put(fresh()), { Delete: { TableName, Key: { pk: s('a') } } }));
    expect(error.CancellationReasons?.map((reason) => reason.Code)).toEqual(['None', 'ValidationError']);
  });

  it('refuses what is no transaction', async () => {
    const Item = fresh();
    await expect(write(put(Item), { Delete: { TableName, Key: Item } })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    });
    await expect(write()).rejects.toThrow('Member must have length greater than or equal to 1');
    await expect(write(...Array.from({ length: 101 }, () => put(fresh())))).rejects.toThrow('less than or equal to 100');
    await expect(write({})).rejects.toThrow('TransactItems can only contain one of Check, Put, Update or Delete');
    await expect(write({ ...put(fresh()), Delete: { TableName, Key: fresh() } })).rejects.toThrow('can only contain one of');
    await expect(write({ Put: { TableName: 'missing', Item } })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(write(put(Item, 'broken('))).rejects.toThrow('Invalid ConditionExpression: Syntax error');
    expect(await get(Item)).toBeUndefined();
  });

  it('takes a hundred actions, but not over 4 MB', async () => {
    await write(...Array.from({ length: 100 }, () => put(fresh())));
    const items = Array.from({ length: 11 }, () => ({ ...fresh(), body: s('x'.repeat(390_000)) }));
    await expect(write(...items.map((Item) => put(Item)))).rejects.toThrow('Transaction payload size cannot exceed 4MB');
    await write(...items.slice(1).map((Item) => put(Item)));
    expect(await Promise.all(items.slice(0, 2).map((item) => get({ pk: item.pk, sk: item.sk })))).toEqual([undefined, items[1]]);
  });

  it('is carried out once for a ClientRequestToken within ten minutes', async () => {
    const Key = fresh();
    const request = {
      ClientRequestToken: 'once',
      TransactItems: [{ Update: { TableName, Key, UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': n(1) } } }],
      ReturnConsumedCapacity: 'TOTAL' as const,
    };
    expect((await db.transactWriteItems(request)).ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, WriteCapacityUnits: 2 }]);
    expect((await db.transactWriteItems(request)).ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }]);
    expect(await get(Key)).toMatchObject({ v: n(1) });
    await expect(db.transactWriteItems({ ...request, TransactItems: [put(Key)] })).rejects.toBeInstanceOf(
      IdempotentParameterMismatchException,
    );
    now_ms += 10 * 60_000 + 1;
    await db.transactWriteItems(request);
    expect(await get(Key)).toMatchObject({ v: n(2) });
  });

  it('may be tried again with the same token when it was cancelled', async () => {
    const Item = fresh();
    const request = { ClientRequestToken: 'again', TransactItems: [put(Item, 'attribute_not_exists(pk)')] };
    await db.putItem({ TableName, Item });
    await failure(db.transactWriteItems(request));
    await db.deleteItem({ TableName, Key: Item });
    await db.transactWriteItems(request);
    expect(await get(Item)).toEqual(Item);
  });
});

describe('TransactGetItems (API Reference, "TransactGetItems")', () => {
  it('reads in the order asked for, with an empty answer for what is missing', async () => {
    const [a, b] = [{ ...fresh(), v: n(1), w: n(2) }, fresh()];
    await db.putItem({ TableName, Item: a });
    const found = await db.transactGetItems({
      TransactItems: [{ Get: { TableName, Key: b } }, { Get: { TableName, Key: { pk: a.pk, sk: a.sk }, ProjectionExpression: 'w' } }],
    });
    expect(found.Responses).toEqual([{}, { Item: { w: n(2) } }]);
  });

  it('refuses an item twice, and gives a wrong key as a reason', async () => {
    const Get = { TableName, Key: fresh() };
    await expect(db.transactGetItems({ TransactItems: [{ Get }, { Get }] })).rejects.toThrow(
      'cannot include multiple operations on one item',
    );
    const error = await failure(db.transactGetItems({ TransactItems: [{ Get }, { Get: { TableName, Key: { pk: s('a') } } }] }));
    expect(error.CancellationReasons?.map((reason) => reason.Code)).toEqual(['None', 'ValidationError']);
  });
});

describe('concurrency', () => {
  it('keeps what transactions and single writes in parallel may not break', async () => {
    const transfer = fc.record({
      kind: fc.constant('transfer' as const),
      from: fc.nat(4),
      to: fc.nat(4),
      amount: fc.integer({ min: 1, max: 60 }),
    });
    const deposit = fc.record({ kind: fc.constant('deposit' as const), to: fc.nat(4), amount: fc.integer({ min: 1, max: 20 }) });
    const look = fc.record({ kind: fc.constant('look' as const) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(transfer, deposit, look), { minLength: 30, maxLength: 60 }), async (steps) => {
        const run = `run-${++made}`;
        const account = (index: number) => key(run, `account-${index}`);
        const journal = key(run, 'journal');
        await write(
          put({ ...journal, paid: n(500) }),
          ...Array.from({ length: 5 }, (_, index) => put({ ...account(index), v: n(100), gsi1pk: s(run), gsi1sk: s('100') })),
        );
        const move = (index: number, amount: number): TransactWriteItem => ({
          Update: {
            TableName,
            Key: account(index),
            UpdateExpression: 'SET v = v + :a',
            ConditionExpression: 'v >= :least',
            ExpressionAttributeValues: { ':a': n(amount), ':least': n(Math.max(0, -amount)) },
          },
        });
        const totals: [number, number][] = [];
        await Promise.all(
          steps.map(async (step) => {
            if (step.kind === 'look') {
              const keys = [journal, ...Array.from({ length: 5 }, (_, index) => account(index))];
              const { Responses } = await db.transactGetItems({ TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) });
              const [total, ...values] = (Responses ?? []).map(({ Item }) => Number(Item?.['paid']?.N ?? Item?.['v']?.N));
              totals.push([total ?? 0, values.reduce((sum, value) => sum + value, 0)]);
              return;
            }
            const journaled = (amount: number): TransactWriteItem => ({
              Update: { TableName, Key: journal, UpdateExpression: 'ADD paid :a', ExpressionAttributeValues: { ':a': n(amount) } },
            });
            if (step.kind === 'deposit') {
              await write(move(step.to, step.amount), journaled(step.amount));
            } else if (step.from !== step.to) {
              await write(move(step.from, -step.amount), move(step.to, step.amount)).catch((error: unknown) => {
                expect(error).toBeInstanceOf(TransactionCanceledException);
              });
            }
            await db.updateItem({
              TableName,
              Key: account(0),
              UpdateExpression: 'ADD touched :one',
              ExpressionAttributeValues: { ':one': n(1) },
            });
          }),
        );
        for (const [total, sum] of totals) expect(sum).toBe(total);
        const { Items } = await db.query({ TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': s(run) } });
        const values = (Items ?? []).filter((item) => item['v'] !== undefined).map((item) => Number(item['v']?.N));
        const deposits = steps.reduce((sum, step) => sum + (step.kind === 'deposit' ? step.amount : 0), 0);
        expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
        expect(values.reduce((sum, value) => sum + value, 0)).toBe(500 + deposits);
        expect(Items?.find((item) => item['sk']?.S === 'account-0')?.['touched']?.N ?? '0').toBe(
          String(steps.filter((step) => step.kind !== 'look').length),
        );
      }),
      { numRuns: 8 },
    );
  });
});
