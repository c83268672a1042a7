import { AwsError } from '../../kernel/aws-error.ts';
import { type Item, itemSize, MAX_ITEM_BYTES, sameOrEqual } from './attribute-value.ts';
import { checkOperands, meets } from './condition.ts';
import { checkEnum } from './constraints.ts';
import { checkNesting } from './documents.ts';
import { type Checked, checkItem, checkKey, checkKeyPaths, checkRequest, checkUpdates, keyText } from './dynalite.ts';
import { type WriteUnits, writeUnits } from './item-store.ts';
import type { RegionalStore } from './regional-store.ts';
import type { Table } from './table.ts';
import { applyUpdate } from './update.ts';

export type WriteKind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';

/** One write that was checked without regard to its table. */
export interface Write {
  readonly kind: WriteKind;
  readonly request: Checked;
  /** `ReturnValuesOnConditionCheckFailure` is ALL_OLD. */
  readonly returnOldOnFailure: boolean;
}

/** The state of the item before and after a write, and what it took. */
export interface WriteResult {
  readonly before: Item | undefined;
  readonly after: Item | undefined;
  readonly units: WriteUnits;
  /** Bytes of the item that was written, or of the larger one when there are two. */
  readonly size_bytes: number;
}

/**
 * A failed conditional write is billed by the item that is there, one unit at least (Developer Guide, "Working with items and attributes", "Capacity
 * units consumed by conditional writes"); indexes are not touched.
 */
export class ConditionFailed extends AwsError {
  readonly write_units: number;

  constructor(existing_bytes: number, shown: Item | undefined) {
    super('ConditionalCheckFailedException', 'The conditional request failed', 400, shown === undefined ? {} : { Item: shown });
    this.write_units = writeUnits(existing_bytes);
  }
}

const MAX_PARTITION_KEY_BYTES = 2048;
const MAX_SORT_KEY_BYTES = 1024;

const CHECKS = { Put: 'putItem', Update: 'updateItem', Delete: 'deleteItem', ConditionCheck: 'deleteItem' } as const;

export interface WriteInput {
  readonly TableName: string;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
  readonly [member: string]: unknown;
}

/** Checks the request of a write as far as that needs no table. Throws ValidationException, SerializationException. */
export function checkWrite(kind: WriteKind, input: WriteInput): Write {
  const { ReturnValuesOnConditionCheckFailure: onFailure, ...rest } = input;
  checkEnum('returnValuesOnConditionCheckFailure', onFailure, ['ALL_OLD', 'NONE']);
  const request = checkRequest(CHECKS[kind], rest);
  if (request._condition !== undefined) checkOperands(request._condition.expression, 'ConditionExpression');
  if (kind === 'Put') checkItemSize(request.Item ?? {}, 'Item size has exceeded the maximum allowed size');
  return { kind, request, returnOldOnFailure: onFailure === 'ALL_OLD' };
}

/** The key that a write is for. Throws ValidationException when it isn't one of the table's. */
export function keyOf(write: Write, table: Table): string {
  const { Item, Key } = write.request;
  if (Item !== undefined) {
    checkItem(Item, table);
    checkKeySizes(Item, table);
    return keyText(Item, table);
  }
  checkKey(Key ?? {}, table);
  checkKeySizes(Key ?? {}, table);
  return keyText(Key ?? {}, table);
}

/**
 * Carries out a write, within a transaction of the store. Throws ValidationException and ConditionalCheckFailedException.
 */
export function performWrite(store: RegionalStore, table: Table, write: Write): WriteResult {
  const { request, kind } = write;
  const key = keyOf(write, table);
  if (request.Item !== undefined) checkIndexKeys(request.Item, undefined, table, INDEX_KEY_PUT);
  checkUpdates(request._updates, table);
  checkKeyPaths(request._condition, table);
  const before = store.items.get(table, key);
  if (request._condition !== undefined && !meets(request._condition.expression, before?.item ?? {})) {
    throw new ConditionFailed(before?.size_bytes ?? 0, write.returnOldOnFailure ? before?.item : undefined);
  }
  const old_bytes = before?.size_bytes ?? 0;
  switch (kind) {
    case 'ConditionCheck':
      return {
        before: before?.item,
        after: before?.item,
        units: { table: writeUnits(old_bytes), indexes: {} },
        size_bytes: old_bytes,
      };
    case 'Delete':
      return { before: before?.item, after: undefined, units: store.items.remove(table, before), size_bytes: old_bytes };
    case 'Put':
    case 'Update': {
      const after = request.Item ?? updated(request, before?.item, table);
      const size_bytes = itemSize(after);
      return {
        before: before?.item,
        after,
        units: store.items.put(table, key, before, after, size_bytes),
        size_bytes: Math.max(size_bytes, old_bytes),
      };
    }
  }
}

function updated(request: Checked, before: Item | undefined, table: Table): Item {
  const start = before ?? request.Key ?? {};
  const after = request._updates === undefined ? start : applyUpdate(request._updates, start);
  checkNesting(after);
  checkItemSize(after, 'Item size to update has exceeded the maximum allowed size');
  checkIndexKeys(after, before, table, INDEX_KEY_UPDATE);
  return after;
}

function checkItemSize(item: Item, message: string): void {
  if (itemSize(item) > MAX_ITEM_BYTES) throw new AwsError('ValidationException', message);
}

function checkKeySizes(item: Item, table: Table): void {
  for (const { AttributeName, KeyType } of table.KeySchema) {
    checkKeySize(item, AttributeName, KeyType);
  }
}

function checkKeySize(item: Item, name: string, type: 'HASH' | 'RANGE'): void {
  const value = item[name];
  const bytes = value?.S !== undefined ? Buffer.byteLength(value.S) : value?.B !== undefined ? Buffer.from(value.B, 'base64').length : 0;
  if (type === 'HASH' && bytes > MAX_PARTITION_KEY_BYTES) {
    throw new AwsError(
      'ValidationException',
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    );
  }
  if (type === 'RANGE' && bytes > MAX_SORT_KEY_BYTES) {
    throw new AwsError(
      'ValidationException',
      'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  }
}

interface IndexKeyWords {
  readonly type: string;
  readonly empty: (index: string, name: string) => string;
}

const INDEX_KEY_PUT: IndexKeyWords = {
  type: 'One or more parameter values were invalid: Type mismatch for Index Key',
  empty: (index, name) =>
    `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index}, IndexKey: ${name}`,
};

const INDEX_KEY_UPDATE: IndexKeyWords = {
  type: 'The update expression attempted to update the secondary index key to unsupported type',
  empty: () =>
    'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
};

/** An index's key attribute that a write sets must have the index's type and may not be empty; unset ones are fine. */
function checkIndexKeys(after: Item, before: Item | undefined, table: Table, words: IndexKeyWords): void {
  for (const index of table.GlobalSecondaryIndexes ?? []) {
    for (const { AttributeName, KeyType } of index.KeySchema) {
      const value = after[AttributeName];
      if (value === undefined || sameOrEqual(value, before?.[AttributeName])) continue;
      const type = table.AttributeDefinitions.find((definition) => definition.AttributeName === AttributeName)?.AttributeType;
      if (type === undefined || value[type] === undefined) throw new AwsError('ValidationException', words.type);
      if (value[type] === '') throw new AwsError('ValidationException', words.empty(index.IndexName, AttributeName));
      checkKeySize(after, AttributeName, KeyType);
    }
  }
}
