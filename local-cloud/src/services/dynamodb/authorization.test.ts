import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, s, tableInput } from './test-table.ts';

let test: TestCloud;
let made = 0;
const TABLE = 'arn:aws:dynamodb:us-east-2:111122223333:table/guarded';
const TableName = 'guarded';

beforeAll(async () => {
  test = await startTestCloud([createDynamoDb]);
  const db = new DynamoDB(test.client);
  await db.createTable(tableInput(TableName));
  await db.createTable(tableInput('second'));
  await db.createTable(tableInput('spare'));
});
afterAll(() => test.stop());

/** A client with a role's credentials that may do these actions on this resource, and nothing else. */
async function clientWith(actions: readonly string[], resource: string): Promise<DynamoDB> {
  const iam = new IAMClient(test.client);
  const RoleName = `role-${++made}`;
  const statement = (more: object) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] });
  const AssumeRolePolicyDocument = statement({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = statement({ Action: actions.map((action) => `dynamodb:${action}`), Resource: resource });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument }));
  const session = assumeRole(test.cloud, { roleArn: Role?.Arn ?? '', sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
  const { accessKeyId, secretAccessKey, sessionToken } = session;
  return new DynamoDB({ ...test.client, credentials: { accessKeyId, secretAccessKey, sessionToken } });
}

const byKey = { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': s('a') } };
const byIndex = { ...byKey, IndexName: 'gsi1', KeyConditionExpression: 'gsi1pk = :p' };
const Key = key('a');
const resourceArn = { ResourceArn: TABLE };

/** Each call with the one right it needs (Service Authorization Reference, "Actions, resources, and condition keys for Amazon DynamoDB"). */
const CALLS: [string, string, string, (db: DynamoDB) => Promise<unknown>][] = [
  ['GetItem', 'GetItem', TABLE, (db) => db.getItem({ TableName, Key })],
  ['PutItem', 'PutItem', TABLE, (db) => db.putItem({ TableName, Item: Key })],
  ['UpdateItem', 'UpdateItem', TABLE, (db) => db.updateItem({ TableName, Key })],
  ['DeleteItem', 'DeleteItem', TABLE, (db) => db.deleteItem({ TableName, Key })],
  ['Query', 'Query', TABLE, (db) => db.query({ TableName, ...byKey })],
  ['Query of an index', 'Query', `${TABLE}/index/gsi1`, (db) => db.query({ TableName, ...byIndex })],
  ['Scan', 'Scan', TABLE, (db) => db.scan({ TableName })],
  ['Scan of an index', 'Scan', `${TABLE}/index/gsi1`, (db) => db.scan({ TableName, IndexName: 'gsi1' })],
  ['BatchGetItem', 'BatchGetItem', TABLE, (db) => db.batchGetItem({ RequestItems: { [TableName]: { Keys: [Key] } } })],
  [
    'BatchWriteItem',
    'BatchWriteItem',
    TABLE,
    (db) => db.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }] } }),
  ],
  ['a transaction that puts', 'PutItem', TABLE, (db) => db.transactWriteItems({ TransactItems: [{ Put: { TableName, Item: Key } }] })],
  [
    'a transaction that updates',
    'UpdateItem',
    TABLE,
    (db) => db.transactWriteItems({ TransactItems: [{ Update: { TableName, Key, UpdateExpression: 'REMOVE a' } }] }),
  ],
  ['a transaction that deletes', 'DeleteItem', TABLE, (db) => db.transactWriteItems({ TransactItems: [{ Delete: { TableName, Key } }] })],
  [
    'a transaction that checks',
    'ConditionCheckItem',
    TABLE,
    (db) =>
      db.transactWriteItems({ TransactItems: [{ ConditionCheck: { TableName, Key, ConditionExpression: 'attribute_not_exists(z)' } }] }),
  ],
  ['a transaction that gets', 'GetItem', TABLE, (db) => db.transactGetItems({ TransactItems: [{ Get: { TableName, Key } }] })],
  ['DescribeTable', 'DescribeTable', TABLE, (db) => db.describeTable({ TableName })],
  ['UpdateTable', 'UpdateTable', TABLE, (db) => db.updateTable({ TableName, DeletionProtectionEnabled: false })],
  ['DescribeTimeToLive', 'DescribeTimeToLive', TABLE, (db) => db.describeTimeToLive({ TableName })],
  [
    'UpdateTimeToLive',
    'UpdateTimeToLive',
    TABLE,
    (db) => db.updateTimeToLive({ TableName, TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }),
  ],
  ['DescribeContinuousBackups', 'DescribeContinuousBackups', TABLE, (db) => db.describeContinuousBackups({ TableName })],
  [
    'UpdateContinuousBackups',
    'UpdateContinuousBackups',
    TABLE,
    (db) => db.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
  ],
  ['TagResource', 'TagResource', TABLE, (db) => db.tagResource({ ...resourceArn, Tags: [{ Key: 'a', Value: 'b' }] })],
  ['UntagResource', 'UntagResource', TABLE, (db) => db.untagResource({ ...resourceArn, TagKeys: ['a'] })],
  ['ListTagsOfResource', 'ListTagsOfResource', TABLE, (db) => db.listTagsOfResource(resourceArn)],
  ['ListTables', 'ListTables', '*', (db) => db.listTables({})],
  ['CreateTable', 'CreateTable', TABLE.replace('guarded', 'made'), (db) => db.createTable(tableInput('made'))],
  ['DeleteTable', 'DeleteTable', TABLE.replace('guarded', 'spare'), (db) => db.deleteTable({ TableName: 'spare' })],
];

describe('rights', () => {
  it.each(CALLS)('%s needs %s on its own resource', async (_name, action, resource, call) => {
    await expect(call(await clientWith(['Nothing'], '*'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`dynamodb:${action}`),
    });
    if (resource !== '*')
      await expect(call(await clientWith([action], `${resource}x`))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await call(await clientWith([action], resource));
  });

  it('are checked for every table of a batch and every action of a transaction', async () => {
    const db = await clientWith(['*'], TABLE);
    const batch = { [TableName]: [{ PutRequest: { Item: Key } }], second: [{ PutRequest: { Item: Key } }] };
    await expect(db.batchWriteItem({ RequestItems: batch })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(db.batchGetItem({ RequestItems: { [TableName]: { Keys: [Key] }, second: { Keys: [Key] } } })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const put = (table: string) => ({ Put: { TableName: table, Item: key('both') } });
    await expect(db.transactWriteItems({ TransactItems: [put(TableName), put('second')] })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect((await new DynamoDB(test.client).getItem({ TableName, Key: key('both') })).Item).toBeUndefined();
  });

  it('on a new table with tags include tagging it', async () => {
    const db = await clientWith(['CreateTable'], '*');
    await expect(db.createTable({ ...tableInput('tagged'), Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toThrow('dynamodb:TagResource');
  });

  it('may be told apart by the partition keys of a request', () => {
    const context = { ...test.caller(), requestId: 'r', cloud: test.cloud, concerns() {}, meter() {} };
    const wanted = (operation: string, input: unknown) =>
      test.cloud.service('dynamodb')?.operations[operation]?.authorize(input as never, context);
    const conditions = { 'dynamodb:LeadingKeys': ['a'] };
    expect(wanted('GetItem', { TableName, Key })).toEqual([{ action: 'dynamodb:GetItem', resource: TABLE, conditions }]);
    expect(wanted('Query', { TableName, ...byKey })).toMatchObject([{ conditions }]);
    expect(wanted('BatchGetItem', { RequestItems: { [TableName]: { Keys: [Key, key('b')] } } })).toMatchObject([
      { conditions: { 'dynamodb:LeadingKeys': ['a', 'b'] } },
    ]);
  });
});
