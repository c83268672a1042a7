import type { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Authorization, type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { type Item, itemSize } from './attribute-value.ts';
import { onItems, type Stores } from './authorization.ts';
import { checkEnum, checkLength } from './constraints.ts';
import { Consumption, readUnits } from './consumption.ts';
import { checkRequest, keyText } from './dynalite.ts';
import { transactGetItemsInput, transactWriteItemsInput } from './inputs.ts';
import { readItem } from './item-operations.ts';
import type { RegionalStore } from './regional-store.ts';
import { type Table, tableName } from './table.ts';
import { ConditionFailed, checkWrite, keyOf, performWrite, type Write, type WriteKind } from './writes.ts';

/** Actions of one transaction, and bytes of its items (API Reference, "TransactWriteItems"). */
const MAX_ACTIONS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
/** Two underlying reads or writes for every item: to prepare and to commit (Developer Guide, "Amazon DynamoDB Transactions: How it works"). */
const UNITS_FACTOR = 2;

const KINDS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const satisfies readonly WriteKind[];
/** The rights are those of the single operations (Developer Guide, "IAM and transactions" in "How it works"). */
const ACTIONS = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem' } as const;

type WriteItems = z.output<typeof transactWriteItemsInput>['TransactItems'];

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: unknown;
}

/**
 * TransactWriteItems and TransactGetItems. Requests are carried out one after the other, so that a transaction never
 * meets another one: TransactionConflict and TransactionInProgressException don't occur.
 */
export function transactionOperations(stores: Stores): Record<string, Operation<never, unknown>> {
  return {
    TransactWriteItems: operation({
      input: transactWriteItemsInput,
      authorize: (input, context) => input.TransactItems.flatMap((actions) => writeAuthorizations(actions, context)),
      run(input, context) {
        checkCount(input.TransactItems.length);
        checkEnum('returnConsumedCapacity', input.ReturnConsumedCapacity, ['INDEXES', 'TOTAL', 'NONE']);
        checkEnum('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, ['SIZE', 'NONE']);
        checkLength('clientRequestToken', input.ClientRequestToken, 1, 36);
        const store = stores(context);
        const writes = input.TransactItems.map((actions) => toWrite(actions, context));
        const token = input.ClientRequestToken;
        const now_ms = context.cloud.clock();
        if (token !== undefined && store.tokens.seen(token, input.TransactItems, now_ms)) {
          const consumption = repeated(store, writes);
          consumption.meter(context, 'rru');
          return reported(consumption, input.ReturnConsumedCapacity, 'ReadCapacityUnits');
        }
        const consumption = new Consumption();
        try {
          store.items.transaction(() => {
            writeAll(store, writes, consumption);
            if (token !== undefined) store.tokens.record(token, input.TransactItems, now_ms);
          });
        } catch (error) {
          if (error instanceof AwsError && error.code === 'TransactionCanceledException') consumption.meterTables(context, 'wru');
          throw error;
        }
        consumption.meter(context, 'wru');
        return reported(consumption, input.ReturnConsumedCapacity, 'WriteCapacityUnits');
      },
    }),
    TransactGetItems: operation({
      input: transactGetItemsInput,
      authorize: (input, context) =>
        input.TransactItems.map(({ Get }) => onItems('GetItem', Get.TableName, [Get.Key], context, stores(context))),
      run(input, context) {
        checkCount(input.TransactItems.length);
        checkEnum('returnConsumedCapacity', input.ReturnConsumedCapacity, ['INDEXES', 'TOTAL', 'NONE']);
        const store = stores(context);
        const gets = input.TransactItems.map(({ Get }) =>
          checkRequest('getItem', { ...Get, TableName: tableName(Get.TableName, context) }),
        );
        const consumption = new Consumption();
        let total_bytes = 0;
        const results = collect(gets, (request) => {
          const table = store.table(request.TableName);
          const { item, size_bytes } = readItem(store, table, request);
          total_bytes += size_bytes;
          consumption.add(table.TableName, { table: UNITS_FACTOR * readUnits(size_bytes, true), indexes: {} });
          return { key: `${table.TableName}/${keyText(request.Key ?? {}, table)}`, item };
        });
        checkDistinct(results.map((result) => result.key));
        checkTotal(total_bytes);
        consumption.meter(context, 'rru');
        const Responses = results.map(({ item }) => (item === undefined ? {} : { Item: item }));
        return { Responses, ...reported(consumption, input.ReturnConsumedCapacity, 'ReadCapacityUnits') };
      },
    }),
  };

  function writeAuthorizations(actions: WriteItems[number], context: CallContext): Authorization[] {
    return KINDS.flatMap((kind) => {
      const action = actions[kind];
      if (action === undefined) return [];
      const item = 'Item' in action ? action.Item : action.Key;
      return [onItems(ACTIONS[kind], action.TableName, [item], context, stores(context))];
    });
  }
}

function toWrite(actions: WriteItems[number], context: CallContext): Write {
  const [kind, second] = KINDS.filter((candidate) => actions[candidate] !== undefined);
  const action = kind === undefined ? undefined : actions[kind];
  if (kind === undefined || action === undefined || second !== undefined) {
    throw new AwsError('ValidationException', 'TransactItems can only contain one of Check, Put, Update or Delete');
  }
  return checkWrite(kind, { ...action, TableName: tableName(action.TableName, context) });
}

/**
 * Carries every write out, or throws and leaves the undoing to the store's transaction around it. What it takes is added to `consumption`,
 * a condition that failed included.
 */
function writeAll(store: RegionalStore, writes: readonly Write[], consumption: Consumption): void {
  checkDistinct(writes.flatMap((write) => keyIfValid(store, write)));
  let total_bytes = 0;
  collect(writes, (write) => {
    const table = store.table(write.request.TableName);
    const { units, after } = performOrCount(store, table, write, consumption);
    const written = write.kind === 'Put' || write.kind === 'Update' ? after : write.request.Key;
    total_bytes += itemSize(written ?? {});
    const doubled = Object.entries(units.indexes).map(([index, taken]) => [index, UNITS_FACTOR * taken]);
    consumption.add(table.TableName, { table: UNITS_FACTOR * units.table, indexes: Object.fromEntries(doubled) });
  });
  checkTotal(total_bytes);
}

function performOrCount(store: RegionalStore, table: Table, write: Write, consumption: Consumption) {
  try {
    return performWrite(store, table, write);
  } catch (error) {
    if (error instanceof ConditionFailed) consumption.add(table.TableName, { table: UNITS_FACTOR * error.write_units, indexes: {} });
    throw error;
  }
}

/** A transaction that was carried out before takes the units of reading its items (API Reference, "TransactWriteItems"). */
function repeated(store: RegionalStore, writes: readonly Write[]): Consumption {
  const consumption = new Consumption();
  for (const write of writes) {
    const table = store.table(write.request.TableName);
    const size_bytes = store.items.get(table, keyOf(write, table))?.size_bytes ?? 0;
    consumption.add(table.TableName, { table: UNITS_FACTOR * readUnits(size_bytes, true), indexes: {} });
  }
  return consumption;
}

/** A wrong key is told later, as the reason of its own action. */
function keyIfValid(store: RegionalStore, write: Write): string[] {
  const table = store.table(write.request.TableName);
  try {
    return [`${table.TableName}/${keyOf(write, table)}`];
  } catch (error) {
    if (error instanceof AwsError) return [];
    throw error;
  }
}

/**
 * Does every action, and throws TransactionCanceledException with a reason for each in their order when any fails
 * (API Reference, "TransactWriteItems", Errors).
 */
function collect<T, R>(actions: readonly T[], work: (action: T) => R): R[] {
  const results: R[] = [];
  let failed = false;
  const reasons = actions.map((action): Reason => {
    try {
      results.push(work(action));
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed = true;
      return reasonOf(error);
    }
  });
  if (!failed) return results;
  const codes = reasons.map((reason) => reason.Code).join(', ');
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    400,
    { CancellationReasons: reasons },
  );
}

function reasonOf(error: AwsError): Reason {
  if (error.code === 'ConditionalCheckFailedException') {
    return {
      Code: 'ConditionalCheckFailed',
      Message: error.message,
      ...('Item' in error.members ? { Item: error.members['Item'] as Item } : {}),
    };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

function checkCount(count: number): void {
  if (count >= 1 && count <= MAX_ACTIONS) return;
  const bound = count < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ACTIONS}`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length ${bound}`,
  );
}

function checkDistinct(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) {
    throw new AwsError('ValidationException', 'Transaction request cannot include multiple operations on one item');
  }
}

function checkTotal(total_bytes: number): void {
  if (total_bytes > MAX_BYTES) {
    throw new AwsError('ValidationException', `Transaction payload size cannot exceed 4MB. Payload Size: ${total_bytes}`);
  }
}

function reported(consumption: Consumption, wanted: string | undefined, kind: 'ReadCapacityUnits' | 'WriteCapacityUnits') {
  const report = consumption.report(wanted, kind);
  return report === undefined ? {} : { ConsumedCapacity: report };
}
