import { DatabaseSync } from 'node:sqlite';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { LogStore } from './log-store.ts';
import { createLogs } from './logs-service.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const logGroupName = '/enstratus/devices/pump-1';
const stream = { logGroupName, logStreamName: 'boot-0000000001' };
let test: TestCloud;
let logs: CloudWatchLogs;

beforeAll(async () => {
  test = await startTestCloud([createLogs], { clock: () => NOW });
  logs = new CloudWatchLogs(test.client);
  await logs.createLogGroup({ logGroupName, logGroupClass: 'INFREQUENT_ACCESS' });
  await logs.createLogGroup({ logGroupName: '/standard' });
  await logs.createLogStream(stream);
  await logs.putLogEvents({
    ...stream,
    logEvents: [
      { timestamp: NOW - 1, message: '{"seq":1,"solar_w":100}' },
      { timestamp: NOW, message: '{"seq":2,"solar_w":300}' },
    ],
  });
});
afterAll(() => test.stop());

it('is told with the group, and groups are found by it', async () => {
  const classes = async (logGroupClass?: 'STANDARD' | 'INFREQUENT_ACCESS') => {
    const { logGroups = [] } = await logs.describeLogGroups({ ...(logGroupClass === undefined ? {} : { logGroupClass }) });
    return logGroups.map((group) => [group.logGroupName, group.logGroupClass]);
  };
  expect(await classes()).toEqual([
    [logGroupName, 'INFREQUENT_ACCESS'],
    ['/standard', 'STANDARD'],
  ]);
  expect(await classes('STANDARD')).toEqual([['/standard', 'STANDARD']]);
  expect(await classes('INFREQUENT_ACCESS')).toEqual([[logGroupName, 'INFREQUENT_ACCESS']]);
});

it('INFREQUENT_ACCESS is read by Logs Insights', async () => {
  const { queryId } = await logs.startQuery({
    logGroupName,
    queryString: 'stats avg(solar_w) as solar_w, count(*) as documents',
    startTime: NOW / 1000 - 60,
    endTime: NOW / 1000 + 60,
  });
  await expect.poll(async () => (await logs.getQueryResults({ queryId })).status).toBe('Complete');
  expect((await logs.getQueryResults({ queryId })).results).toEqual([
    [
      { field: 'solar_w', value: '200' },
      { field: 'documents', value: '2' },
    ],
  ]);
});

it('INFREQUENT_ACCESS is neither read event by event nor counted by metric filters, and says so', async () => {
  await expect(logs.filterLogEvents({ logGroupName })).rejects.toMatchObject({
    name: 'InvalidOperationException',
    message: `The log group ${logGroupName} is of log-group-class INFREQUENT_ACCESS. FilterLogEvents is not supported for this log class.`,
  });
  await expect(logs.getLogEvents(stream)).rejects.toMatchObject({ name: 'InvalidOperationException' });
  const filter = {
    filterName: 'f',
    filterPattern: '',
    metricTransformations: [{ metricName: 'M', metricNamespace: 'N', metricValue: '1' }],
  };
  await expect(logs.putMetricFilter({ logGroupName, ...filter })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'This operation is only supported on the Standard log class.',
  });
  await logs.putMetricFilter({ logGroupName: '/standard', ...filter });
});

it('DELIVERY, for logs on their way to elsewhere, is not carried out', async () => {
  await expect(logs.createLogGroup({ logGroupName: '/d', logGroupClass: 'DELIVERY' })).rejects.toThrow('the log class DELIVERY');
});

it('is STANDARD for groups from before there were classes', () => {
  const database = new DatabaseSync(':memory:');
  const scope = { account: ACCOUNT, region: REGION };
  database.exec(`CREATE TABLE log_groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL,
    retention_days INTEGER, deletion_protected INTEGER NOT NULL DEFAULT 0, stored_bytes INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '{}')`);
  database.exec("INSERT INTO log_groups (name, created_ms) VALUES ('/old', 1)");
  expect(new LogStore(scope, database, () => NOW).group('/old')).toMatchObject({ class: 'STANDARD' });
  // Opened again, nothing is to be added.
  expect(new LogStore(scope, database, () => NOW).groups()).toHaveLength(1);
});
