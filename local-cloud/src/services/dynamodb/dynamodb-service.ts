import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import type { StoredBytes, StoringService } from '../../metering/stored-bytes.ts';
import { batchOperations } from './batch-operations.ts';
import { dynamoDbResourceTypes } from './dynamodb-resource-types.ts';
import { itemOperations } from './item-operations.ts';
import { Maintenance } from './maintenance.ts';
import { readOperations } from './read-operations.ts';
import { RegionalStore } from './regional-store.ts';
import { tableOperations } from './table-operations.ts';
import { settingOperations } from './table-settings.ts';
import { transactionOperations } from './transactions.ts';

/** DynamoDB with tables on demand and global secondary indexes: what is left out stands in LIMITS.md. */
export function createDynamoDb(cloud: Cloud): StoringService {
  const maintenance = new Maintenance(cloud.clock);
  const stores = perScope((scope) => {
    const store = new RegionalStore(cloud, scope);
    maintenance.add(store);
    return store;
  });
  return {
    name: 'dynamodb',
    protocol: { kind: 'json', version: '1.0', target: 'DynamoDB_20120810', errorNamespace },
    operations: {
      ...itemOperations(stores),
      ...readOperations(stores),
      ...batchOperations(stores),
      ...transactionOperations(stores),
      ...tableOperations(stores, maintenance),
      ...settingOperations(stores, maintenance),
    },
    resourceTypes: dynamoDbResourceTypes,
    storedBytes: () => cloud.state.scopesOf('dynamodb').flatMap((scope) => storedBytes(stores(scope), scope)),
    start() {
      for (const scope of cloud.state.scopesOf('dynamodb')) stores(scope);
      maintenance.start();
    },
    stop: () => maintenance.stop(),
  };
}

/** Beside an item's own bytes, in the table and in each index (Developer Guide, "DynamoDB item sizes and formats"; Amazon DynamoDB Pricing). */
const STORAGE_OVERHEAD_BYTES = 100;

function storedBytes(store: RegionalStore, { account, region }: Scope): StoredBytes[] {
  return store.tables.flatMap(({ TableName, id, GlobalSecondaryIndexes = [] }) =>
    [
      { resource: TableName, id },
      ...GlobalSecondaryIndexes.map((index) => ({ resource: `${TableName}/index/${index.IndexName}`, id: index.id })),
    ].map((owner) => {
      const { items, bytes } = store.items.count(owner.id);
      return { account, region, service: 'dynamodb', resource: owner.resource, bytes: bytes + items * STORAGE_OVERHEAD_BYTES, items };
    }),
  );
}

/** The framework's own errors come from its namespaces, the service's from that of its model. */
function errorNamespace(code: string): string {
  if (code === 'ValidationException') return 'com.amazon.coral.validate';
  const ofFramework = ['SerializationException', 'AccessDeniedException', 'UnrecognizedClientException', 'UnknownOperationException'];
  return ofFramework.includes(code) ? 'com.amazon.coral.service' : 'com.amazonaws.dynamodb.v20120810';
}
