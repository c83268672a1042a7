import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MetricValue } from '../../kernel/metric.ts';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createLogs } from './logs-service.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
let test: TestCloud;
let told: MetricValue[];
const call = (operation: string, input: object) => test.cloud.call('logs', operation, input, test.caller());
beforeEach(async () => {
  test = await startTestCloud([createLogs], { clock: () => NOW });
  told = [];
  test.cloud.onMetric((metric) => told.push(metric));
  await call('CreateLogGroup', { logGroupName: '/f' });
  await call('CreateLogStream', { logGroupName: '/f', logStreamName: 's' });
});
afterEach(() => test.stop());

const filter = (filterName: string, metricValue: string) => ({
  logGroupName: '/f',
  filterName,
  filterPattern: '{ $.message = "document quarantined" }',
  metricTransformations: [{ metricName: 'Quarantined', metricNamespace: 'N', metricValue }],
});

it('tells what it matches from its creation on, at the time of the event', async () => {
  const put = (...offsets: number[]) =>
    call('PutLogEvents', {
      logGroupName: '/f',
      logStreamName: 's',
      logEvents: offsets.flatMap((offset) => [
        { timestamp: NOW + offset, message: '{"message":"document quarantined"}' },
        { timestamp: NOW + offset, message: '{"message":"stored"}' },
      ]),
    });
  await put(0);
  expect(told).toEqual([]);
  await call('PutMetricFilter', filter('q', '1'));
  await put(-MINUTE, -1, 0, 1);
  const metric = { account: ACCOUNT, region: REGION, namespace: 'N', metricName: 'Quarantined', dimensions: {}, unit: 'None', value: 1 };
  expect(told).toEqual([-MINUTE, -1, 0, 1].map((offset) => ({ ...metric, at_ms: NOW + offset })));
  await call('PutMetricFilter', filter('q', '2.5'));
  await put(0);
  expect(told.slice(4)).toEqual([{ ...metric, value: 2.5, at_ms: NOW }]);
  expect(await call('DescribeLogGroups', {})).toMatchObject({ logGroups: [{ metricFilterCount: 1 }] });
  await call('DeleteMetricFilter', { logGroupName: '/f', filterName: 'q' });
  await put(0);
  expect(told).toHaveLength(5);
});

it('is found by group and prefix, and by its metric', async () => {
  await call('PutMetricFilter', filter('a1', '1'));
  await call('PutMetricFilter', filter('b1', '1'));
  const names = async (input: object) =>
    ((await call('DescribeMetricFilters', input)) as { metricFilters: { filterName: string }[] }).metricFilters.map(
      ({ filterName }) => filterName,
    );
  expect(await names({ logGroupName: '/f', filterNamePrefix: 'b' })).toEqual(['b1']);
  expect(await names({ metricName: 'Quarantined', metricNamespace: 'N' })).toEqual(['a1', 'b1']);
  expect(await names({ metricName: 'Quarantined', metricNamespace: 'M' })).toEqual([]);
});

it.each([
  ['a value from the event', { ...filter('q', '$.size') }, 'NotCarriedOut'],
  ['a pattern that is none', { ...filter('q', '1'), filterPattern: '{' }, 'InvalidParameterException'],
  ['an unknown group', { ...filter('q', '1'), logGroupName: '/none' }, 'ResourceNotFoundException'],
  [
    'dimensions',
    { ...filter('q', '1'), metricTransformations: [{ ...filter('q', '1').metricTransformations[0], dimensions: {} }] },
    'NotCarriedOut',
  ],
])('refuses %s', async (_name, input, code) => {
  await expect(call('PutMetricFilter', input)).rejects.toMatchObject({ code });
});
