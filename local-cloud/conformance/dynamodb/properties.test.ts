import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributes, conditions, type Expression, updates } from './random-items.ts';
import { type Item, makeTable } from './suite.ts';
import { startTarget, type Target, targetNames } from './targets.ts';

const TABLE = `properties-${process.pid}-${Date.now().toString(36)}`;
const Key = { pk: { S: 'the one' } };
/** On AWS each run costs a few units: there it is shown for the sake of it. */
/** Thousands of requests, on a machine that may have other things to do. */
const PATIENCE = { timeout: 120_000 };
const numRuns = targetNames().includes('AWS') ? 5 : targetNames().length > 1 ? 150 : 40;

let targets: readonly Target[] = [];

beforeAll(async () => {
  targets = await Promise.all(targetNames().map(startTarget));
  for (const { db, prefix } of targets) await makeTable(db, 'single', `${prefix}${TABLE}`);
}, 120_000);
afterAll(async () => {
  for (const { db, prefix, stop } of targets) {
    await db.deleteTable({ TableName: `${prefix}${TABLE}` });
    await stop();
  }
});

const namedBy = ({ values }: Expression) => (Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values });
const failed = (error: Error) => (error.name === 'ConditionalCheckFailedException' ? 'false' : error.name);

function put({ db, prefix }: Target, item: Item) {
  return db.putItem({ TableName: `${prefix}${TABLE}`, Item: { ...Key, ...item } });
}

/** `true`, `false` or the error's name. */
function asCondition({ db, prefix }: Target, expression: Expression): Promise<string> {
  const ask = { TableName: `${prefix}${TABLE}`, Key, ConditionExpression: expression.text, ...namedBy(expression) };
  return db.updateItem(ask).then(() => 'true', failed);
}

function asFilter({ db, prefix }: Target, expression: Expression): Promise<string> {
  const ask = { TableName: `${prefix}${TABLE}`, ConsistentRead: true, FilterExpression: expression.text, ...namedBy(expression) };
  return db.scan(ask).then(({ Count }) => String(Count === 1), failed);
}

/** The item after an update, its sets in one order, or the error. */
async function afterUpdate(target: Target, expression: Expression): Promise<unknown> {
  const { db, prefix } = target;
  const ask = { TableName: `${prefix}${TABLE}`, Key, UpdateExpression: expression.text, ...namedBy(expression) };
  const error = await db.updateItem(ask).then(
    () => undefined,
    // Which of several mistakes is told first is no page's word, and differs.
    ({ name }: Error) => name,
  );
  const { Item } = await db.getItem({ TableName: `${prefix}${TABLE}`, Key, ConsistentRead: true });
  return { error, item: sorted({ M: Item ?? {} }) };
}

/** The value with sets in one order. */
function sorted(value: AttributeValue): AttributeValue {
  if (value.SS !== undefined) return { SS: value.SS.toSorted() };
  if (value.NS !== undefined) return { NS: value.NS.toSorted() };
  if (value.BS !== undefined) return { BS: value.BS.toSorted((a, b) => Buffer.compare(a, b)) };
  if (value.L !== undefined) return { L: value.L.map(sorted) };
  if (value.M !== undefined) return { M: Object.fromEntries(Object.entries(value.M).map(([name, member]) => [name, sorted(member)])) };
  return value;
}

describe('random items (Condition and filter expressions, operators, and functions in DynamoDB)', () => {
  it('meet a condition as they pass a filter, and its NOT never with it', PATIENCE, async () => {
    for (const target of targets) {
      await fc.assert(
        fc.asyncProperty(attributes, conditions, async (item, condition) => {
          await put(target, item);
          const answer = await asCondition(target, condition);
          expect(await asFilter(target, condition)).toBe(answer);
          const contrary = await asCondition(target, { ...condition, text: `NOT (${condition.text})` });
          expect(contrary).toBe({ true: 'false', false: 'true' }[answer] ?? answer);
        }),
        { numRuns },
      );
    }
  });

  it('are kept as they were put', PATIENCE, async () => {
    for (const target of targets) {
      const { db, prefix } = target;
      await fc.assert(
        fc.asyncProperty(attributes, async (item) => {
          await put(target, item);
          const { Item } = await db.getItem({ TableName: `${prefix}${TABLE}`, Key, ConsistentRead: true });
          expect(sorted({ M: Item ?? {} })).toEqual(sorted({ M: { ...Key, ...item } }));
        }),
        { numRuns },
      );
    }
  });
});

const both = () => {
  it('meet the same conditions (Condition and filter expressions, operators, and functions in DynamoDB)', PATIENCE, async () => {
    await fc.assert(
      fc.asyncProperty(attributes, conditions, async (item, condition) => {
        const answers = await Promise.all(targets.map((target) => put(target, item).then(() => asCondition(target, condition))));
        expect(answers).toEqual(answers.map(() => answers[0]));
      }),
      { numRuns: 3 * numRuns },
    );
  });

  it('are the same after an update, or refuse it alike (Using update expressions in DynamoDB)', PATIENCE, async () => {
    await fc.assert(
      fc.asyncProperty(attributes, updates, async (item, update) => {
        const answers = await Promise.all(targets.map((target) => put(target, item).then(() => afterUpdate(target, update))));
        expect(answers[1]).toEqual(answers[0]);
      }),
      { numRuns: 3 * numRuns },
    );
  });
};

if (targetNames().length > 1) describe('random items on both targets', both);
