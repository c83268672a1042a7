import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCloudWatch } from '../services/cloudwatch/cloudwatch-service.ts';
import { createSqs } from '../services/sqs/sqs-service.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import { createConsole } from './console-service.ts';
import { alarmDetail, alarmList } from './shapes/alarms.ts';

let test: TestCloud;
beforeAll(async () => {
  // The topic is not there.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  test = await startTestCloud([createConsole, createSqs, (cloud) => createCloudWatch(cloud, { evaluateEvery_ms: 20 })]);
  // Only an account with something in it is looked at.
  await test.cloud.call('sqs', 'CreateQueue', { QueueName: 'any' }, test.caller());
  const common = { EvaluationPeriods: 3, DatapointsToAlarm: 2, Threshold: 3, ComparisonOperator: 'GreaterThanOrEqualToThreshold' };
  const alarms = [
    {
      ...common,
      AlarmName: 'quiet',
      Metrics: [
        { Id: 'twice', Expression: 'm * 2', ReturnData: true },
        { Id: 'm', MetricStat: { Metric: { Namespace: 'Own', MetricName: 'Quiet' }, Period: 300, Stat: 'Sum' }, ReturnData: false },
      ],
    },
    {
      ...common,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      AlarmName: 'loud',
      AlarmDescription: 'People see nothing. What to do: RUNBOOK.md, "Nothing is seen".',
      Namespace: 'Own',
      MetricName: 'Loud',
      Dimensions: [{ Name: 'Kind', Value: 'x' }],
      Statistic: 'Maximum',
      Period: 60,
      AlarmActions: [`arn:aws:sns:${REGION}:${ACCOUNT}:told`],
    },
  ];
  for (const alarm of alarms) await test.cloud.call('monitoring', 'PutMetricAlarm', alarm, test.caller());
  const scope = { account: ACCOUNT, region: REGION };
  test.cloud.putMetric({ ...scope, namespace: 'Own', metricName: 'Loud', dimensions: { Kind: 'x' }, value: 4, unit: 'Count' });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await test.stop();
});

const read = async (path: string) => (await fetch(`${test.endpoint}/_local/api${path}`)).json();

it('shows alarms, first what has gone off, with what is hurt and when they go off', async () => {
  await expect.poll(async () => alarmList.parse(await read('/alarms')).alarms[0]?.state).toBe('alarm');
  const { alarms } = alarmList.parse(await read('/alarms'));
  expect(alarms).toMatchObject([
    {
      name: 'loud',
      hurts: 'People see nothing.',
      runbook: 'Nothing is seen',
      watches: 'Maximum of Loud',
      comparison: '≥',
      threshold: 3,
      tells: ['told'],
    },
    {
      name: 'quiet',
      hurts: '',
      watches: 'm * 2',
      state: 'insufficient_data',
      datapoints: 2,
      periods: 3,
      period_s: 300,
      missing: 'missing',
    },
  ]);
});

it('shows of one the values that it watches and what became of it', async () => {
  await expect.poll(async () => alarmDetail.parse(await read('/alarms/loud')).history.length).toBeGreaterThanOrEqual(3);
  const { values, history, metrics } = alarmDetail.parse(await read('/alarms/loud'));
  expect(values).toHaveLength(36);
  expect(values.filter(({ value }) => value !== null)).toMatchObject([{ value: 4 }]);
  expect(metrics).toEqual([{ id: '', text: 'Maximum of Own Loud', dimensions: { Kind: 'x' } }]);
  expect(history.map(({ summary }) => summary)).toEqual(
    expect.arrayContaining([
      'Alarm "loud" created',
      'Alarm updated from INSUFFICIENT_DATA to ALARM',
      expect.stringContaining('Failed to execute action'),
    ]),
  );
  expect(await read('/alarms/none')).toMatchObject({ error: 'The alarm none is not there (any more).' });
});
