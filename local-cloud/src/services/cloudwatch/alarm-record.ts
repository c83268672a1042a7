import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import { apiBoolean, apiDimensions, apiNumber, validationError } from './api-values.ts';
import { checkPeriod, MetricQueries, metricDataQueries } from './metric-queries.ts';
import { STATISTICS } from './statistics.ts';

/** "Metric alarm states". */
export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmStateValue = (typeof ALARM_STATES)[number];

export const COMPARISONS = {
  GreaterThanOrEqualToThreshold: { holds: (value: number, threshold: number) => value >= threshold, words: 'greater than or equal to' },
  GreaterThanThreshold: { holds: (value: number, threshold: number) => value > threshold, words: 'greater than' },
  LessThanThreshold: { holds: (value: number, threshold: number) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: { holds: (value: number, threshold: number) => value <= threshold, words: 'less than or equal to' },
} as const;
export type Comparison = keyof typeof COMPARISONS;

/** At most 5 actions a state; "PutMetricAlarm". */
const actions = z.array(z.string().min(1).max(1024)).max(5).default([]);

/** What PutMetricAlarm takes, but tags. Anomaly detection bands, percentiles and EvaluationCriteria are refused by their names. */
export const alarmSettings = z.strictObject({
  AlarmName: z.string().min(1).max(255),
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: apiBoolean.default(true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Namespace: z.string().min(1).max(255).optional(),
  MetricName: z.string().min(1).max(255).optional(),
  Statistic: z.enum(STATISTICS).optional(),
  Dimensions: apiDimensions,
  Period: apiNumber.optional(),
  Unit: z.string().optional(),
  Metrics: metricDataQueries.optional(),
  EvaluationPeriods: apiNumber.pipe(z.int().min(1)),
  DatapointsToAlarm: apiNumber.pipe(z.int().min(1)).optional(),
  Threshold: apiNumber,
  ComparisonOperator: z.string(),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
});
export type AlarmSettings = z.output<typeof alarmSettings>;

export interface AlarmState {
  readonly value: AlarmStateValue;
  readonly reason: string;
  /** JSON. */
  readonly reasonData?: string | undefined;
  /** ms since 1970. */
  readonly updated_ms: number;
  readonly transitioned_ms: number;
}

export interface Alarm {
  readonly arn: string;
  readonly settings: AlarmSettings;
  /** When the settings were put last, ms since 1970. */
  readonly configured_ms: number;
  readonly state: AlarmState;
  readonly tags: Readonly<Record<string, string>>;
}

/** What an alarm watches: the query whose values are held against the threshold. */
export interface Watched {
  readonly queries: MetricQueries;
  readonly id: string;
  readonly period_s: number;
}

/** "CloudWatch quotas": the evaluation interval is at most a day, a week with periods of an hour and more. */
const LONGEST_INTERVAL_S = 24 * 3600;

/** `arn:aws:cloudwatch:<region>:<account>:alarm:<name>` */
export function alarmArn({ account, region }: Scope, name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** Compiles what an alarm watches. Throws what PutMetricAlarm throws for settings that don't fit together, NotCarriedOut by name. */
export function watchedBy(settings: AlarmSettings): Watched {
  const { Metrics, MetricName, Namespace, Statistic, Period, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = settings;
  if (!Object.hasOwn(COMPARISONS, settings.ComparisonOperator))
    throw new NotCarriedOut(`the comparison ${settings.ComparisonOperator} of alarms: only ${Object.keys(COMPARISONS).join(', ')}`);
  if (DatapointsToAlarm > EvaluationPeriods) throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods');
  for (const action of [...settings.AlarmActions, ...settings.OKActions, ...settings.InsufficientDataActions]) {
    if (!/^arn:aws:sns:[a-z0-9-]+:\d{12}:[\w-]+$/.test(action))
      throw new NotCarriedOut(`the action "${action}" of an alarm: only topics of SNS are told`);
  }
  const watched = Metrics === undefined ? single() : expression(Metrics);
  if (watched.period_s * EvaluationPeriods > LONGEST_INTERVAL_S)
    throw validationError('Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)');
  return watched;

  function single(): Watched {
    if (MetricName === undefined || Namespace === undefined || Period === undefined)
      throw validationError('An alarm must have Metrics, or MetricName, Namespace and Period');
    if (Statistic === undefined) throw validationError('An alarm on a metric must have a Statistic');
    checkPeriod(Period);
    const Metric = { Namespace, MetricName, Dimensions: settings.Dimensions };
    const query = { Id: 'm1', MetricStat: { Metric, Period, Stat: Statistic, Unit: settings.Unit }, ReturnData: true };
    return { queries: new MetricQueries([query]), id: 'm1', period_s: Period };
  }

  function expression(list: NonNullable<typeof Metrics>): Watched {
    if (MetricName !== undefined || Namespace !== undefined || Statistic !== undefined || Period !== undefined)
      throw validationError('Metrics cannot be used together with MetricName, Namespace, Statistic and Period');
    if (list.length > 20 || list.filter(({ MetricStat }) => MetricStat !== undefined).length > 10)
      throw validationError('Metrics must have at most 20 items, of which 10 are metrics');
    const queries = new MetricQueries(list);
    const [returned, ...others] = queries.returned;
    if (returned === undefined || others.length > 0) throw validationError('Exactly one element of the metrics list should return data.');
    const period_s = queries.period_s(returned.Id);
    if (list.some(({ MetricStat }) => MetricStat !== undefined && MetricStat.Period !== period_s))
      throw validationError('Period must be the same for all metrics of an alarm');
    checkPeriod(period_s);
    return { queries, id: returned.Id, period_s };
  }
}
