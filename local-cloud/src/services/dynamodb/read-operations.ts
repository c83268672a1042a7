import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { type Item, itemSize } from './attribute-value.ts';
import { onItems, onTable, type Stores } from './authorization.ts';
import { checkOperands, meets } from './condition.ts';
import { Consumption, readUnits } from './consumption.ts';
import { type Checked, checkRequest, indexKeyText, type KeyRange, keyText, planRead, project } from './dynalite.ts';
import { queryInput, scanInput } from './inputs.ts';
import { projected } from './item-store.ts';
import type { RegionalStore } from './regional-store.ts';
import { type Index, indexArn, indexOf, projectedNames, type Table, tableName } from './table.ts';

/** What one Query or Scan evaluates at most, before its filter (API Reference, "Query", "Scan"). */
const MAX_PAGE_BYTES = 1024 * 1024;

interface ReadInput {
  readonly TableName: string;
  readonly IndexName?: string | undefined;
}

/** Query and Scan. */
export function readOperations(stores: Stores): Record<string, Operation<never, unknown>> {
  const checkedQueries = new WeakMap<object, Checked>();
  return {
    Query: operation({
      input: queryInput,
      authorize(input, context) {
        const checked = check('query', input, context);
        checkedQueries.set(input, checked);
        const keys = Object.entries(checked.KeyConditions ?? {}).map(([name, condition]) => [name, condition.AttributeValueList[0]]);
        return [onItems('Query', input.TableName, [Object.fromEntries(keys)], context, stores(context), input.IndexName)];
      },
      run: (input, context) => read('query', checkedQueries.get(input) ?? check('query', input, context), context, stores(context)),
    }),
    Scan: operation({
      input: scanInput,
      authorize(input, context) {
        const name = tableName(input.TableName, context);
        if (input.IndexName === undefined) return [onTable('Scan', name, context)];
        return [{ action: 'dynamodb:Scan', resource: indexArn(context, name, input.IndexName) }];
      },
      run: (input, context) => read('scan', check('scan', input, context), context, stores(context)),
    }),
  };
}

function check(action: 'query' | 'scan', input: ReadInput, context: CallContext): Checked {
  const checked = checkRequest(action, { ...input, TableName: tableName(input.TableName, context) });
  if (checked._filter !== undefined) checkOperands(checked._filter.expression, 'FilterExpression');
  checkSelect(checked);
  return checked;
}

/** A key is never empty, so that nothing is compared with an empty value either. */
function checkKeyConditions({ KeyConditions = {} }: Checked): void {
  for (const [name, { AttributeValueList }] of Object.entries(KeyConditions)) {
    const empty = AttributeValueList.find((value) => value.S === '' || value.B === '');
    if (empty === undefined) continue;
    const type = empty.S === undefined ? 'binary' : 'string';
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${type} value. Key: ${name}`,
    );
  }
}

/** What `Select` goes with (API Reference, "Query", Select). */
function checkSelect({ Select, _projection, IndexName }: Checked): void {
  if (Select === 'SPECIFIC_ATTRIBUTES' && _projection === undefined) {
    throw invalid('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  }
  if (Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES' && _projection !== undefined) {
    const chosen = { COUNT: 'only the Count', ALL_ATTRIBUTES: 'ALL_ATTRIBUTES', ALL_PROJECTED_ATTRIBUTES: 'ALL_PROJECTED_ATTRIBUTES' }[
      Select
    ];
    throw invalid(`Cannot specify the ProjectionExpression when choosing to get ${chosen ?? Select}`);
  }
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined) {
    throw invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  }
}

function read(action: 'query' | 'scan', request: Checked, context: CallContext, store: RegionalStore) {
  const table = store.table(request.TableName);
  const index = request.IndexName === undefined ? undefined : indexOf(table, request.IndexName);
  if (index?.status === 'CREATING') throw invalid(`Cannot read from backfilling global secondary index: ${index.IndexName}`);
  if (index !== undefined) checkProjected(request, table, index);
  const planned = planRead(action, request, table);
  checkKeyConditions(request);
  const range = resumed(planned, request, table, index);
  const page = readPage(store, table, index, range, request);
  const consumption = new Consumption();
  const units = readUnits(page.size_bytes, request.ConsistentRead === true);
  consumption.add(
    table.TableName,
    index === undefined ? { table: units, indexes: {} } : { table: 0, indexes: { [index.IndexName]: units } },
  );
  consumption.meter(context, 'rru');
  return {
    ...(request.Select === 'COUNT' ? {} : { Items: page.items }),
    Count: page.items.length,
    ScannedCount: page.scanned,
    ...(page.last === undefined ? {} : { LastEvaluatedKey: startKey(page.last, table, index) }),
    ...consumption.reportOne(request.ReturnConsumedCapacity),
  };
}

interface Page {
  readonly items: Item[];
  readonly scanned: number;
  readonly size_bytes: number;
  /** The item at which the page ended because it was full. */
  readonly last: Item | undefined;
}

function readPage(store: RegionalStore, table: Table, index: Index | undefined, range: KeyRange, request: Checked): Page {
  const items: Item[] = [];
  const limit = request.Limit ?? Number.POSITIVE_INFINITY;
  const paths = request._projection?.paths;
  let scanned = 0;
  let size_bytes = 0;
  for (const entry of store.items.read(table, index, range)) {
    const item = index === undefined ? entry.item : projected(entry.item, table, index);
    scanned += 1;
    size_bytes += item === entry.item ? entry.size_bytes : itemSize(item);
    if (request._filter === undefined || meets(request._filter.expression, item)) {
      items.push(paths === undefined ? item : project(paths, item));
    }
    if (scanned >= limit || size_bytes >= MAX_PAGE_BYTES) return { items, scanned, size_bytes, last: item };
  }
  return { items, scanned, size_bytes, last: undefined };
}

/** The range from behind ExclusiveStartKey on. */
function resumed(range: KeyRange, request: Checked, table: Table, index: Index | undefined): KeyRange {
  const start = request.ExclusiveStartKey;
  if (start === undefined) return range;
  const key = index === undefined ? keyText(start, table) : indexKeyText(start, table, index);
  const { gt, gte, lt, lte, ...rest } = range;
  if (range.reverse === true) return { ...rest, lt: key, ...(gt === undefined ? {} : { gt }), ...(gte === undefined ? {} : { gte }) };
  return { ...rest, gt: key, ...(lt === undefined ? {} : { lt }), ...(lte === undefined ? {} : { lte }) };
}

/** The key attributes of the table and of the index that was read. */
function startKey(item: Item, table: Table, index: Index | undefined): Item {
  const names = new Set([...table.KeySchema, ...(index?.KeySchema ?? [])].map((element) => element.AttributeName));
  const key: Item = {};
  for (const name of names) {
    const value = item[name];
    if (value !== undefined) key[name] = value;
  }
  return key;
}

/** A global secondary index can't fetch what it doesn't hold (API Reference, "Query", Select). */
function checkProjected(request: Checked, table: Table, index: Index): void {
  const held = projectedNames(table, index);
  if (held === undefined || request._projection === undefined) return;
  const missing = request._projection.paths.map((path) => String(path[0])).filter((name) => !held.has(name));
  if (missing.length > 0) {
    throw invalid(
      `One or more parameter values were invalid: Global secondary index ${index.IndexName} does not project [${missing.join(', ')}]`,
    );
  }
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
