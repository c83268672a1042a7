import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createDynamoDb } from '../../services/dynamodb/dynamodb-service.ts';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createConsole } from '../console-service.ts';
import { scopeList } from '../shapes/scopes.ts';
import { tableList } from '../shapes/tables.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud([createDynamoDb, createConsole]);
});
afterAll(() => cloud.stop());

const read = async (path: string): Promise<unknown> => (await fetch(`${cloud.endpoint}/_local/api${path}`)).json();

async function tableIn(account: string, TableName: string, items: number): Promise<void> {
  const client = new DynamoDBClient({ ...cloud.client, credentials: { accessKeyId: account, secretAccessKey: 'any' } });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
  await vi.waitFor(async () => {
    for (let number = 0; number < items; number += 1)
      await client.send(new PutItemCommand({ TableName, Item: { pk: { S: String(number) } } }));
  });
  client.destroy();
}

it('looks at the account with the devices, unless another one is chosen', async () => {
  await tableIn('410000000001', 'none', 0);
  await tableIn('420000000001', 'few', 1);
  await tableIn('440000000001', 'many', 3);
  const { current, scopes } = scopeList.parse(await read('/scopes'));
  expect(scopes.map(({ account }) => account).toSorted()).toEqual(['410000000001', '420000000001', '440000000001']);
  expect(current.account).toBe('440000000001');
  expect(tableList.parse(await read('/tables')).tables.map(({ name }) => name)).toEqual(['many']);
  expect(tableList.parse(await read('/tables?account=420000000001')).tables.map(({ name }) => name)).toEqual(['few']);
});
