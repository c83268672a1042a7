import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ServiceEvent } from '../../kernel/service-event.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createSns } from '../sns/sns-service.ts';
import { createSqs } from '../sqs/sqs-service.ts';
import { createCloudWatch } from './cloudwatch-service.ts';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:told`;
const START = Date.UTC(2026, 10, 22, 12);
let now: number;
let test: TestCloud;
let client: CloudWatchClient;
let events: ServiceEvent[];

async function begin(started: TestCloud): Promise<void> {
  test = started;
  client = new CloudWatchClient(test.client);
  events = [];
  test.cloud.onEvent((event) => events.push(event));
}

beforeEach(async () => {
  now = START;
  await begin(
    await startTestCloud([createSqs, createSns, (cloud) => createCloudWatch(cloud, { evaluateEvery_ms: 20 })], { clock: () => now }),
  );
});
afterEach(async () => {
  client.destroy();
  await test.stop();
});

const call = <Out>(service: string, operation: string, input: object) => test.cloud.call<Out>(service, operation, input, test.caller());
const error = (value: number) =>
  test.cloud.putMetric({
    account: ACCOUNT,
    region: REGION,
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensions: { FunctionName: 'f' },
    value,
    unit: 'Count',
  });
const put = (more: object = {}) =>
  client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      AlarmDescription: 'The function fails.',
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: 'f' }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      ...more,
    }),
  );
const alarm = async (name = 'errors') => (await client.send(new DescribeAlarmsCommand({ AlarmNames: [name] }))).MetricAlarms?.[0];
const reaches = (state: string, name?: string) =>
  vi.waitFor(async () => expect((await alarm(name))?.StateValue).toBe(state), { timeout: 15_000, interval: 10 });

/** A queue that gets what the topic is told. */
async function listen(): Promise<() => Promise<{ Subject: string; Message: string }>> {
  await call('sns', 'CreateTopic', { Name: 'told' });
  await call('sqs', 'CreateQueue', {
    QueueName: 'heard',
    Attributes: {
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*' }],
      }),
    },
  });
  await call('sns', 'Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:heard` });
  const QueueUrl = `${test.endpoint}/${ACCOUNT}/heard`;
  return async () => {
    const { Messages = [] } = await call<{ Messages?: { Body: string; ReceiptHandle: string }[] }>('sqs', 'ReceiveMessage', {
      QueueUrl,
      WaitTimeSeconds: 5,
    });
    const [first] = Messages;
    if (first === undefined) throw new Error('nothing was heard');
    await call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle: first.ReceiptHandle });
    return JSON.parse(first.Body) as { Subject: string; Message: string };
  };
}

it('goes off within seconds and is over a period later; the topic, EventBridge and the history are told', async () => {
  const heard = await listen();
  await put();
  await reaches('OK');
  expect(JSON.parse((await heard()).Message)).toMatchObject({ NewStateValue: 'OK', OldStateValue: 'INSUFFICIENT_DATA' });
  now += 60_000;
  error(1);
  error(1);
  await reaches('ALARM');
  const { Subject, Message } = await heard();
  expect(Subject).toBe('ALARM: "errors" in US East (Ohio)');
  expect(JSON.parse(Message)).toEqual({
    AlarmName: 'errors',
    AlarmDescription: 'The function fails.',
    AWSAccountId: ACCOUNT,
    AlarmConfigurationUpdatedTimestamp: '2026-11-22T12:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason:
      'Threshold Crossed: 1 out of the last 1 datapoint [2.0 (22/11/26 12:00:10)] was greater than or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).',
    StateChangeTime: '2026-11-22T12:01:00.000+0000',
    Region: 'US East (Ohio)',
    AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`,
    OldStateValue: 'OK',
    OKActions: [TOPIC],
    AlarmActions: [TOPIC],
    InsufficientDataActions: [],
    Trigger: {
      MetricName: 'Errors',
      Namespace: 'AWS/Lambda',
      StatisticType: 'Statistic',
      Statistic: 'SUM',
      Unit: null,
      Dimensions: [{ value: 'f', name: 'FunctionName' }],
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
      EvaluateLowSampleCountPercentile: '',
    },
  });
  expect(events.at(-1)).toMatchObject({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    detail: { alarmName: 'errors', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
  });
  now += 61_000;
  error(0);
  await reaches('OK');
  expect(JSON.parse((await heard()).Message)).toMatchObject({ NewStateValue: 'OK', OldStateValue: 'ALARM' });
  const { AlarmHistoryItems = [] } = await client.send(
    new DescribeAlarmHistoryCommand({ AlarmName: 'errors', HistoryItemType: 'StateUpdate' }),
  );
  expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm updated from ALARM to OK',
    'Alarm updated from OK to ALARM',
    'Alarm updated from INSUFFICIENT_DATA to OK',
  ]);
});

it('M of N: two breaching periods of three, not one', async () => {
  await put({ EvaluationPeriods: 3, DatapointsToAlarm: 2, AlarmActions: [], OKActions: [] });
  error(5);
  now += 20_000;
  error(5);
  await reaches('OK');
  now += 61_000;
  error(1);
  await reaches('ALARM');
});

it('a topic whose policy does not let it in is not told; the history says so', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  await listen();
  await call('sns', 'SetTopicAttributes', {
    TopicArn: TOPIC,
    AttributeName: 'Policy',
    AttributeValue: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: TOPIC, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    }),
  });
  await put();
  await vi.waitFor(async () => {
    const { AlarmHistoryItems = [] } = await client.send(new DescribeAlarmHistoryCommand({ HistoryItemType: 'Action' }));
    expect(AlarmHistoryItems[0]?.HistorySummary).toBe(`Failed to execute action ${TOPIC}`);
  });
  expect(warn.mock.calls.flat().join(' ')).toContain('AccessDenied');
  warn.mockRestore();
});

it('a state set by hand stays ten seconds, then the metric decides again', async () => {
  await put({ AlarmActions: [], OKActions: [] });
  await reaches('OK');
  await client.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'trying' }));
  expect(await alarm()).toMatchObject({ StateValue: 'ALARM', StateReason: 'trying' });
  now += 9_000;
  await put({ AlarmName: 'later', AlarmActions: [], OKActions: [] });
  await reaches('OK', 'later');
  expect(await alarm()).toMatchObject({ StateValue: 'ALARM' });
  now += 1_000;
  await reaches('OK');
});

it('after a restart it is there, and claims nothing of what it no longer knows', async () => {
  await put({ AlarmActions: [], OKActions: [] });
  error(1);
  await reaches('ALARM');
  client.destroy();
  now += 1;
  await begin(await test.restart());
  expect(await alarm()).toMatchObject({
    Threshold: 1,
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: expect.stringContaining('started again'),
  });
  await reaches('OK');
});

it('watches an expression', async () => {
  const metric = (MetricName: string) => ({
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: [{ Name: 'FunctionName', Value: 'f' }] },
      Period: 60,
      Stat: 'Sum',
    },
    ReturnData: false,
  });
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: 'errors',
      EvaluationPeriods: 1,
      Threshold: 3,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      Metrics: [
        { Id: 'failed', Expression: 'FILL(errors, 0) + FILL(throttles, 0) - FILL(refused, 0)', ReturnData: true },
        { Id: 'errors', ...metric('Errors') },
        { Id: 'throttles', ...metric('Throttles') },
        { Id: 'refused', ...metric('Refused') },
      ],
    }),
  );
  error(2);
  await reaches('OK');
  error(1);
  await reaches('ALARM');
});
