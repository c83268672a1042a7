import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoDb } from '../services/dynamodb/dynamodb-service.ts';
import { key, s, tableInput } from '../services/dynamodb/test-table.ts';
import { createLogs } from '../services/logs/logs-service.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { createMetering } from './metering-service.ts';
import { readUsage } from './read-usage.ts';

let bench: TestCloud;
const scope = { account: ACCOUNT, region: REGION };

beforeAll(async () => {
  bench = await startTestCloud([createMetering, createDynamoDb, createLogs]);
});
afterAll(() => bench.stop());

it('tells calls and units by operation and resource, and what is stored', async () => {
  const db = new DynamoDB(bench.client);
  const before = await readUsage(bench.endpoint);
  await db.createTable(tableInput('metered'));
  await db.putItem({ TableName: 'metered', Item: { ...key('a'), gsi1pk: s('g'), gsi1sk: s('1') } });
  await db.putItem({ TableName: 'metered', Item: { ...key('b'), fill: s('x'.repeat(1100)) } });
  await expect(db.getItem({ TableName: 'none', Key: key('a') })).rejects.toThrow();
  const after = await readUsage(bench.endpoint);
  expect(Date.parse(after.since)).toBeLessThanOrEqual(Date.parse(before.until));
  expect(after.since).toBe(before.since);
  expect(after.usage).toEqual(
    expect.arrayContaining([
      { ...scope, service: 'dynamodb', operation: 'CreateTable', calls: 1, units: {} },
      { ...scope, service: 'dynamodb', operation: 'PutItem', resource: 'metered', calls: 2, units: { wru: 3 } },
      { ...scope, service: 'dynamodb', operation: 'PutItem', resource: 'metered/index/gsi1', calls: 0, units: { wru: 1 } },
      { ...scope, service: 'dynamodb', operation: 'GetItem', calls: 1, units: {} },
    ]),
  );
  // Keys pk, sk and their values, then gsi1pk, gsi1sk and theirs, then fill; 100 bytes beside each item.
  const small = 2 + 1 + 2 + 1 + 6 + 1 + 6 + 1;
  expect(after.stored).toEqual([
    { ...scope, service: 'dynamodb', resource: 'metered', bytes: small + 2 + 1 + 2 + 1 + 4 + 1100 + 200, items: 2 },
    { ...scope, service: 'dynamodb', resource: 'metered/index/gsi1', bytes: small + 100, items: 1 },
    { ...scope, service: 'dynamodb', resource: 'metered/index/gsi2', bytes: 0, items: 0 },
  ]);
});

it('counts log bytes in, by the class of the group, and scanned by log group', async () => {
  const logs = new CloudWatchLogs(bench.client);
  for (const logGroupName of ['one', 'two']) {
    await logs.createLogGroup({ logGroupName, ...(logGroupName === 'two' ? { logGroupClass: 'INFREQUENT_ACCESS' } : {}) });
    await logs.createLogStream({ logGroupName, logStreamName: 's' });
  }
  const timestamp = Date.now();
  await logs.putLogEvents({
    logGroupName: 'one',
    logStreamName: 's',
    logEvents: [
      { timestamp, message: 'ü'.repeat(50) },
      { timestamp, message: 'x' },
    ],
  });
  await logs.putLogEvents({ logGroupName: 'two', logStreamName: 's', logEvents: [{ timestamp, message: 'y'.repeat(10) }] });
  const range = { startTime: Math.floor(timestamp / 1000) - 60, endTime: Math.floor(timestamp / 1000) + 60 };
  const { queryId } = await logs.startQuery({ logGroupNames: ['one', 'two'], queryString: 'fields @message', ...range });
  await expect.poll(async () => (await logs.getQueryResults({ queryId })).status).toBe('Complete');
  const { usage, stored } = await readUsage(bench.endpoint);
  const of = (operation: string) => usage.filter((line) => line.service === 'logs' && line.operation === operation);
  const line = (operation: string, resource: string, units: object) => ({
    ...scope,
    service: 'logs',
    operation,
    resource,
    calls: 1,
    units,
  });
  expect(of('PutLogEvents')).toEqual([
    line('PutLogEvents', 'one', { bytes_in: 101 + 2 * 26 }),
    line('PutLogEvents', 'two', { bytes_in_infrequent: 10 + 26 }),
  ]);
  expect(of('query')).toEqual([line('query', 'one', { bytes_scanned: 153 }), line('query', 'two', { bytes_scanned: 36 })]);
  expect(stored.filter(({ service }) => service === 'logs')).toEqual([
    { ...scope, service: 'logs', resource: 'one', bytes: Math.round(153 * 0.15) },
    { ...scope, service: 'logs', resource: 'two', bytes: Math.round(36 * 0.15) },
  ]);
});
