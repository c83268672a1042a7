import { randomUUID } from 'node:crypto';
import { startTestCloud } from '../../testing/test-cloud.ts';
import { createDynamoDb } from './dynamodb-service.ts';
import { key, s, tableInput } from './test-table.ts';

/*
 * The process that durability.test.ts kills: a local cloud on the state folder given, its endpoint on standard output.
 * With `transactions` it also does nothing but transactions of 40 indexed items, and tells each one that is done.
 */
const [, , directory, work] = process.argv;
if (directory === undefined) throw new Error('usage: durability-child.ts <state folder> [transactions]');
const { cloud, endpoint, caller } = await startTestCloud([createDynamoDb], { directory });
console.log(endpoint);
if (work === 'transactions') {
  const TableName = 'durable';
  await cloud.call('dynamodb', 'CreateTable', tableInput(TableName), caller()).catch(() => {});
  for (;;) {
    const batch = randomUUID();
    const TransactItems = Array.from({ length: 40 }, (_, index) => ({
      Put: { TableName, Item: { ...key(batch, String(index)), gsi1pk: s(batch), gsi1sk: s(String(index)) } },
    }));
    await cloud.call('dynamodb', 'TransactWriteItems', { TransactItems }, caller());
    console.log(batch);
  }
}
