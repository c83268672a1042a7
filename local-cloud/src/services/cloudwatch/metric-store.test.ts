import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BUCKET_MS, Datapoints, KEPT_MS } from './datapoints.ts';
import { MetricStore } from './metric-store.ts';

const SCOPE = { account: '1', region: 'r' };
const one = (value: number) => ({ count: 1, sum: value, minimum: value, maximum: value });

it('sums up by period what came in it, in whatever order', () => {
  const point = fc.record({ at: fc.integer({ min: 0, max: 40 }), value: fc.integer({ min: -5, max: 5 }) });
  const options = fc.record({
    points: fc.array(point, { maxLength: 60 }),
    end: fc.integer({ min: 0, max: 40 }),
    period: fc.integer({ min: 1, max: 7 }),
  });
  fc.assert(
    fc.property(options, ({ points, end, period }) => {
      const kept = new Datapoints();
      for (const { at, value } of points) kept.add(at * BUCKET_MS + 1, 1, value, value, value);
      const expected = Array.from({ length: 4 }, (_, index) => {
        const within = points.filter(({ at }) => at < end - index * period && at >= end - (index + 1) * period).map(({ value }) => value);
        if (within.length === 0) return undefined;
        return {
          count: within.length,
          sum: within.reduce((sum, value) => sum + value, 0),
          minimum: Math.min(...within),
          maximum: Math.max(...within),
        };
      });
      expect(kept.periods(end * BUCKET_MS, period * BUCKET_MS, 4)).toEqual(expected);
    }),
  );
});

it('holds hours and no more', () => {
  const kept = new Datapoints();
  const days = (3 * 24 * 3_600_000) / BUCKET_MS;
  for (let bucket = 0; bucket < days; bucket += 1) kept.add(bucket * BUCKET_MS, 1, 1, 1, 1);
  const [all] = kept.periods(days * BUCKET_MS, days * BUCKET_MS, 1);
  expect(all?.count).toBeGreaterThanOrEqual(KEPT_MS / BUCKET_MS);
  expect(all?.count).toBeLessThan((2 * KEPT_MS) / BUCKET_MS);
});

it('a metric is its names and dimensions, in whatever order these stand', () => {
  const store = new MetricStore(() => 0);
  const metric = { namespace: 'N', metricName: 'M' };
  store.put(SCOPE, { ...metric, dimensions: { A: '1', B: '2' } }, 'Count', one(1), 0);
  store.put(SCOPE, { ...metric, dimensions: { B: '2', A: '1' } }, 'Bytes', one(2), 0);
  store.put(SCOPE, { ...metric, dimensions: { A: '1' } }, 'Count', one(4), 0);
  store.put({ ...SCOPE, region: 's' }, { ...metric, dimensions: { A: '1', B: '2' } }, 'Count', one(8), 0);
  const sum = (unit?: string) =>
    store.periods(SCOPE, { ...metric, dimensions: { B: '2', A: '1' } }, { unit, end_ms: BUCKET_MS, period_ms: BUCKET_MS, periods: 1 })[0]
      ?.sum;
  expect([sum(), sum('Count'), sum('Bytes'), sum('None')]).toEqual([3, 1, 2, undefined]);
});

it('the metric that was written longest ago makes room, and comes again when it is written', () => {
  let now = 0;
  const store = new MetricStore(() => now);
  const own = { A: '1' };
  const others = { A: '2' };
  const put = (metricName: string, dimensions = others) => store.put(SCOPE, { namespace: 'N', metricName, dimensions }, 'Count', one(1));
  put('first', own);
  for (let index = 0; index < 5_000; index += 1) {
    now += 1;
    put(`M${index}`);
  }
  const names = () => store.list(SCOPE).map(({ metricName }) => metricName);
  expect([names().length, names().includes('first')]).toEqual([5_000, false]);
  put('first', own);
  expect([names().length, names().includes('first'), names().includes('M0')]).toEqual([5_000, true, false]);
  now += KEPT_MS + 1;
  expect(names()).toEqual([]);
});
