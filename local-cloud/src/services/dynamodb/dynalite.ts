import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { AwsError } from '../../kernel/aws-error.ts';
import { type AttributeValue, type Item, itemSize, MAX_ITEM_BYTES } from './attribute-value.ts';
import { checkDocuments } from './documents.ts';
import './expression-parsers.ts';
import { mended, type RequestCheck } from './mended-checks.ts';

/*
 * The border to dynalite: what it gives is what took its authors years against the real service: which requests are
 * refused with which words, the expression grammars, the order-preserving keys and the conditions under which a Query or
 * Scan may be asked. Its storage isn't used: it writes a GSI's entry and the item one after the other, so that kill -9 in
 * between leaves them apart; it tells a GSI's entries of one key apart by 24 bits of a hash, so that some overwrite each
 * other in an index of thousands; and its iterators stay open. Nor is its evaluation: maps and lists are never equal in
 * it, and sizes count characters instead of bytes. dynalite has no types, so they are stated here once.
 */

const require = createRequire(import.meta.url);

/** A path in a document: names and list indexes. */
export type Path = readonly (string | number)[];

export interface FunctionCall {
  readonly type: 'function';
  readonly name: string;
  readonly args: readonly Operand[];
}

export type Operand = Path | AttributeValue | FunctionCall;

export type Condition =
  | { readonly type: 'and' | 'or' | 'not'; readonly args: readonly Condition[] }
  | { readonly type: '=' | '<>' | '<' | '<=' | '>' | '>=' | 'between' | 'in'; readonly args: readonly Operand[] }
  | FunctionCall;

export interface ParsedCondition {
  readonly expression: Condition;
  readonly nestedPaths: Readonly<Record<string, true>>;
  readonly pathHeads: Readonly<Record<string, true>>;
}

export type UpdateOperand =
  | Path
  | AttributeValue
  | { readonly type: 'add' | 'subtract'; readonly args: readonly [UpdateOperand, UpdateOperand] }
  | { readonly type: 'function'; readonly name: 'if_not_exists'; readonly args: readonly [Path, UpdateOperand] }
  | { readonly type: 'function'; readonly name: 'list_append'; readonly args: readonly [UpdateOperand, UpdateOperand] };

export type UpdateAction =
  | { readonly type: 'set'; readonly path: Path; readonly val: UpdateOperand }
  | { readonly type: 'remove'; readonly path: Path }
  | { readonly type: 'add' | 'delete'; readonly path: Path; readonly val: AttributeValue };

export interface ParsedUpdate {
  readonly sections: readonly UpdateAction[];
  readonly paths: readonly Path[];
  readonly nestedPaths: Readonly<Record<string, true>>;
}

export interface ParsedProjection {
  readonly paths: readonly Path[];
  readonly nestedPaths: Readonly<Record<string, true>>;
}

export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: {
    readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly NonKeyAttributes?: readonly string[] | undefined;
  };
}

/** What dynalite needs to know of a table. */
export interface TableDefinition {
  readonly TableName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' | 'B' }[];
  readonly GlobalSecondaryIndexes?: readonly IndexDefinition[] | undefined;
}

/** A checked request: what was given, with numbers in plain form, and its expressions parsed. */
export interface Checked {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly IndexName?: string;
  readonly ExclusiveStartKey?: Item;
  readonly ConsistentRead?: boolean;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly Select?: string;
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly KeyConditions?: Readonly<Record<string, { ComparisonOperator: string; AttributeValueList: readonly AttributeValue[] }>>;
  readonly _condition?: ParsedCondition;
  readonly _filter?: ParsedCondition;
  readonly _updates?: ParsedUpdate;
  readonly _projection?: ParsedProjection;
}

export interface CheckedBatchGet {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean; readonly _projection?: ParsedProjection }>
  >;
}

export interface CheckedBatchWrite {
  readonly RequestItems: Readonly<
    Record<string, readonly { readonly PutRequest?: { readonly Item: Item }; readonly DeleteRequest?: { readonly Key: Item } }[]>
  >;
}

/** Bounds of dynalite's keys, as level databases take them. */
export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly reverse?: boolean;
}

interface ApiError extends Error {
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

interface Database {
  validateKey(key: Item, table: TableDefinition): ApiError | null | undefined;
  validateItem(item: Item, table: TableDefinition): ApiError | null | undefined;
  validateUpdates(legacy: undefined, updates: ParsedUpdate | undefined, table: TableDefinition): ApiError | null | undefined;
  validateKeyPaths(nested: Readonly<Record<string, true>> | undefined, table: TableDefinition): ApiError | null | undefined;
  createKey(item: Item, table: TableDefinition, keySchema?: readonly KeySchemaElement[]): string;
  mapPaths(paths: readonly Path[], item: Item): Item;
}

interface Validations {
  checkTypes(data: object, types: object): object;
  checkValidations(data: object, types: object, custom: RequestCheck['custom'], store: object): void;
}

type PlanAction = (store: object, request: Checked, done: (error: unknown) => void) => void;

const database = require('dynalite/db') as Database;
const validations = require('dynalite/validations') as Validations;
const planActions: Record<'query' | 'scan', PlanAction> = {
  query: require('dynalite/actions/query.js') as PlanAction,
  scan: require('dynalite/actions/scan.js') as PlanAction,
};

export type CheckedAction =
  | 'putItem'
  | 'getItem'
  | 'updateItem'
  | 'deleteItem'
  | 'query'
  | 'scan'
  | 'batchGetItem'
  | 'batchWriteItem'
  | 'createTable';

const checks = new Map<CheckedAction, RequestCheck>();

function checkOf(action: CheckedAction): RequestCheck {
  let check = checks.get(action);
  if (check === undefined) {
    check = mended(action, require(`dynalite/validations/${action}.js`) as RequestCheck);
    checks.set(action, check);
  }
  return check;
}

/**
 * Checks a request as DynamoDB does before it looks at the table. Throws SerializationException, ValidationException, or
 * NotCarriedOut for an attribute's name that isn't.
 */
export function checkRequest<T = Checked>(action: CheckedAction, request: object): T {
  const { types, custom } = checkOf(action);
  // First, because dynalite walks documents of any depth, and loses one name.
  checkDocuments(request);
  return guarded(() => {
    const data = validations.checkTypes({ ...request }, types);
    validations.checkValidations(data, types, custom, { options: new SizeLimit(data) });
    return data as T;
  });
}

/**
 * The limit that dynalite asks for when it has counted an item's characters, at the moment when the service checks its bytes: for the one
 * item of a PutItem it is below or above every count, as the item's bytes have it. Other items are checked by `checkWrite`.
 */
class SizeLimit {
  readonly #item: Item | undefined;

  constructor({ Item: item }: { Item?: Item }) {
    this.#item = item;
  }

  get maxItemSize(): number {
    return this.#item !== undefined && itemSize(this.#item) > MAX_ITEM_BYTES ? -1 : Number.POSITIVE_INFINITY;
  }
}

/** Throws ValidationException unless the key has the table's key attributes, and only these, in their types and sizes. */
export function checkKey(key: Item, table: TableDefinition): void {
  refuse(database.validateKey(key, table));
}

/** Throws ValidationException when a key attribute of the table or an index is missing or of another type. */
export function checkItem(item: Item, table: TableDefinition): void {
  refuse(database.validateItem(item, table));
}

/** Throws ValidationException when the update touches the table's key or gives an index key another type. */
export function checkUpdates(updates: ParsedUpdate | undefined, table: TableDefinition): void {
  refuse(database.validateUpdates(undefined, updates, table));
}

/** Throws ValidationException when a path goes into a key attribute. */
export function checkKeyPaths(parsed: { readonly nestedPaths: Readonly<Record<string, true>> } | undefined, table: TableDefinition): void {
  refuse(database.validateKeyPaths(parsed?.nestedPaths, table));
}

/** ASCII text that orders as the key does, partition by partition in the order of a hash. */
export function keyText(item: Item, table: TableDefinition): string {
  return database.createKey(item, table);
}

/** As `keyText` for an entry of an index; the table's own key makes entries of one index key distinct. */
export function indexKeyText(item: Item, table: TableDefinition, index: IndexDefinition): string {
  return database.createKey(item, table, index.KeySchema) + database.createKey(item, table);
}

/** The parts of an item that the paths name. */
export function project(paths: readonly Path[], item: Item): Item {
  return database.mapPaths(paths, item);
}

/**
 * Checks a Query or Scan against its table and tells the range of keys to read, without regard to ExclusiveStartKey.
 * Throws ValidationException.
 */
export function planRead(action: 'query' | 'scan', request: Checked, table: TableDefinition): KeyRange {
  let range: KeyRange | undefined;
  let failure: unknown;
  const source = {
    createValueStream(bounds: KeyRange): EventEmitter {
      range = bounds;
      return new EventEmitter();
    },
  };
  const store = {
    getTable: (_name: string, done: (error: null, table: TableDefinition) => void) => done(null, table),
    getItemDb: () => source,
    getIndexDb: () => source,
  };
  planActions[action](store, request, (error) => {
    failure = error;
  });
  if (failure !== undefined && failure !== null) throw awsError(failure);
  if (range === undefined) throw new Error(`dynalite planned no range for this ${action}`);
  return range;
}

function refuse(error: ApiError | null | undefined): void {
  if (error !== null && error !== undefined) throw awsError(error);
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw awsError(error);
  }
}

function awsError(error: unknown): unknown {
  if (!(error instanceof Error) || !('body' in error)) return error;
  const { body } = error as ApiError;
  const message = (body.message ?? body.Message ?? error.message).replace(EMPTY_KEY_BEFORE_2020, EMPTY_KEY);
  return new AwsError(body.__type.slice(body.__type.indexOf('#') + 1), message);
}

/** The service tells an empty key in other words since other attributes may be empty; dynalite has those of before. */
const EMPTY_KEY_BEFORE_2020 =
  /^One or more parameter values were invalid: (?=The AttributeValue for a key attribute cannot contain an empty)/;
const EMPTY_KEY = 'One or more parameter values are not valid. ';
