import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import type { Item } from './attribute-value.ts';
import { onItems, type Stores } from './authorization.ts';
import { Consumption, readUnits } from './consumption.ts';
import { type CheckedBatchGet, type CheckedBatchWrite, checkKey, checkRequest } from './dynalite.ts';
import { batchGetItemInput, batchWriteItemInput } from './inputs.ts';
import { readItem } from './item-operations.ts';
import { type Table, tableName } from './table.ts';
import { checkWrite, keyOf, performWrite, type Write } from './writes.ts';

/** Writes that one BatchWriteItem takes (API Reference, "BatchWriteItem"). */
const MAX_WRITES = 25;
/** Bytes that one BatchGetItem returns; the keys of the rest are in UnprocessedKeys (API Reference, "BatchGetItem"). */
const MAX_GET_BYTES = 16 * 1024 * 1024;

/** BatchGetItem and BatchWriteItem. Only the size of the answer leaves something unprocessed: nothing is throttled. */
export function batchOperations(stores: Stores): Record<string, Operation<never, unknown>> {
  return {
    BatchGetItem: operation({
      input: batchGetItemInput,
      authorize: (input, context) =>
        Object.entries(input.RequestItems).map(([table, { Keys }]) => onItems('BatchGetItem', table, Keys, context, stores(context))),
      run(input, context) {
        const store = stores(context);
        const checked = checkRequest<CheckedBatchGet>('batchGetItem', { ...input, RequestItems: byTable(input.RequestItems, context) });
        const responses: Record<string, Item[]> = {};
        const unprocessed: Record<string, { Keys: Item[] }> = {};
        const consumption = new Consumption();
        let total_bytes = 0;
        for (const [asked, request] of Object.entries(input.RequestItems)) {
          const table = store.table(asked);
          const { Keys, ConsistentRead, _projection } = checked.RequestItems[table.TableName] ?? { Keys: [] };
          const found: Item[] = [];
          responses[asked] = found;
          for (const Key of Keys) {
            const { item, size_bytes } = readItem(store, table, { TableName: table.TableName, Key, ...(_projection && { _projection }) });
            if (total_bytes + size_bytes > MAX_GET_BYTES) {
              const rest = unprocessed[asked] ?? { ...request, Keys: [] };
              rest.Keys.push(Key);
              unprocessed[asked] = rest;
              continue;
            }
            total_bytes += size_bytes;
            consumption.add(table.TableName, { table: readUnits(size_bytes, ConsistentRead === true), indexes: {} });
            if (item !== undefined) found.push(item);
          }
        }
        consumption.meter(context, 'rru');
        return { Responses: responses, UnprocessedKeys: unprocessed, ...reported(consumption, input.ReturnConsumedCapacity) };
      },
    }),
    BatchWriteItem: operation({
      input: batchWriteItemInput,
      authorize: (input, context) =>
        Object.entries(input.RequestItems).map(([table, requests]) =>
          onItems(
            'BatchWriteItem',
            table,
            requests.map((request) => request.PutRequest?.Item ?? request.DeleteRequest?.Key ?? {}),
            context,
            stores(context),
          ),
        ),
      run(input, context) {
        const store = stores(context);
        const checked = checkRequest<CheckedBatchWrite>('batchWriteItem', { ...input, RequestItems: byTable(input.RequestItems, context) });
        const count = Object.values(input.RequestItems).reduce((sum, requests) => sum + requests.length, 0);
        if (count > MAX_WRITES) throw new AwsError('ValidationException', 'Too many items requested for the BatchWriteItem call');
        const writes = Object.entries(checked.RequestItems).flatMap(([TableName, requests]) =>
          requests.map(({ PutRequest, DeleteRequest }) =>
            PutRequest !== undefined
              ? checkWrite('Put', { TableName, ...PutRequest })
              : checkWrite('Delete', { TableName, ...DeleteRequest }),
          ),
        );
        const keys = writes.map((write) => `${write.request.TableName}/${batchedKeyOf(write, store.table(write.request.TableName))}`);
        if (new Set(keys).size < keys.length) throw new AwsError('ValidationException', 'Provided list of item keys contains duplicates');
        const consumption = new Consumption();
        store.items.transaction(() => {
          for (const write of writes) {
            const table = store.table(write.request.TableName);
            consumption.add(table.TableName, performWrite(store, table, write).units);
          }
        });
        consumption.meter(context, 'wru');
        return { UnprocessedItems: {}, ...reported(consumption, input.ReturnConsumedCapacity) };
      },
    }),
  };
}

/** The key that a write of a batch is for. A put without its key, or with another type's, is told as a deletion would be. */
function batchedKeyOf(write: Write, table: Table): string {
  const { Item } = write.request;
  if (Item !== undefined) {
    const names = table.KeySchema.map((element) => element.AttributeName).filter((name) => Object.hasOwn(Item, name));
    checkKey(Object.fromEntries(names.map((name) => [name, Item[name] ?? {}])), table);
  }
  return keyOf(write, table);
}

/** The requests under their tables' names, where a table may have been named by its ARN. */
function byTable<T>(requests: Readonly<Record<string, T>>, context: CallContext): Record<string, T> {
  const renamed = Object.entries(requests).map(([name, request]) => [tableName(name, context), request] as const);
  const result = Object.fromEntries(renamed);
  if (Object.keys(result).length === renamed.length) return result;
  throw new AwsError('ValidationException', 'RequestItems names a table twice, by its name and by its ARN');
}

function reported(consumption: Consumption, wanted: string | undefined) {
  const report = consumption.report(wanted);
  return report === undefined ? {} : { ConsumedCapacity: report };
}
