import type { IndexDefinition } from './dynalite.ts';
import type { RegionalStore } from './regional-store.ts';
import { type Index, indexArn, type Table, tableArn } from './table.ts';

type Status = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE';

/** `TableDescription` of the API. `status` is what the operation says that just began, else what is. */
export function describe(table: Table, store: RegionalStore, status: Status = 'ACTIVE') {
  const { items, bytes } = store.items.count(table.id);
  const created = new Date(table.created_ms);
  return {
    TableName: table.TableName,
    TableArn: tableArn(store.scope, table.TableName),
    TableId: table.uuid,
    TableStatus: status,
    CreationDateTime: created,
    AttributeDefinitions: table.AttributeDefinitions,
    KeySchema: table.KeySchema,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: created },
    ProvisionedThroughput: NONE_PROVISIONED,
    TableThroughputModeSummary: { TableThroughputMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: created },
    ItemCount: items,
    TableSizeBytes: bytes,
    DeletionProtectionEnabled: table.deletionProtection,
    ...(table.GlobalSecondaryIndexes === undefined
      ? {}
      : { GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map((index) => describeIndex(table, index, store, status)) }),
  };
}

const NONE_PROVISIONED = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };

function describeIndex(table: Table, index: Index, store: RegionalStore, tableStatus: Status) {
  const { items, bytes } = store.items.count(index.id);
  return {
    ...definitionOf(index),
    IndexArn: indexArn(store.scope, table.TableName, index.IndexName),
    IndexStatus: tableStatus === 'CREATING' || tableStatus === 'DELETING' ? tableStatus : index.status,
    ...(index.status === 'CREATING' ? { Backfilling: true } : {}),
    ItemCount: items,
    IndexSizeBytes: bytes,
    ProvisionedThroughput: NONE_PROVISIONED,
  };
}

export function definitionOf(index: IndexDefinition): IndexDefinition {
  return { IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection };
}
