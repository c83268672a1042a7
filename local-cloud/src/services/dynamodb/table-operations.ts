import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { onTable, type Stores } from './authorization.ts';
import { checkRequest, type IndexDefinition, type TableDefinition } from './dynalite.ts';
import { createTableInput, listTablesInput, onTableInput, updateTableInput } from './inputs.ts';
import type { Maintenance } from './maintenance.ts';
import type { RegionalStore } from './regional-store.ts';
import type { Index, Table } from './table.ts';
import { tableName } from './table.ts';
import { definitionOf, describe } from './table-description.ts';

/** Tables and their indexes. Creating and deleting is done when it is answered; a new index of a full table takes its time. */
export function tableOperations(stores: Stores, maintenance: Maintenance): Record<string, Operation<never, unknown>> {
  return {
    CreateTable: operation({
      input: createTableInput,
      authorize: (input, context) => [
        onTable('CreateTable', input.TableName, context),
        ...(input.Tags === undefined ? [] : [onTable('TagResource', input.TableName, context)]),
      ],
      run: (input, context) => createTable(stores(context), input, context),
    }),
    UpdateTable: operation({
      input: updateTableInput,
      authorize: (input, context) => [onTable('UpdateTable', input.TableName, context)],
      run(input, context) {
        const store = stores(context);
        const table = store.describedTable(input.TableName);
        store.items.transaction(() => store.save(updateTable(store, table, input)));
        maintenance.wake(store);
        return { TableDescription: describe(store.describedTable(input.TableName), store, 'UPDATING') };
      },
    }),
    DeleteTable: operation({
      input: onTableInput,
      authorize: (input, context) => [onTable('DeleteTable', input.TableName, context)],
      run(input, context) {
        const store = stores(context);
        const table = store.describedTable(input.TableName);
        if (table.deletionProtection) {
          throw invalid('Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.');
        }
        const { ItemCount: _items, TableSizeBytes: _bytes, ...TableDescription } = describe(table, store, 'DELETING');
        store.drop(table);
        maintenance.wake(store);
        return { TableDescription };
      },
    }),
    DescribeTable: operation({
      input: onTableInput,
      authorize: (input, context) => [onTable('DescribeTable', input.TableName, context)],
      run(input, context) {
        const store = stores(context);
        return { Table: describe(store.describedTable(input.TableName), store) };
      },
    }),
    ListTables: operation({
      input: listTablesInput,
      authorize: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
      run(input, context) {
        const start = input.ExclusiveStartTableName;
        const names = stores(context).tables.map((table) => table.TableName);
        const rest = start === undefined ? names : names.filter((name) => name > start);
        const TableNames = rest.slice(0, input.Limit ?? 100);
        return { TableNames, ...(TableNames.length < rest.length ? { LastEvaluatedTableName: TableNames.at(-1) } : {}) };
      },
    }),
  };
}

function createTable(store: RegionalStore, input: z.output<typeof createTableInput>, context: CallContext) {
  checkBillingMode(input.BillingMode);
  const { Tags: tags = [], DeletionProtectionEnabled: protection, ...definition } = input;
  const TableName = tableName(input.TableName, context);
  const checked = checkRequest<TableDefinition>('createTable', { ...definition, TableName });
  checkAttributesUsed(checked);
  if (store.find(TableName) !== undefined) throw new AwsError('ResourceInUseException', `Table already exists: ${TableName}`);
  const indexes = input.GlobalSecondaryIndexes?.map((index): Index => ({ ...index, id: store.items.newIdentity(), status: 'ACTIVE' }));
  const table: Table = {
    id: store.items.newIdentity(),
    uuid: randomUUID(),
    created_ms: context.cloud.clock(),
    TableName,
    AttributeDefinitions: input.AttributeDefinitions,
    KeySchema: input.KeySchema,
    ...(indexes === undefined ? {} : { GlobalSecondaryIndexes: indexes }),
    deletionProtection: protection ?? false,
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
  };
  store.save(table);
  return { TableDescription: describe(table, store, 'CREATING') };
}

function updateTable(store: RegionalStore, table: Table, input: z.output<typeof updateTableInput>): Table {
  if (input.BillingMode !== undefined) checkBillingMode(input.BillingMode);
  const changes = input.GlobalSecondaryIndexUpdates ?? [];
  if (input.BillingMode === undefined && input.DeletionProtectionEnabled === undefined && changes.length === 0) {
    throw invalid(
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    );
  }
  const [change, second] = changes;
  const building = table.GlobalSecondaryIndexes?.some((index) => index.status === 'CREATING');
  if (second !== undefined || (change !== undefined && building)) {
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  const deletionProtection = input.DeletionProtectionEnabled ?? table.deletionProtection;
  const changed = change === undefined ? table : changeIndexes(store, table, change, input.AttributeDefinitions);
  return { ...changed, deletionProtection };
}

type IndexUpdate = NonNullable<z.output<typeof updateTableInput>['GlobalSecondaryIndexUpdates']>[number];

/** Adds or removes one index (API Reference, "UpdateTable", GlobalSecondaryIndexUpdates). */
function changeIndexes(
  store: RegionalStore,
  table: Table,
  { Create, Delete }: IndexUpdate,
  given: TableDefinition['AttributeDefinitions'] | undefined,
): Table {
  const indexes = table.GlobalSecondaryIndexes ?? [];
  if (Create !== undefined && Delete === undefined) {
    if (indexes.some((index) => index.IndexName === Create.IndexName)) throw invalid('Attempting to create an index which already exists');
    // Some clients repeat every definition, some give the new attributes only.
    const definitions = new Map(
      [...table.AttributeDefinitions, ...(given ?? [])].map((definition) => [definition.AttributeName, definition]),
    );
    const definition = withIndexes(table, [...indexes, Create], [...definitions.values()]);
    checkRequest('createTable', { ...definition, BillingMode: 'PAY_PER_REQUEST' });
    return {
      ...table,
      AttributeDefinitions: definition.AttributeDefinitions,
      GlobalSecondaryIndexes: [...indexes, { ...Create, id: store.items.newIdentity(), status: 'CREATING' }],
    };
  }
  if (Delete !== undefined && Create === undefined) {
    const gone = indexes.find((index) => index.IndexName === Delete.IndexName);
    if (gone === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    const rest = indexes.filter((index) => index !== gone);
    store.items.discard(gone.id);
    const { GlobalSecondaryIndexes: _all, ...bare } = table;
    const { AttributeDefinitions } = withIndexes(table, rest, table.AttributeDefinitions);
    return rest.length === 0 ? { ...bare, AttributeDefinitions } : { ...bare, AttributeDefinitions, GlobalSecondaryIndexes: rest };
  }
  throw invalid(
    'One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must be given',
  );
}

/** The table's definition with these indexes and only the attributes that they and the table's key need. */
function withIndexes(
  table: Table,
  indexes: readonly IndexDefinition[],
  definitions: TableDefinition['AttributeDefinitions'],
): TableDefinition {
  const used = new Set([...table.KeySchema, ...indexes.flatMap((index) => index.KeySchema)].map((element) => element.AttributeName));
  return {
    TableName: table.TableName,
    KeySchema: table.KeySchema,
    AttributeDefinitions: definitions.filter((definition) => used.has(definition.AttributeName)),
    ...(indexes.length === 0 ? {} : { GlobalSecondaryIndexes: indexes.map(definitionOf) }),
  };
}

function checkBillingMode(mode: string | undefined): void {
  if (mode !== 'PAY_PER_REQUEST')
    throw new NotCarriedOut(`the BillingMode "${mode ?? 'PROVISIONED'}" of DynamoDB tables, only PAY_PER_REQUEST`);
}

/** Attributes that are no key of the table or an index may not be defined (API Reference, "CreateTable"). */
function checkAttributesUsed(table: TableDefinition): void {
  const keys = [...table.KeySchema, ...(table.GlobalSecondaryIndexes ?? []).flatMap((index) => index.KeySchema)];
  const used = new Set(keys.map((element) => element.AttributeName));
  if (table.AttributeDefinitions.every((definition) => used.has(definition.AttributeName))) return;
  throw invalid(
    `One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [${table.AttributeDefinitions.map((definition) => definition.AttributeName).join(', ')}], keys used: [${[...used].join(', ')}]`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
