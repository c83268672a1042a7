import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { apiDimensions, apiNumber, apiTime_ms, dimensionsOf, invalidParameter, shownDimensions, validationError } from './api-values.ts';
import type { StatisticSet } from './datapoints.ts';
import { checkPeriod, MetricQueries, metricDataQueries } from './metric-queries.ts';
import type { MetricStore, Series } from './metric-store.ts';
import { page } from './pages.ts';
import { STATISTICS, statisticValue } from './statistics.ts';

/** "PutMetricData": at most 1,000 metrics a call, each with at most 150 values. */
const MAX_DATA = 1_000;
const MAX_VALUES = 150;
/** "GetMetricStatistics": at most 1,440 datapoints; "GetMetricData": at most 100,800. */
const MAX_STATISTICS = 1_440;
const MAX_DATAPOINTS = 100_800;
const MAX_LISTED = 500;
const DAY_MS = 24 * 3_600_000;

const namespace = z.string().min(1).max(255).regex(/^[^:]/, { message: 'must not begin with a colon' });
const datum = z.strictObject({
  MetricName: z.string().min(1).max(255),
  Dimensions: apiDimensions,
  Timestamp: apiTime_ms.optional(),
  Value: apiNumber.optional(),
  StatisticValues: z.strictObject({ SampleCount: apiNumber, Sum: apiNumber, Minimum: apiNumber, Maximum: apiNumber }).optional(),
  Values: z.array(apiNumber).max(MAX_VALUES).optional(),
  Counts: z.array(apiNumber).max(MAX_VALUES).optional(),
  Unit: z.string().default('None'),
  /** Values are kept by ten seconds either way. */
  StorageResolution: apiNumber.optional(),
});
type Datum = z.output<typeof datum>;

/** Operations on the values of metrics. Metric streams, dashboards, Contributor Insights and anomaly detection are not carried out. */
export function metricOperations(store: MetricStore, clock: () => number): Record<string, Operation<never, unknown>> {
  return {
    PutMetricData: operation({
      input: z.strictObject({ Namespace: namespace, MetricData: z.array(datum).min(1).max(MAX_DATA) }),
      authorize: (input) => [
        { action: 'cloudwatch:PutMetricData', resource: '*', conditions: { 'cloudwatch:namespace': input.Namespace } },
      ],
      run: (input, context) => {
        if (input.Namespace.startsWith('AWS/')) throw invalidParameter('The value AWS/ for parameter Namespace is invalid.');
        const now = clock();
        for (const one of input.MetricData) put(store, context, input.Namespace, one, now);
      },
    }),

    GetMetricStatistics: operation({
      input: z.strictObject({
        Namespace: z.string().min(1),
        MetricName: z.string().min(1),
        Dimensions: apiDimensions,
        StartTime: apiTime_ms,
        EndTime: apiTime_ms,
        Period: apiNumber,
        Statistics: z.array(z.enum(STATISTICS)).min(1).max(5),
        Unit: z.string().optional(),
      }),
      authorize: () => [{ action: 'cloudwatch:GetMetricStatistics', resource: '*' }],
      run: (input, context) => {
        const { from_ms, end_ms, period_ms, periods } = stretch(input.StartTime, input.EndTime, input.Period);
        if (periods > MAX_STATISTICS)
          throw new AwsError(
            'InvalidParameterCombinationException',
            `You have requested up to ${periods} datapoints, which exceeds the limit of ${MAX_STATISTICS}.`,
          );
        const name = { namespace: input.Namespace, metricName: input.MetricName, dimensions: dimensionsOf(input.Dimensions) };
        const sets = store.periods(context, name, { unit: input.Unit, end_ms, period_ms, periods });
        const Datapoints = sets.toReversed().flatMap((set, index) => {
          if (set === undefined) return [];
          const values = Object.fromEntries(input.Statistics.map((statistic) => [statistic, statisticValue(statistic, set)]));
          return [{ Timestamp: new Date(from_ms + index * period_ms), ...values, Unit: input.Unit ?? unitOf(store, context, name) }];
        });
        return { Label: input.MetricName, Datapoints };
      },
    }),

    GetMetricData: operation({
      input: z.strictObject({
        MetricDataQueries: metricDataQueries.max(500),
        StartTime: apiTime_ms,
        EndTime: apiTime_ms,
        ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
        MaxDatapoints: apiNumber.optional(),
        NextToken: z.string().optional(),
      }),
      authorize: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
      run: (input, context) => {
        if (input.NextToken !== undefined) throw new NotCarriedOut('NextToken of GetMetricData: everything is answered at once');
        const queries = new MetricQueries(input.MetricDataQueries);
        const results = queries.returned.map((query) => {
          const { from_ms, end_ms, period_ms, periods } = stretch(input.StartTime, input.EndTime, queries.period_s(query.Id));
          if (periods > MAX_DATAPOINTS) throw validationError(`The query ${query.Id} asks for more than ${MAX_DATAPOINTS} datapoints`);
          const { values } = queries.values(store, context, query.Id, { end_ms, period_ms, periods });
          const points = values.flatMap((value, index) =>
            value === undefined ? [] : [{ at: new Date(from_ms + (periods - 1 - index) * period_ms), value }],
          );
          if (input.ScanBy === 'TimestampAscending') points.reverse();
          return {
            Id: query.Id,
            Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
            Timestamps: points.map(({ at }) => at),
            Values: points.map(({ value }) => value),
            StatusCode: 'Complete',
          };
        });
        return { MetricDataResults: results, Messages: [] };
      },
    }),

    ListMetrics: operation({
      input: z.strictObject({
        Namespace: z.string().optional(),
        MetricName: z.string().optional(),
        Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string().optional() })).default([]),
        /** All that is kept is of the last three hours. */
        RecentlyActive: z.literal('PT3H').optional(),
        NextToken: z.string().optional(),
      }),
      authorize: () => [{ action: 'cloudwatch:ListMetrics', resource: '*' }],
      run: (input, context) => {
        const found = store
          .list(context)
          .filter((series) => input.Namespace === undefined || series.namespace === input.Namespace)
          .filter((series) => input.MetricName === undefined || series.metricName === input.MetricName)
          .filter(({ dimensions }) =>
            input.Dimensions.every(
              ({ Name, Value }) => Object.hasOwn(dimensions, Name) && (Value === undefined || dimensions[Name] === Value),
            ),
          );
        const { items, NextToken } = page(found, keyOf, MAX_LISTED, input.NextToken);
        const Metrics = items.map((series) => ({
          Namespace: series.namespace,
          MetricName: series.metricName,
          Dimensions: shownDimensions(series.dimensions),
        }));
        return { Metrics, NextToken };
      },
    }),
  };
}

function keyOf({ namespace, metricName, dimensions }: Series): string {
  return JSON.stringify([namespace, metricName, dimensions]);
}

/** Whole periods: the first begins at or before `from_ms`, the last holds what lies before `to_ms`. Throws what both reading operations throw. */
function stretch(
  from_ms: number,
  to_ms: number,
  period_s: number,
): { from_ms: number; end_ms: number; period_ms: number; periods: number } {
  checkPeriod(period_s);
  if (from_ms >= to_ms) throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  const period_ms = period_s * 1000;
  const begin_ms = Math.floor(from_ms / period_ms) * period_ms;
  const periods = Math.ceil((to_ms - begin_ms) / period_ms);
  return { from_ms: begin_ms, end_ms: begin_ms + periods * period_ms, period_ms, periods };
}

/** "PutMetricData": one of Value, StatisticValues and Values; not more than two weeks old and not more than two hours ahead. */
function put(store: MetricStore, context: CallContext, namespace: string, one: Datum, now: number): void {
  const name = { namespace, metricName: one.MetricName, dimensions: dimensionsOf(one.Dimensions) };
  const { Timestamp: at = now, Value, StatisticValues: set, Values } = one;
  if ([Value, set, Values].filter((given) => given !== undefined).length !== 1)
    throw new AwsError(
      'InvalidParameterCombinationException',
      `The parameters MetricData.member.Value, Values and StatisticValues are mutually exclusive and one of them is needed: ${one.MetricName}`,
    );
  if (at < now - 14 * DAY_MS || at > now + 2 * 3_600_000)
    throw invalidParameter('The parameter MetricData.member.Timestamp must be within the last two weeks and the next two hours.');
  for (const values of setsOf(one)) store.put(context, name, one.Unit, values, at);
}

function setsOf({ Value, StatisticValues: set, Values = [], Counts }: Datum): StatisticSet[] {
  if (Value !== undefined) return [{ count: 1, sum: Value, minimum: Value, maximum: Value }];
  if (set !== undefined) return [{ count: set.SampleCount, sum: set.Sum, minimum: set.Minimum, maximum: set.Maximum }];
  if (Counts !== undefined && Counts.length !== Values.length)
    throw invalidParameter('The parameters MetricData.member.Values and MetricData.member.Counts must be of the same size.');
  return Values.map((value, index) => {
    const count = Counts?.[index] ?? 1;
    return { count, sum: value * count, minimum: value, maximum: value };
  });
}

function unitOf(
  store: MetricStore,
  context: CallContext,
  { namespace, metricName, dimensions }: Pick<Series, 'namespace' | 'metricName' | 'dimensions'>,
): string {
  const wanted = JSON.stringify([namespace, metricName, dimensions]);
  const series = store.list(context).find((one) => keyOf(one) === wanted);
  return [...(series?.byUnit.keys() ?? [])][0] ?? 'None';
}
