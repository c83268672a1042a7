import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { logStores } from './log-store.ts';
import { createLogs } from './logs-service.ts';
import { MetricFilterStore } from './metric-filter-store.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;
let test: TestCloud;
const call = (operation: string, input: object) => test.cloud.call('logs', operation, input, test.caller());
beforeEach(async () => {
  test = await startTestCloud([createLogs], { clock: () => NOW });
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

function sum(from_ms: number, to_ms: number): number {
  const { database } = logStores(test.cloud)({ account: ACCOUNT, region: REGION });
  return new MetricFilterStore(database).sum('N', 'Quarantined', from_ms, to_ms);
}

it('counts what it matches from its creation on, by the minute of the event', async () => {
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
  expect(sum(0, Number.MAX_SAFE_INTEGER)).toBe(0);
  await call('PutMetricFilter', filter('q', '1'));
  await put(-MINUTE, -1, 0, 1);
  expect([sum(NOW - MINUTE, NOW), sum(NOW, NOW + MINUTE)]).toEqual([2, 2]);
  await call('PutMetricFilter', filter('q', '2.5'));
  await put(0);
  expect(sum(NOW, NOW + MINUTE)).toBe(4.5);
  expect(await call('DescribeLogGroups', {})).toMatchObject({ logGroups: [{ metricFilterCount: 1 }] });
  await call('DeleteMetricFilter', { logGroupName: '/f', filterName: 'q' });
  await put(0);
  expect(sum(NOW, NOW + MINUTE)).toBe(4.5);
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
