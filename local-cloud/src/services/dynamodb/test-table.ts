import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** The shape of the system's own table: two keys and two sparse indexes, all on demand. */
export function tableInput(TableName: string): CreateTableCommandInput {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
      IndexName,
      KeySchema: [
        { AttributeName: `${IndexName}pk`, KeyType: 'HASH' },
        { AttributeName: `${IndexName}sk`, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    })),
  };
}

/** A string or number as DynamoDB's JSON has it. */
export type Value = { S: string } | { N: string };

export const s = (text: string) => ({ S: text });
export const n = (value: number | string) => ({ N: String(value) });

/** A key, or the beginning of an item. */
export function key(pk: string, sk = 'x') {
  return { pk: s(pk), sk: s(sk) };
}
