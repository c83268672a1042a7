import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, n, s, tableInput, type Value } from './test-table.ts';

const START_MS = Date.parse('2026-06-01T12:00:00Z');
let now_ms = START_MS;
let test: TestCloud;
let db: DynamoDB;
let made = 0;

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb], { clock: () => now_ms });
  db = new DynamoDB(test.client);
});
afterAll(() => test.stop());

async function newTable(more: Partial<ReturnType<typeof tableInput>> = {}): Promise<string> {
  const TableName = `table-${++made}`;
  await db.createTable({ ...tableInput(TableName), ...more });
  return TableName;
}

const gsi = (IndexName: string, pk: string) => ({
  IndexName,
  KeySchema: [{ AttributeName: pk, KeyType: 'HASH' as const }],
  Projection: { ProjectionType: 'ALL' as const },
});
const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });

describe('tables (API Reference, "CreateTable", "DescribeTable", "DeleteTable", "ListTables")', () => {
  it('are CREATING in the answer, ACTIVE when asked for and gone when deleted', async () => {
    const TableName = 'lifecycle';
    const created = await db.createTable({ ...tableInput(TableName), Tags: [{ Key: 'stage', Value: 'dev' }] });
    expect(created.TableDescription).toMatchObject({
      TableStatus: 'CREATING',
      TableArn: `arn:aws:dynamodb:us-east-2:111122223333:table/${TableName}`,
    });
    const { Table } = await db.describeTable({ TableName });
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      CreationDateTime: new Date(now_ms),
      ItemCount: 0,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
    });
    expect(Table?.GlobalSecondaryIndexes).toMatchObject([
      { IndexName: 'gsi1', IndexStatus: 'ACTIVE', IndexArn: `arn:aws:dynamodb:us-east-2:111122223333:table/${TableName}/index/gsi1` },
      { IndexName: 'gsi2' },
    ]);
    await expect(db.createTable(tableInput(TableName))).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await db.putItem({ TableName, Item: key('a') });
    expect((await db.deleteTable({ TableName })).TableDescription).toMatchObject({ TableStatus: 'DELETING' });
    await expect(db.describeTable({ TableName })).rejects.toThrow(`Requested resource not found: Table: ${TableName} not found`);
    await expect(db.deleteTable({ TableName })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await db.createTable(tableInput(TableName));
    expect((await db.scan({ TableName })).Items).toEqual([]);
  });

  it('count their items and bytes', async () => {
    const TableName = await newTable();
    await db.putItem({ TableName, Item: { ...key('a'), gsi1pk: s('p'), gsi1sk: s('q') } });
    await db.putItem({ TableName, Item: key('b') });
    const { Table } = await db.describeTable({ TableName });
    expect(Table).toMatchObject({
      ItemCount: 2,
      TableSizeBytes: 26,
      GlobalSecondaryIndexes: [{ ItemCount: 1, IndexSizeBytes: 20 }, { ItemCount: 0 }],
    });
    await db.deleteItem({ TableName, Key: key('a') });
    expect((await db.describeTable({ TableName })).Table).toMatchObject({
      ItemCount: 1,
      TableSizeBytes: 6,
      GlobalSecondaryIndexes: [{ ItemCount: 0, IndexSizeBytes: 0 }, {}],
    });
  });

  it('are listed by name, in pages', async () => {
    await newTable();
    await newTable();
    const names = (await db.listTables({})).TableNames ?? [];
    expect(names).toEqual(names.toSorted());
    const first = await db.listTables({ Limit: 1 });
    expect(first).toMatchObject({ TableNames: [names[0]], LastEvaluatedTableName: names[0] });
    expect((await db.listTables({ ExclusiveStartTableName: names.at(-2) })).TableNames).toEqual([names.at(-1)]);
  });

  it('are not deleted while protected (Developer Guide, "Using deletion protection to protect your table")', async () => {
    const TableName = await newTable({ DeletionProtectionEnabled: true });
    await expect(db.deleteTable({ TableName })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    });
    await db.updateTable({ TableName, DeletionProtectionEnabled: false });
    await db.deleteTable({ TableName });
  });

  it.each([
    ['BillingMode', { BillingMode: 'PROVISIONED' as const }],
    ['ProvisionedThroughput', { BillingMode: undefined, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } }],
    ['StreamSpecification', { StreamSpecification: { StreamEnabled: true } }],
    ['OnDemandThroughput', { OnDemandThroughput: { MaxReadRequestUnits: 5 } }],
    ['LocalSecondaryIndexes', { LocalSecondaryIndexes: [] }],
  ])('name what is not carried out: %s', async (name, more) => {
    await expect(newTable(more)).rejects.toMatchObject({ name: 'NotCarriedOut', message: expect.stringContaining(name) });
  });

  it('must use every attribute that they define', async () => {
    const definitions = [...(tableInput('x').AttributeDefinitions ?? []), text('unused')];
    await expect(newTable({ AttributeDefinitions: definitions })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('changing indexes (API Reference, "UpdateTable"; Developer Guide, "Managing Global Secondary Indexes in DynamoDB")', () => {
  it('fills a new index while writes go on, refuses to read it before, and drops it again', async () => {
    const TableName = await newTable();
    const items = Array.from({ length: 2_000 }, (_, index) => ({ ...key(`i${index}`), color: s(index % 2 === 0 ? 'red' : 'blue') }));
    for (let start = 0; start < items.length; start += 25) {
      await db.batchWriteItem({ RequestItems: { [TableName]: items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } })) } });
    }
    const add = await db.updateTable({
      TableName,
      AttributeDefinitions: [text('color')],
      GlobalSecondaryIndexUpdates: [{ Create: gsi('by-color', 'color') }],
    });
    expect(add.TableDescription?.TableStatus).toBe('UPDATING');
    const ask = {
      TableName,
      IndexName: 'by-color',
      KeyConditionExpression: 'color = :c',
      ExpressionAttributeValues: { ':c': s('red') },
      Select: 'COUNT' as const,
    };
    await expect(db.query(ask)).rejects.toThrow('Cannot read from backfilling global secondary index: by-color');
    await expect(db.updateTable({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'gsi1' } }] })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await db.updateItem({
      TableName,
      Key: key('i1998'),
      UpdateExpression: 'SET color = :c',
      ExpressionAttributeValues: { ':c': s('blue') },
    });
    await db.deleteItem({ TableName, Key: key('i1996') });
    await db.putItem({ TableName, Item: { ...key('late'), color: s('red') } });
    const status = async () => (await db.describeTable({ TableName })).Table?.GlobalSecondaryIndexes?.[2];
    await expect.poll(async () => (await status())?.IndexStatus).toBe('ACTIVE');
    expect(await status()).toMatchObject({ ItemCount: 2_000 });
    expect((await db.query(ask)).Count).toBe(999);
    await db.updateTable({ TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-color' } }] });
    const { Table } = await db.describeTable({ TableName });
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['gsi1', 'gsi2']);
    expect(Table?.AttributeDefinitions?.map((definition) => definition.AttributeName)).not.toContain('color');
    await expect(db.query(ask)).rejects.toThrow('The table does not have the specified index: by-color');
  });

  it('continues to fill an index after a restart', async () => {
    const first = await startTestCloud([createDynamoDb]);
    const before = new DynamoDB(first.client);
    const TableName = 'restarted';
    await before.createTable(tableInput(TableName));
    for (let start = 0; start < 1_000; start += 25) {
      const puts = Array.from({ length: 25 }, (_, index) => ({ PutRequest: { Item: { ...key(`i${start + index}`), color: s('red') } } }));
      await before.batchWriteItem({ RequestItems: { [TableName]: puts } });
    }
    // In one turn with the stop, so that only the first step is done.
    const adding = first.cloud.call(
      'dynamodb',
      'UpdateTable',
      { TableName, AttributeDefinitions: [text('color')], GlobalSecondaryIndexUpdates: [{ Create: gsi('by-color', 'color') }] },
      first.caller(),
    );
    first.cloud.service('dynamodb')?.stop?.();
    await adding;
    expect((await before.describeTable({ TableName })).Table?.GlobalSecondaryIndexes?.[2]?.IndexStatus).toBe('CREATING');
    const second = await first.restart();
    const after = new DynamoDB(second.client);
    await expect
      .poll(async () => (await after.describeTable({ TableName })).Table?.GlobalSecondaryIndexes?.[2])
      .toMatchObject({ IndexStatus: 'ACTIVE', ItemCount: 1_000 });
    await second.stop();
  });

  it('takes one change at a time', async () => {
    const TableName = await newTable();
    const AttributeDefinitions = [text('a'), text('b')];
    const update = (...GlobalSecondaryIndexUpdates: object[]) =>
      db.updateTable({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates });
    await expect(update({ Create: gsi('by-a', 'a') }, { Create: gsi('by-b', 'b') })).rejects.toThrow(
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
    await expect(update({ Create: gsi('gsi1', 'a') })).rejects.toThrow('Attempting to create an index which already exists');
    await expect(update({ Delete: { IndexName: 'none' } })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(update({ Create: gsi('by-c', 'c') })).rejects.toThrow('Some index key attributes are not defined in AttributeDefinitions');
    await expect(db.updateTable({ TableName })).rejects.toThrow('At least one of');
  });
});

describe('time to live (Developer Guide, "Using time to live (TTL) in DynamoDB")', () => {
  it('deletes what expired, from the table and its indexes, and nothing else', async () => {
    const TableName = await newTable();
    const now_s = now_ms / 1000;
    const put = (name: string, ttl: Value) => db.putItem({ TableName, Item: { ...key(name), gsi1pk: s('G'), gsi1sk: s(name), ttl } });
    await put('before', n(now_s - 1));
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
    expect((await db.describeTimeToLive({ TableName })).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
    expect((await db.updateTimeToLive({ TableName, TimeToLiveSpecification })).TimeToLiveSpecification).toEqual(TimeToLiveSpecification);
    await expect
      .poll(async () => (await db.describeTimeToLive({ TableName })).TimeToLiveDescription)
      .toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await put('soon', n(now_s + 60));
    await put('later', n(now_s + 3600));
    await put('text', s(String(now_s - 1)));
    await put('ancient', n(now_s - 6 * 365 * 86_400));
    await put('milliseconds', n(now_ms));
    now_ms += 61_000;
    const left = async () => {
      const found = await db.query({
        TableName,
        IndexName: 'gsi1',
        KeyConditionExpression: 'gsi1pk = :g',
        ExpressionAttributeValues: { ':g': s('G') },
      });
      return found.Items?.map((item) => item['pk']?.S);
    };
    await expect.poll(left, { timeout: 10_000 }).toEqual(['ancient', 'later', 'milliseconds', 'text']);
    expect((await db.scan({ TableName, Select: 'COUNT' })).Count).toBe(4);
    const postpone = { TableName, Key: key('later'), UpdateExpression: 'SET #ttl = :t', ExpressionAttributeNames: { '#ttl': 'ttl' } };
    await db.updateItem({ ...postpone, ExpressionAttributeValues: { ':t': n(now_s - 1) } });
    await expect.poll(left, { timeout: 10_000 }).toEqual(['ancient', 'milliseconds', 'text']);
  });

  it('is one attribute at a time, and can be switched off', async () => {
    const TableName = await newTable();
    const set = (AttributeName: string, Enabled: boolean) =>
      db.updateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } });
    await expect(set('ttl', false)).rejects.toThrow('TimeToLive is already disabled');
    await set('ttl', true);
    await expect(set('ttl', true)).rejects.toThrow('TimeToLive is already enabled');
    await expect(set('other', true)).rejects.toThrow('TimeToLive is active on a different AttributeName: current AttributeName is ttl');
    await set('ttl', false);
    expect((await db.describeTimeToLive({ TableName })).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});

describe('settings', () => {
  it('keep point in time recovery (API Reference, "UpdateContinuousBackups")', async () => {
    const TableName = await newTable();
    const describe = async () => (await db.describeContinuousBackups({ TableName })).ContinuousBackupsDescription;
    expect(await describe()).toEqual({
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
    });
    const enabled_ms = now_ms;
    await db.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
    now_ms += 3_600_000;
    expect((await describe())?.PointInTimeRecoveryDescription).toEqual({
      PointInTimeRecoveryStatus: 'ENABLED',
      RecoveryPeriodInDays: 35,
      EarliestRestorableDateTime: new Date(enabled_ms),
      LatestRestorableDateTime: new Date(now_ms - 300_000),
    });
    await db.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } });
    expect((await describe())?.PointInTimeRecoveryDescription).toEqual({ PointInTimeRecoveryStatus: 'DISABLED' });
    await expect(db.describeContinuousBackups({ TableName: 'missing' })).rejects.toMatchObject({ name: 'TableNotFoundException' });
    await expect(
      db.restoreTableToPointInTime({ SourceTableName: TableName, TargetTableName: 'restored', UseLatestRestorableTime: true }),
    ).rejects.toMatchObject({ name: 'NotCarriedOut', message: expect.stringContaining('RestoreTableToPointInTime') });
  });

  it('keep tags (API Reference, "TagResource")', async () => {
    const TableName = await newTable({ Tags: [{ Key: 'a', Value: '1' }] });
    const ResourceArn = `arn:aws:dynamodb:us-east-2:111122223333:table/${TableName}`;
    await db.tagResource({
      ResourceArn,
      Tags: [
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '3' },
      ],
    });
    expect((await db.listTagsOfResource({ ResourceArn })).Tags).toEqual([
      { Key: 'a', Value: '3' },
      { Key: 'b', Value: '2' },
    ]);
    await expect(db.listTagsOfResource({ ResourceArn, NextToken: 'x' })).rejects.toMatchObject({ name: 'NotCarriedOut' });
    await db.untagResource({ ResourceArn, TagKeys: ['a'] });
    expect((await db.listTagsOfResource({ ResourceArn })).Tags).toEqual([{ Key: 'b', Value: '2' }]);
    await expect(db.listTagsOfResource({ ResourceArn: `${ResourceArn}-not` })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('keep accounts and regions apart', async () => {
    const TableName = await newTable();
    await db.putItem({ TableName, Item: key('mine') });
    const other = new DynamoDB({ ...test.client, credentials: { accessKeyId: '444455556666', secretAccessKey: 'any' } });
    const east = new DynamoDB({ ...test.client, region: 'us-east-1' });
    for (const [client, arn] of [
      [other, `arn:aws:dynamodb:us-east-2:444455556666:table/${TableName}`],
      [east, `arn:aws:dynamodb:us-east-1:111122223333:table/${TableName}`],
    ] as const) {
      await expect(client.getItem({ TableName, Key: key('mine') })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
      expect((await client.createTable(tableInput(TableName))).TableDescription?.TableArn).toBe(arn);
      expect((await client.scan({ TableName })).Items).toEqual([]);
    }
  });
});
