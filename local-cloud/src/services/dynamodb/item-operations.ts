import type { z } from 'zod';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import type { Item } from './attribute-value.ts';
import { onItems, type Stores } from './authorization.ts';
import { Consumption, readUnits } from './consumption.ts';
import { type Checked, checkKey, checkKeyPaths, checkRequest, keyText, type Path, project } from './dynalite.ts';
import { deleteItemInput, getItemInput, putItemInput, updateItemInput } from './inputs.ts';
import type { RegionalStore } from './regional-store.ts';
import { type Table, tableName } from './table.ts';
import { ConditionFailed, checkWrite, performWrite, type WriteKind, type WriteResult } from './writes.ts';

/** GetItem, PutItem, UpdateItem and DeleteItem. */
export function itemOperations(stores: Stores): Record<string, Operation<never, unknown>> {
  return {
    GetItem: operation({
      input: getItemInput,
      authorize: (input, context) => [onItems('GetItem', input.TableName, [input.Key], context, stores(context))],
      run(input, context) {
        const store = stores(context);
        const request = checkRequest('getItem', { ...input, TableName: tableName(input.TableName, context) });
        const table = store.table(request.TableName);
        const { item, size_bytes } = readItem(store, table, request);
        const consumption = new Consumption();
        consumption.add(table.TableName, { table: readUnits(size_bytes, request.ConsistentRead === true), indexes: {} });
        consumption.meter(context, 'rru');
        return { ...(item === undefined ? {} : { Item: item }), ...consumption.reportOne(request.ReturnConsumedCapacity) };
      },
    }),
    PutItem: operation({
      input: putItemInput,
      authorize: (input, context) => [onItems('PutItem', input.TableName, [input.Item], context, stores(context))],
      run: (input, context) => write('Put', input, context),
    }),
    UpdateItem: operation({
      input: updateItemInput,
      authorize: (input, context) => [onItems('UpdateItem', input.TableName, [input.Key], context, stores(context))],
      run: (input, context) => write('Update', input, context),
    }),
    DeleteItem: operation({
      input: deleteItemInput,
      authorize: (input, context) => [onItems('DeleteItem', input.TableName, [input.Key], context, stores(context))],
      run: (input, context) => write('Delete', input, context),
    }),
  };

  function write(
    kind: WriteKind,
    input: z.output<typeof putItemInput> | z.output<typeof updateItemInput> | z.output<typeof deleteItemInput>,
    context: CallContext,
  ) {
    const store = stores(context);
    const checked = checkWrite(kind, { ...input, TableName: tableName(input.TableName, context) });
    const table = store.table(checked.request.TableName);
    const consumption = new Consumption();
    let result: WriteResult;
    try {
      result = store.items.transaction(() => performWrite(store, table, checked));
    } catch (error) {
      if (error instanceof ConditionFailed) context.meter({ wru: error.write_units }, table.TableName);
      throw error;
    }
    consumption.add(table.TableName, result.units);
    consumption.meter(context, 'wru');
    return {
      ...returned(checked.request, result),
      ...consumption.reportOne(checked.request.ReturnConsumedCapacity),
    };
  }
}

/** The item by its key, or the projected part of it, and the bytes that were read. Throws ValidationException. */
export function readItem(store: RegionalStore, table: Table, request: Checked): { item: Item | undefined; size_bytes: number } {
  const key = request.Key ?? {};
  checkKey(key, table);
  checkKeyPaths(request._projection, table);
  const found = store.items.get(table, keyText(key, table));
  if (found === undefined) return { item: undefined, size_bytes: 0 };
  const paths = request._projection?.paths;
  return { item: paths === undefined ? found.item : project(paths, found.item), size_bytes: found.size_bytes };
}

/** `Attributes` of the answer, as `ReturnValues` asks for them. */
function returned(request: Checked, { before, after }: WriteResult): { Attributes?: Item } {
  const paths: readonly Path[] = request._updates?.paths ?? [];
  const attributes = requested(request.ReturnValues, paths, before, after);
  return attributes === undefined || Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
}

function requested(
  wanted: string | undefined,
  paths: readonly Path[],
  before: Item | undefined,
  after: Item | undefined,
): Item | undefined {
  switch (wanted) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before && project(paths, before);
    case 'UPDATED_NEW':
      return after && project(paths, after);
    default:
      return undefined;
  }
}
