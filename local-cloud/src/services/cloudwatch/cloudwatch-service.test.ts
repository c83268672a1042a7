import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { cbor } from '@smithy/core/cbor';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCloudWatch } from './cloudwatch-service.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 30);
const minute = (offset: number) => new Date(Date.UTC(2026, 10, 22, 12, offset));
let test: TestCloud;
let client: CloudWatchClient;
beforeAll(async () => {
  // Nothing is evaluated meanwhile.
  test = await startTestCloud([(cloud) => createCloudWatch(cloud, { evaluateEvery_ms: 3_600_000 })], { clock: () => NOW });
  client = new CloudWatchClient(test.client);
});
afterAll(async () => {
  client.destroy();
  await test.stop();
});

const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: 'a',
  Namespace: 'Own',
  MetricName: 'Size',
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1.5,
  ComparisonOperator: 'GreaterThanThreshold',
};

it('keeps values and tells their statistics by period', async () => {
  const Dimensions = [{ Name: 'Kind', Value: 'small' }];
  const datum = { MetricName: 'Size', Dimensions, Unit: 'Bytes' as const };
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Own',
      MetricData: [
        { ...datum, Value: 2, Timestamp: minute(-3) },
        { ...datum, Values: [1, 4], Counts: [3, 1], Timestamp: minute(-3) },
        { ...datum, StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 1, Maximum: 9 }, Timestamp: minute(-1) },
        { ...datum, Value: 100, Timestamp: minute(-600) },
        { MetricName: 'Size', Value: 7 },
      ],
    }),
  );
  const asked = { Namespace: 'Own', MetricName: 'Size', Dimensions, StartTime: minute(-600), EndTime: minute(0), Period: 60 };
  const { Datapoints } = await client.send(
    new GetMetricStatisticsCommand({ ...asked, Statistics: ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] }),
  );
  expect(Datapoints).toEqual([
    { Timestamp: minute(-3), SampleCount: 5, Average: 1.8, Sum: 9, Minimum: 1, Maximum: 4, Unit: 'Bytes' },
    { Timestamp: minute(-1), SampleCount: 2, Average: 5, Sum: 10, Minimum: 1, Maximum: 9, Unit: 'Bytes' },
  ]);
  expect((await client.send(new GetMetricStatisticsCommand({ ...asked, Statistics: ['Sum'], Unit: 'Count' }))).Datapoints).toEqual([]);
  const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: 'Own', Dimensions: [{ Name: 'Kind' }] }));
  expect(Metrics).toEqual([{ Namespace: 'Own', MetricName: 'Size', Dimensions }]);
  const Metric = { Namespace: 'Own', MetricName: 'Size', Dimensions };
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: minute(-4),
      EndTime: minute(0),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [
        { Id: 'sum', MetricStat: { Metric, Period: 60, Stat: 'Sum' } },
        { Id: 'doubled', Expression: 'FILL(sum, 1) * 2', Label: 'Twice' },
      ],
    }),
  );
  expect(MetricDataResults).toMatchObject([
    { Id: 'sum', Label: 'Size', Timestamps: [minute(-3), minute(-1)], Values: [9, 10] },
    { Id: 'doubled', Label: 'Twice', Timestamps: [minute(-4), minute(-3), minute(-2), minute(-1)], Values: [2, 18, 2, 20] },
  ]);
});

it('takes a large body, which the SDK compresses', async () => {
  const MetricData = Array.from({ length: 500 }, (_, Value) => ({
    MetricName: 'Many',
    Value,
    Dimensions: [{ Name: 'A', Value: 'x'.repeat(50) }],
  }));
  await client.send(new PutMetricDataCommand({ Namespace: 'Own', MetricData }));
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ MetricName: 'Many' }));
  expect(Metrics).toHaveLength(1);
});

it('makes, changes, lists, tags and deletes alarms', async () => {
  const arn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`;
  await client.send(new PutMetricAlarmCommand({ ...ALARM, Tags: [{ Key: 'team', Value: 'water' }] }));
  await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmName: 'b' }));
  await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmName: 'other' }));
  await client.send(new PutMetricAlarmCommand({ ...ALARM, Threshold: 3 }));
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: ['a'] }));
  expect(MetricAlarms).toMatchObject([
    {
      AlarmArn: arn,
      Threshold: 3,
      ActionsEnabled: true,
      StateValue: 'INSUFFICIENT_DATA',
      AlarmConfigurationUpdatedTimestamp: new Date(NOW),
      OKActions: [],
    },
  ]);
  expect((await client.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags).toEqual([{ Key: 'team', Value: 'water' }]);
  const pages = [];
  for await (const { MetricAlarms: page = [] } of paginateDescribeAlarms({ client, pageSize: 2 }, {}))
    pages.push(page.map(({ AlarmName }) => AlarmName));
  expect(pages).toEqual([['a', 'b'], ['other']]);
  await client.send(new DisableAlarmActionsCommand({ AlarmNames: ['b'] }));
  const [b] = (await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'b' }))).MetricAlarms ?? [];
  expect(b?.ActionsEnabled).toBe(false);
  await expect(client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'none'] }))).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'b', 'other'] }));
  expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
});

it.each<[string, Partial<PutMetricAlarmCommandInput>, string]>([
  ['an anomaly detection band', { ComparisonOperator: 'GreaterThanUpperThreshold' }, 'GreaterThanUpperThreshold'],
  ['a percentile', { Statistic: undefined, ExtendedStatistic: 'p99' }, 'ExtendedStatistic'],
  ['an action that is no topic', { AlarmActions: ['arn:aws:automate:us-east-2:ec2:stop'] }, 'arn:aws:automate'],
  ['a high resolution that is not kept', { Period: 1 }, 'a period of 1 s'],
  [
    'a function of metric math',
    {
      Namespace: undefined,
      MetricName: undefined,
      Statistic: undefined,
      Period: undefined,
      Metrics: [{ Id: 'e', Expression: 'RATE(m1)' }],
    },
    'the function RATE',
  ],
])('refuses %s by its name', async (_name, more, named) => {
  await expect(client.send(new PutMetricAlarmCommand({ ...ALARM, ...more }))).rejects.toMatchObject({
    name: 'NotCarriedOut',
    message: expect.stringContaining(named),
  });
});

it.each<[string, Partial<PutMetricAlarmCommandInput>]>([
  ['more datapoints than periods', { DatapointsToAlarm: 3 }],
  ['a day and more', { Period: 3600, EvaluationPeriods: 25 }],
  ['no statistic', { Statistic: undefined }],
  ['both forms at once', { Metrics: [{ Id: 'e', Expression: '1' }] }],
  [
    'expressions in a circle',
    {
      Namespace: undefined,
      MetricName: undefined,
      Statistic: undefined,
      Period: undefined,
      Metrics: [
        { Id: 'e', Expression: 'f' },
        { Id: 'f', Expression: 'e', ReturnData: false },
      ],
    },
  ],
])('refuses %s', async (_name, more) => {
  await expect(client.send(new PutMetricAlarmCommand({ ...ALARM, ...more }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
});

const headers = {
  authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/${REGION}/monitoring/aws4_request, SignedHeaders=host, Signature=0`,
};

it('speaks the Query protocol, as the AWS CLI 2.9 does', async () => {
  const ask = async (form: string) => {
    const answer = await fetch(test.endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    });
    return { status: answer.status, text: await answer.text() };
  };
  const put =
    'Action=PutMetricAlarm&AlarmName=q&Namespace=Own&MetricName=Size&Statistic=Sum&Period=60&EvaluationPeriods=1&Threshold=2.5&ActionsEnabled=false' +
    '&ComparisonOperator=LessThanThreshold&Dimensions.member.1.Name=Kind&Dimensions.member.1.Value=small';
  expect((await ask(put)).status).toBe(200);
  const { text } = await ask('Action=DescribeAlarms&AlarmNames.member.1=q');
  expect(text).toContain('<MetricAlarms><member><AlarmName>q</AlarmName><ActionsEnabled>false</ActionsEnabled>');
  expect(text).toContain('<Dimensions><member><Name>Kind</Name><Value>small</Value></member></Dimensions>');
  expect(text).toContain('<StateUpdatedTimestamp>2026-11-22T12:00:30.000Z</StateUpdatedTimestamp>');
  const from = 'StartTime=2026-11-22T11:00:00Z&EndTime=2026-11-22T12:00:00Z';
  expect((await ask(`Action=GetMetricStatistics&Namespace=Own&MetricName=Size&${from}&Period=60&Statistics.member.1=Sum`)).status).toBe(
    200,
  );
  expect(await ask('Action=SetAlarmState&AlarmName=none&StateValue=OK&StateReason=x')).toMatchObject({
    status: 404,
    text: expect.stringContaining('<Code>ResourceNotFound</Code>'),
  });
  expect((await ask('Action=DescribeAlarms&MaxRecords=none')).text).toContain('<Code>ValidationError</Code>');
  await ask('Action=DeleteAlarms&AlarmNames.member.1=q');
});

it('speaks AWS JSON 1.0', async () => {
  const answer = await fetch(test.endpoint, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms' },
    body: '{}',
  });
  expect(await answer.json()).toEqual({ CompositeAlarms: [], MetricAlarms: expect.any(Array) });
});

it('names bodies that are none', async () => {
  const ask = async (more: Record<string, string>) => {
    const path = `/service/GraniteServiceVersion20100801/operation/ListMetrics`;
    const answer = await fetch(`${test.endpoint}${path}`, { method: 'POST', headers: { ...headers, ...more }, body: 'x' });
    return { status: answer.status, error: answer.headers.get('x-amzn-query-error') };
  };
  expect(await ask({})).toEqual({ status: 400, error: 'SerializationException;Sender' });
  expect(await ask({ 'content-encoding': 'gzip' })).toEqual({ status: 400, error: 'SerializationException;Sender' });
});

it('answers any bytes as CBOR, and fails inside on none', { timeout: 60_000 }, async () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  // The codec remarks on numbers that JavaScript can't hold.
  const remarks = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const operation = fc.constantFrom('PutMetricAlarm', 'DescribeAlarms', 'GetMetricData', 'PutMetricData');
  const body = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .dictionary(fc.constantFrom('AlarmName', 'Period', 'StartTime', 'MetricData', 'Metrics'), fc.jsonValue())
      .map((value) => cbor.serialize(value)),
  );
  await fc.assert(
    fc.asyncProperty(operation, body, async (name, bytes) => {
      const path = `/service/GraniteServiceVersion20100801/operation/${name}`;
      const answer = await fetch(`${test.endpoint}${path}`, { method: 'POST', headers, body: Buffer.from(bytes) });
      expect([200, 400, 501]).toContain(answer.status);
    }),
    { numRuns: process.env['ENSTRATUS_LONG'] === undefined ? 100 : 5_000 },
  );
  expect(quiet).not.toHaveBeenCalled();
  for (const spy of [quiet, remarks]) spy.mockRestore();
});
