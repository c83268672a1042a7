import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { waitUntilTableExists, waitUntilTableNotExists } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { type Bench, invalid, n, refusal, s, suite } from './suite.ts';

const patience = (bench: Bench) => ({ client: bench.db, maxWaitTime: 100, minDelay: 1, maxDelay: 2 });

function definition(TableName: string, more: Partial<CreateTableCommandInput> = {}): CreateTableCommandInput {
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    ...more,
  };
}

const byIndex = (name: string, attribute: string) => ({
  IndexName: name,
  KeySchema: [{ AttributeName: attribute, KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
});

let made = 0;
/** A name that no other table of this run has. */
const fresh = ({ tables }: Bench) => `${tables.single}-${++made}`;

suite('tables', ['single', 'things'], (behaviour) => {
  const refused = (title: string, source: Parameters<typeof behaviour>[1], more: Partial<CreateTableCommandInput>, words: string) =>
    behaviour(title, source, async (bench) => {
      const { name, message } = await refusal(bench.db.createTable(definition(fresh(bench), more)));
      expect({ name, message }).toEqual(invalid(words));
    });

  behaviour('a table is described as it was made', 'DescribeTable', async ({ db, table }) => {
    const { Table } = await db.describeTable({ TableName: table });
    expect(Table).toMatchObject({
      TableName: table,
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    expect(Table?.TableArn).toMatch(/^arn:aws:dynamodb:[^:]+:[^:]+:table\//);
    expect(Table?.TableId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Table?.CreationDateTime).toBeInstanceOf(Date);
    const indexes = [...(Table?.GlobalSecondaryIndexes ?? [])].sort((a, b) => ((a.IndexName ?? '') < (b.IndexName ?? '') ? -1 : 1));
    expect(indexes.map((index) => [index.IndexName, index.IndexStatus, index.Projection?.ProjectionType])).toEqual([
      ['all', 'ACTIVE', 'ALL'],
      ['keys', 'ACTIVE', 'KEYS_ONLY'],
      ['some', 'ACTIVE', 'INCLUDE'],
    ]);
    expect([...(indexes[2]?.Projection?.NonKeyAttributes ?? [])].sort()).toEqual(['color', 'size']);
  });
  behaviour('a table is CREATING when CreateTable answers, and ACTIVE then', 'CreateTable', async (bench) => {
    const TableName = fresh(bench);
    const { TableDescription } = await bench.db.createTable(definition(TableName));
    expect(TableDescription).toMatchObject({ TableName, TableStatus: 'CREATING', ItemCount: 0, TableSizeBytes: 0 });
    await waitUntilTableExists(patience(bench), { TableName });
    await bench.db.deleteTable({ TableName });
  });
  behaviour('a deleted table is gone', 'DeleteTable', async (bench) => {
    const TableName = fresh(bench);
    await bench.db.createTable(definition(TableName));
    await waitUntilTableExists(patience(bench), { TableName });
    const { TableDescription } = await bench.db.deleteTable({ TableName });
    expect(TableDescription).toMatchObject({ TableName, TableStatus: 'DELETING' });
    await waitUntilTableNotExists(patience(bench), { TableName });
    expect(await refusal(bench.db.describeTable({ TableName }))).toEqual({
      name: 'ResourceNotFoundException',
      message: `Requested resource not found: Table: ${TableName} not found`,
    });
  });
  behaviour('a name is taken once', 'CreateTable', async ({ db, tables }) => {
    expect((await refusal(db.createTable(definition(tables.single)))).name).toBe('ResourceInUseException');
  });
  behaviour('DeleteTable of what is not there', 'DeleteTable', async ({ db }) => {
    expect((await refusal(db.deleteTable({ TableName: 'not-there' }))).name).toBe('ResourceNotFoundException');
  });
  behaviour('tables are listed by name, in pages', 'ListTables', async ({ db, table, tables }) => {
    const names: string[] = [];
    let start: string | undefined;
    do {
      const page = await db.listTables({ Limit: 1, ...(start === undefined ? {} : { ExclusiveStartTableName: start }) });
      expect(page.TableNames?.length).toBeLessThanOrEqual(1);
      names.push(...(page.TableNames ?? []));
      start = page.LastEvaluatedTableName;
    } while (start !== undefined);
    expect(names).toEqual(names.toSorted());
    expect(names).toEqual(expect.arrayContaining([table, tables.single]));
  });
  behaviour('a protected table is not deleted', 'DeleteTable', async (bench) => {
    const TableName = fresh(bench);
    await bench.db.createTable(definition(TableName, { DeletionProtectionEnabled: true }));
    await waitUntilTableExists(patience(bench), { TableName });
    expect((await refusal(bench.db.deleteTable({ TableName }))).name).toBe('ValidationException');
    await bench.db.updateTable({ TableName, DeletionProtectionEnabled: false });
    await waitUntilTableExists(patience(bench), { TableName });
    await bench.db.deleteTable({ TableName });
  });
  behaviour('an index is added to a table with items, and taken away', 'UpdateTable', async (bench) => {
    const TableName = fresh(bench);
    const { db } = bench;
    await db.createTable(definition(TableName));
    await waitUntilTableExists(patience(bench), { TableName });
    await db.putItem({ TableName, Item: { pk: s('x'), color: s('red') } });
    await db.updateTable({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'color', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [{ Create: byIndex('by_color', 'color') }],
    });
    const indexes = async () => (await db.describeTable({ TableName })).Table?.GlobalSecondaryIndexes;
    await expect.poll(async () => (await indexes())?.[0]?.IndexStatus, { timeout: 600_000, interval: 50 }).toBe('ACTIVE');
    const ask = { TableName, IndexName: 'by_color', KeyConditionExpression: 'color = :c', ExpressionAttributeValues: { ':c': s('red') } };
    await expect.poll(async () => (await db.query(ask)).Count, { timeout: 10_000 }).toBe(1);
    await db.updateTable({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by_color' } }] });
    await expect.poll(indexes, { timeout: 600_000, interval: 50 }).toBeUndefined();
    await db.deleteTable({ TableName });
  });
  behaviour('ItemCount counts items', 'DescribeTable', async (bench) => {
    if (bench.target === 'AWS') return;
    const TableName = fresh(bench);
    await bench.db.createTable(definition(TableName));
    for (const pk of ['a', 'b']) await bench.db.putItem({ TableName, Item: { pk: s(pk), a: n(1) } });
    expect((await bench.db.describeTable({ TableName })).Table?.ItemCount).toBe(2);
    await bench.db.deleteTable({ TableName });
  });

  const CONSTRAINTS = 'Constraints in Amazon DynamoDB';
  behaviour('a table’s name has 3 to 255 characters', CONSTRAINTS, async ({ db }) => {
    for (const [TableName, bound] of [
      ['ab', 'at least 3'],
      ['x'.repeat(256), 'at most 255'],
    ] as const) {
      const { name, message } = await refusal(db.createTable(definition(TableName)));
      expect(name).toBe('ValidationException');
      expect(message).toContain(`TableName must be at least 3 characters long and at most 255 characters long`);
      expect(bound).toMatch(/3|255/);
    }
  });
  behaviour('a table’s name has letters, digits, underscores, hyphens and dots', CONSTRAINTS, async ({ db }) => {
    const { name, message } = await refusal(db.createTable(definition('not a name!')));
    expect(name).toBe('ValidationException');
    expect(message).toContain('Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  });
  refused(
    'key attributes are defined',
    'CreateTable',
    { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] },
    'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [id], AttributeDefinitions: [pk]',
  );
  refused(
    'defined attributes are keys',
    'CreateTable',
    {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'more', AttributeType: 'S' },
      ],
    },
    'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
  );
  refused(
    'the first key is the partition key',
    'KeySchemaElement',
    { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  );
  refused(
    'there is one partition key',
    'KeySchemaElement',
    {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'HASH' },
      ],
    },
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  );
  refused(
    'both keys are different attributes',
    'KeySchemaElement',
    {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'pk', KeyType: 'RANGE' },
      ],
    },
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  );
  refused(
    'indexes have different names',
    'CreateTable',
    { GlobalSecondaryIndexes: [byIndex('same', 'pk'), byIndex('same', 'pk')] },
    'One or more parameter values were invalid: Duplicate index name: same',
  );
  refused(
    'KEYS_ONLY names no attributes',
    'CreateTable',
    {
      GlobalSecondaryIndexes: [{ ...byIndex('keys', 'pk'), Projection: { ProjectionType: 'KEYS_ONLY', NonKeyAttributes: ['a'] } }],
    },
    'One or more parameter values were invalid: ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified',
  );
  refused(
    'INCLUDE names attributes',
    'CreateTable',
    { GlobalSecondaryIndexes: [{ ...byIndex('some', 'pk'), Projection: { ProjectionType: 'INCLUDE' } }] },
    'One or more parameter values were invalid: ProjectionType is INCLUDE, but NonKeyAttributes is not specified',
  );
  refused(
    'a table has 20 indexes at most',
    'Quotas in Amazon DynamoDB',
    { GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, index) => byIndex(`index-${index}`, 'pk')) },
    'One or more parameter values were invalid: GlobalSecondaryIndex count exceeds the per-table limit of 20',
  );
  refused(
    'a list of indexes is not empty',
    'CreateTable',
    { GlobalSecondaryIndexes: [] },
    'One or more parameter values were invalid: List of GlobalSecondaryIndexes is empty',
  );
});
