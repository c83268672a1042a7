import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResourceContext, ResourceState } from '../../kernel/resource-type.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { dynamoDbResourceTypes } from './dynamodb-resource-types.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, tableInput } from './test-table.ts';

let test: TestCloud;
let db: DynamoDB;
let made = 0;

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb]);
  db = new DynamoDB(test.client);
});
afterAll(() => test.stop());

/** What CDK's Table synthesizes for the system's own table; CloudFormation may hand booleans over as text. */
function properties(more: Record<string, unknown> = {}): Record<string, unknown> {
  const { TableName: _name, ...definition } = tableInput('any');
  return {
    ...definition,
    DeletionProtectionEnabled: 'true',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    ...more,
  };
}

function stack() {
  const [type] = dynamoDbResourceTypes;
  if (type === undefined) throw new Error('no resource type');
  const name = `EnstratusInfra-Table-${++made}`;
  const calls: string[] = [];
  const context: ResourceContext = {
    account: ACCOUNT,
    region: REGION,
    stackName: 'EnstratusInfra',
    stackId: 'arn:aws:cloudformation:us-east-2:111122223333:stack/EnstratusInfra/1',
    logicalId: 'Table',
    endpoint: test.endpoint,
    stackTags: { system: 'enstratus' },
    call: (service, operation, input) => {
      calls.push(operation);
      return test.cloud.call(service, operation, input, test.caller());
    },
    uniqueName: () => name,
  };
  const parse = (given: Record<string, unknown>) => type.properties.parse(given);
  return {
    type,
    calls,
    parse,
    create: (given: Record<string, unknown>) => type.create(parse(given), context),
    update: (state: ResourceState, given: Record<string, unknown>, previous: Record<string, unknown>) =>
      type.update?.(state.physicalId, parse(given), parse(previous), context),
    remove: (state: ResourceState) => type.delete(state.physicalId, parse(properties()), context),
  };
}

describe('AWS::DynamoDB::Table (CloudFormation Template Reference)', () => {
  it('makes the table with all of its settings; Ref is its name, GetAtt Arn its ARN', async () => {
    const state = await stack().create(properties({ Tags: [{ Key: 'kind', Value: 'main' }] }));
    const TableName = state.physicalId;
    expect(state).toEqual({ physicalId: TableName, attributes: { Arn: `arn:aws:dynamodb:us-east-2:111122223333:table/${TableName}` } });
    const { Table } = await db.describeTable({ TableName });
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true });
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toEqual(['gsi1', 'gsi2']);
    expect((await db.describeTimeToLive({ TableName })).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'ttl',
    });
    const backups = await db.describeContinuousBackups({ TableName });
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
    expect((await db.listTagsOfResource({ ResourceArn: Table?.TableArn })).Tags).toEqual([
      { Key: 'system', Value: 'enstratus' },
      { Key: 'kind', Value: 'main' },
    ]);
  });

  it('takes a name, and says when it is taken', async () => {
    const { create } = stack();
    expect((await create(properties({ TableName: 'named' }))).physicalId).toBe('named');
    await expect(create(properties({ TableName: 'named' }))).rejects.toMatchObject({ code: 'ResourceInUseException' });
  });

  it('changes settings in place, without touching what stays', async () => {
    const { create, update, calls } = stack();
    const before = properties();
    const state = await create(before);
    const TableName = state.physicalId;
    await db.putItem({ TableName, Item: key('kept') });
    calls.length = 0;
    await update(state, before, before);
    expect(calls).toEqual(['ListTagsOfResource', 'TagResource']);
    const after = properties({
      DeletionProtectionEnabled: false,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: 'false' },
      TimeToLiveSpecification: undefined,
      Tags: [{ Key: 'kind', Value: 'new' }],
    });
    expect(await update(state, after, before)).toEqual(state);
    expect((await db.describeTable({ TableName })).Table).toMatchObject({ DeletionProtectionEnabled: false });
    expect((await db.describeTimeToLive({ TableName })).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
    const backups = await db.describeContinuousBackups({ TableName });
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('DISABLED');
    expect((await db.getItem({ TableName, Key: key('kept') })).Item).toEqual(key('kept'));
  });

  it('adds and removes one index at a time, and waits until it is there', async () => {
    const { create, update } = stack();
    const both = tableInput('any');
    const one = properties({
      GlobalSecondaryIndexes: both.GlobalSecondaryIndexes?.slice(0, 1),
      AttributeDefinitions: both.AttributeDefinitions?.slice(0, 4),
    });
    const none = properties({ GlobalSecondaryIndexes: undefined, AttributeDefinitions: both.AttributeDefinitions?.slice(0, 2) });
    const state = await create(none);
    const indexes = async () =>
      (await db.describeTable({ TableName: state.physicalId })).Table?.GlobalSecondaryIndexes?.map(
        ({ IndexName, IndexStatus }) => `${IndexName} ${IndexStatus}`,
      );
    await expect(update(state, properties(), none)).rejects.toThrow(
      'Cannot perform more than one GSI creation or deletion in a single update',
    );
    await update(state, one, none);
    expect(await indexes()).toEqual(['gsi1 ACTIVE']);
    await update(state, properties(), one);
    expect(await indexes()).toEqual(['gsi1 ACTIVE', 'gsi2 ACTIVE']);
    await update(state, one, properties());
    expect(await indexes()).toEqual(['gsi1 ACTIVE']);
    const changed = both.GlobalSecondaryIndexes?.slice(0, 1).map((index) => ({ ...index, Projection: { ProjectionType: 'KEYS_ONLY' } }));
    await expect(update(state, properties({ ...one, GlobalSecondaryIndexes: changed }), one)).rejects.toThrow(
      "The global secondary index gsi1 can't be changed",
    );
  });

  it('is replaced when its name or keys change, fails by the name of what is not carried out, and leaves nothing behind', async () => {
    const { type, create, parse } = stack();
    expect(type.replaceOn).toEqual(['TableName', 'KeySchema']);
    expect(() => parse(properties({ StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }))).toThrow('StreamSpecification');
    await expect(create(properties({ BillingMode: undefined }))).rejects.toMatchObject({ code: 'NotCarriedOut' });
    const broken = properties({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 99 } });
    const tables = async () => (await db.listTables({})).TableNames;
    const before = await tables();
    await expect(create(broken)).rejects.toMatchObject({ code: 'ValidationException' });
    expect(await tables()).toEqual(before);
  });

  it('is deleted unless it is protected; one that is gone is no error', async () => {
    const { create, remove } = stack();
    const state = await create(properties());
    await expect(remove(state)).rejects.toThrow('protected against deletion');
    await db.updateTable({ TableName: state.physicalId, DeletionProtectionEnabled: false });
    await remove(state);
    await remove(state);
  });
});
