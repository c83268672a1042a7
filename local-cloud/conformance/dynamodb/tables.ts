import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

type Key = readonly [name: string, type: 'S' | 'N' | 'B'];

interface Shape {
  readonly hash: Key;
  readonly range?: Key;
  readonly indexes?: Readonly<Record<string, { hash: Key; range?: Key; projection: 'ALL' | 'KEYS_ONLY' | readonly string[] }>>;
}

/** The tables that suites use. Each suite has its own, made for it and dropped after it. */
const SHAPES = {
  /** What most behaviours are tried on: two string keys and three sparse indexes. */
  things: {
    hash: ['pk', 'S'],
    range: ['sk', 'S'],
    indexes: {
      all: { hash: ['allpk', 'S'], range: ['allsk', 'S'], projection: 'ALL' },
      keys: { hash: ['keyspk', 'S'], range: ['keyssk', 'N'], projection: 'KEYS_ONLY' },
      some: { hash: ['somepk', 'S'], projection: ['color', 'size'] },
    },
  },
  single: { hash: ['pk', 'S'] },
  numbers: { hash: ['pk', 'S'], range: ['sk', 'N'] },
  binaries: { hash: ['pk', 'B'], range: ['sk', 'B'] },
} as const satisfies Record<string, Shape>;

export type TableName = keyof typeof SHAPES;

/** What CreateTable takes for one of the tables, under a name of its own. */
export function definitionOf(table: TableName, TableName: string): CreateTableCommandInput {
  const shape: Shape = SHAPES[table];
  const indexes = Object.entries(shape.indexes ?? {});
  const keys = [shape, ...indexes.map(([, index]) => index)].flatMap(({ hash, range }) => (range === undefined ? [hash] : [hash, range]));
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: schema(shape.hash, shape.range),
    ...(indexes.length === 0
      ? {}
      : {
          GlobalSecondaryIndexes: indexes.map(([IndexName, { hash, range, projection }]) => ({
            IndexName,
            KeySchema: schema(hash, range),
            Projection:
              typeof projection === 'string'
                ? { ProjectionType: projection }
                : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...projection] },
          })),
        }),
  };
}

function schema(hash: Key, range: Key | undefined) {
  return [
    { AttributeName: hash[0], KeyType: 'HASH' as const },
    ...(range === undefined ? [] : [{ AttributeName: range[0], KeyType: 'RANGE' as const }]),
  ];
}
