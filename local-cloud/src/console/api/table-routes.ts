import { z } from 'zod';
import type { ItemPage, TableList, TableSummary } from '../shapes/tables.ts';
import { ApiError } from './api-error.ts';
import { plainItem } from './plain-item.ts';
import { type Look, route } from './route.ts';

interface KeySchema {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}
interface Table {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly ItemCount: number;
  readonly TableSizeBytes: number;
  readonly KeySchema: readonly KeySchema[];
  readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    IndexName: string;
    KeySchema: readonly KeySchema[];
    ItemCount: number;
    IndexSizeBytes: number;
  }[];
}
type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Found {
  readonly Items: readonly Attributes[];
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Attributes;
  readonly ConsumedCapacity?: { CapacityUnits: number };
}

const itemQuery = z.strictObject({
  index: z.string().min(1).max(255).optional(),
  pk: z.string().min(1).max(2048).optional(),
  sk: z.string().min(1).max(1024).optional(),
  match: z.enum(['begins_with', 'equals']).default('begins_with'),
  order: z.enum(['ascending', 'descending']).default('ascending'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.base64url().max(8192).optional(),
});

/** Tables, and their items by key. Without `pk` they are scanned. */
export const tableRoutes = [
  route({
    pattern: '/tables',
    handle: async (look): Promise<TableList> => {
      const { TableNames } = await look.call<{ TableNames: string[] }>('dynamodb', 'ListTables');
      return { tables: await Promise.all(TableNames.map(async (name) => summary(look, await describe(look, name)))) };
    },
  }),
  route({
    pattern: '/tables/:name/items',
    query: itemQuery,
    handle: async (look, { params, query }): Promise<ItemPage> => {
      const table = await describe(look, params['name'] ?? '');
      const found = await look.call<Found>('dynamodb', query.pk === undefined ? 'Scan' : 'Query', readOf(table, query));
      return {
        items: found.Items.map(plainItem),
        scanned: found.ScannedCount,
        capacity_units: found.ConsumedCapacity?.CapacityUnits ?? 0,
        ...(found.LastEvaluatedKey === undefined
          ? {}
          : { next: Buffer.from(JSON.stringify(found.LastEvaluatedKey)).toString('base64url') }),
      };
    },
  }),
];

/** The Query or Scan that a developer asked for. Throws ApiError for an index or an order of things that isn't there. */
function readOf(table: Table, { index, pk, sk, match, order, limit, after }: z.output<typeof itemQuery>): unknown {
  const schema =
    index === undefined ? table.KeySchema : table.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index)?.KeySchema;
  if (schema === undefined) throw new ApiError(400, `index: ${table.TableName} has no index ${index}`);
  const start = after === undefined ? {} : { ExclusiveStartKey: readStart(after) };
  const common = {
    TableName: table.TableName,
    Limit: limit,
    ReturnConsumedCapacity: 'TOTAL',
    ...(index === undefined ? {} : { IndexName: index }),
    ...start,
  };
  if (pk === undefined) {
    if (sk !== undefined) throw new ApiError(400, 'sk: needs pk, DynamoDB finds items by the partition key');
    return common;
  }
  const [pkName = '', skName] = namesOf(schema);
  if (sk !== undefined && skName === undefined) throw new ApiError(400, `sk: ${index ?? table.TableName} has no sort key`);
  const typed = (name: string, value: string) => ({
    [table.AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'S']: value,
  });
  const condition = match === 'equals' ? '#sk = :sk' : 'begins_with(#sk, :sk)';
  const bySort = sk !== undefined && skName !== undefined;
  return {
    ...common,
    KeyConditionExpression: bySort ? `#pk = :pk AND ${condition}` : '#pk = :pk',
    ExpressionAttributeNames: { '#pk': pkName, ...(bySort ? { '#sk': skName } : {}) },
    ExpressionAttributeValues: { ':pk': typed(pkName, pk), ...(bySort ? { ':sk': typed(skName, sk) } : {}) },
    ScanIndexForward: order === 'ascending',
  };
}

function readStart(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString('utf8')) as unknown;
  } catch {
    throw new ApiError(400, 'after: is not what an earlier page told as next');
  }
}

async function describe(look: Look, TableName: string): Promise<Table> {
  return (await look.call<{ Table: Table }>('dynamodb', 'DescribeTable', { TableName })).Table;
}

async function summary(look: Look, table: Table): Promise<TableSummary> {
  const { TimeToLiveDescription: ttl } = await look.call<{ TimeToLiveDescription?: { AttributeName?: string } }>(
    'dynamodb',
    'DescribeTimeToLive',
    { TableName: table.TableName },
  );
  return {
    name: table.TableName,
    status: table.TableStatus,
    items: table.ItemCount,
    bytes: table.TableSizeBytes,
    key: keyOf(table.KeySchema),
    indexes: (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, ItemCount, IndexSizeBytes }) => ({
      name: IndexName,
      key: keyOf(KeySchema),
      items: ItemCount,
      bytes: IndexSizeBytes,
    })),
    ...(ttl?.AttributeName === undefined ? {} : { ttl: ttl.AttributeName }),
  };
}

function namesOf(schema: readonly KeySchema[]): [string | undefined, string | undefined] {
  const of = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return [of('HASH'), of('RANGE')];
}

function keyOf(schema: readonly KeySchema[]): { pk: string; sk?: string } {
  const [pk = '', sk] = namesOf(schema);
  return { pk, ...(sk === undefined ? {} : { sk }) };
}
