import { type AttributeValue, type DynamoDB, DynamoDBServiceException, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesOf, type SuiteName } from './known-differences.ts';
import { SOURCES, type Source } from './sources.ts';
import { definitionOf, type TableName } from './tables.ts';
import { startTarget, type Target, type TargetName, targetNames } from './targets.ts';

export type Item = Record<string, AttributeValue>;

/** What a behaviour is shown with. */
export interface Bench {
  readonly target: TargetName;
  readonly db: DynamoDB;
  /** The table `things`. */
  readonly table: string;
  readonly tables: Readonly<Record<TableName, string>>;
  /** A key of `things` that nothing has yet. */
  fresh(): { pk: { S: string }; sk: { S: string } };
  /** Puts an item into `things` under a fresh key, which it gives. */
  put(item?: Item): Promise<{ pk: { S: string }; sk: { S: string } }>;
  /** The item of `things` as it is now. */
  read(key: Item): Promise<Item | undefined>;
}

type Behaviour = (title: string, source: Source, show: (bench: Bench) => Promise<void>) => void;

/**
 * A group of behaviours, each with the page of AWS that it is cited from, shown on every target of this run. A known
 * difference (known-differences.ts) turns a behaviour around: it must fail in the way that is stated, or the test is red.
 */
export function suite(name: SuiteName, tables: readonly TableName[], state: (behaviour: Behaviour) => void): void {
  describe.each(targetNames().map((target) => ({ target })))(`${name}, on $target`, ({ target: targetName }) => {
    let target: Target;
    let made: Readonly<Record<TableName, string>>;
    let count = 0;
    const run = `${process.pid}-${Date.now().toString(36)}`;

    beforeAll(async () => {
      target = await startTarget(targetName);
      const named = tables.map((table) => [table, `${target.prefix}${table}-${run}`] as const);
      made = Object.fromEntries(named) as Record<TableName, string>;
      for (const [table, TableName] of named) await makeTable(target.db, table, TableName);
    }, 120_000);
    afterAll(async () => {
      for (const TableName of Object.values(made)) await target.db.deleteTable({ TableName });
      await target.stop();
    }, 120_000);

    const fresh = () => ({ pk: { S: `fresh-${++count}` }, sk: { S: 'x' } });
    const bench: Bench = {
      target: targetName,
      get db() {
        return target.db;
      },
      get table() {
        return made.things;
      },
      get tables() {
        return made;
      },
      fresh,
      put: async (item = {}) => {
        const key = fresh();
        await target.db.putItem({ TableName: made.things, Item: { ...key, ...item } });
        return key;
      },
      read: async (Key) => (await target.db.getItem({ TableName: made.things, Key, ConsistentRead: true })).Item,
    };

    const differences = new Map(Object.entries(differencesOf(name, targetName)));
    const titles = new Set<string>();
    state((title, source, show) => {
      const difference = differences.get(title);
      it(`${title} (${source})${difference === undefined ? '' : `: differs, ${difference.reason}`}`, async () => {
        if (!Object.hasOwn(SOURCES, source)) throw new Error(`${title}: no page of AWS is cited`);
        if (titles.has(title)) throw new Error(`${title}: stated twice`);
        titles.add(title);
        if (difference === undefined) await show(bench);
        else await expectDifference(difference.instead, () => show(bench));
      });
    });
    it('has a behaviour for each difference that is known', () => {
      expect([...differences.keys()].filter((title) => !titles.has(title))).toEqual([]);
    });
  });
}

/** Makes one of the tables and waits until it is there. */
export async function makeTable(db: DynamoDB, table: TableName, TableName: string): Promise<void> {
  await db.createTable(definitionOf(table, TableName));
  await waitUntilTableExists({ client: db, maxWaitTime: 100, minDelay: 1, maxDelay: 3 }, { TableName });
}

/** The behaviour must fail, and the failure must show what the target does instead. */
async function expectDifference(instead: string, show: () => Promise<void>): Promise<void> {
  const failure = await show().then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure === undefined) throw new Error('the difference is gone: take it out of known-differences.ts');
  const { name, message, actual } = failure as { name?: string; message?: string; actual?: unknown };
  const shown = [name, message, JSON.stringify(actual, null, 1)].join('\n');
  if (shown.includes(instead) || shown.includes(JSON.stringify(instead).slice(1, -1))) return;
  throw failure;
}

/** The error that a call ends with: its name and message. Throws when the call succeeds. */
export async function refusal(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  const answer = await call.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in answer)) throw new Error(`it was not refused: ${JSON.stringify(answer.value).slice(0, 300)}`);
  if (!(answer.error instanceof DynamoDBServiceException)) throw answer.error;
  return { name: answer.error.name, message: answer.error.message };
}

/** What a ValidationException with these words looks like in `refusal`. */
export const invalid = (message: string) => ({ name: 'ValidationException', message });

export const s = (text: string) => ({ S: text });
export const n = (value: number | string) => ({ N: String(value) });
export const b = (...bytes: number[]) => ({ B: Uint8Array.from(bytes) });
export const l = (...elements: AttributeValue[]) => ({ L: elements });
export const m = (members: Item) => ({ M: members });
export const yes = { BOOL: true } as const;
export const no = { BOOL: false } as const;
export const nothing = { NULL: true } as const;
