import { z } from 'zod';
import type { AlarmDetail, AlarmList, AlarmSummary } from '../shapes/alarms.ts';
import { notFound } from './api-error.ts';
import { type Look, route } from './route.ts';

interface MetricStat {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly { Name: string; Value: string }[];
  };
  readonly Period: number;
  readonly Stat: string;
}

interface MetricAlarm {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly AlarmDescription?: string;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly StateReason: string;
  readonly StateTransitionedTimestamp: Date;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions: readonly { Name: string; Value: string }[];
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly { Id: string; Expression?: string; Label?: string; MetricStat?: MetricStat; ReturnData?: boolean }[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: string;
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
}

const SIGNS: Readonly<Record<string, AlarmSummary['comparison']>> = {
  GreaterThanOrEqualToThreshold: '≥',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
};
const STATES = { OK: 'ok', ALARM: 'alarm', INSUFFICIENT_DATA: 'insufficient_data' } as const;
/** What has gone off is read first, what nothing is known of next. */
const ORDER = ['alarm', 'insufficient_data', 'ok'];
/** So many periods are drawn, as far as values are kept. */
const SHOWN_PERIODS = 36;
const stateData = z.object({ newState: z.object({ stateReason: z.string() }) });
const actionData = z.object({ error: z.string() });

/** Alarms with their state, first those that have gone off; of one also the values that it watches, and what became of it. */
export const alarmRoutes = [
  route({
    pattern: '/alarms',
    handle: async (look): Promise<AlarmList> => {
      const alarms = await Promise.all((await allAlarms(look)).map((alarm) => summary(look, alarm)));
      return { alarms: alarms.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name)) };
    },
  }),
  route({
    pattern: '/alarms/:name',
    handle: async (look, { params }): Promise<AlarmDetail> => {
      const AlarmNames = [params['name'] ?? ''];
      const { MetricAlarms } = await look.call<{ MetricAlarms: MetricAlarm[] }>('monitoring', 'DescribeAlarms', { AlarmNames });
      const [alarm] = MetricAlarms;
      if (alarm === undefined) throw notFound(`The alarm ${params['name']}`);
      const shown = await summary(look, alarm);
      return { ...shown, metrics: metricsOf(alarm), values: await valuesOf(look, alarm, shown), history: await historyOf(look, alarm) };
    },
  }),
];

async function allAlarms(look: Look): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const page: { MetricAlarms: MetricAlarm[]; NextToken?: string } = await look.call('monitoring', 'DescribeAlarms', {
      MaxRecords: 100,
      NextToken,
    });
    found.push(...page.MetricAlarms);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

async function summary(look: Look, alarm: MetricAlarm): Promise<AlarmSummary> {
  const ResourceARN = alarm.AlarmArn;
  const { Tags } = await look.call<{ Tags: { Key: string; Value: string }[] }>('monitoring', 'ListTagsForResource', { ResourceARN });
  const stack = Tags.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
  // Every alarm of this system says what is hurt, and where it is written what to do.
  const [, hurts, runbook] = /^(.*?) What to do: RUNBOOK\.md, "(.+)"\.$/s.exec(alarm.AlarmDescription ?? '') ?? [];
  const period_s = alarm.Period ?? alarm.Metrics?.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period ?? 60;
  return {
    name: alarm.AlarmName,
    ...(stack === undefined ? {} : { stack }),
    hurts: hurts ?? alarm.AlarmDescription ?? '',
    ...(runbook === undefined ? {} : { runbook }),
    state: STATES[alarm.StateValue],
    reason: alarm.StateReason,
    since: alarm.StateTransitionedTimestamp.toISOString(),
    watches: watchedBy(alarm),
    comparison: SIGNS[alarm.ComparisonOperator] ?? '≥',
    threshold: alarm.Threshold,
    datapoints: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
    periods: alarm.EvaluationPeriods,
    period_s,
    missing: alarm.TreatMissingData ?? 'missing',
    tells: [...new Set([...alarm.AlarmActions, ...alarm.OKActions])].map((arn) => arn.slice(arn.lastIndexOf(':') + 1)),
  };
}

function watchedBy({ Metrics, Statistic, MetricName }: MetricAlarm): string {
  const returned = Metrics?.find(({ ReturnData }) => ReturnData !== false);
  if (returned === undefined) return `${Statistic} of ${MetricName}`;
  if (returned.MetricStat !== undefined) return `${returned.MetricStat.Stat} of ${returned.MetricStat.Metric.MetricName}`;
  return returned.Label ?? returned.Expression ?? returned.Id;
}

function metricsOf(alarm: MetricAlarm): AlarmDetail['metrics'] {
  const byName = (list: readonly { Name: string; Value: string }[]) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]));
  if (alarm.Metrics === undefined)
    return [{ id: '', text: `${alarm.Statistic} of ${alarm.Namespace} ${alarm.MetricName}`, dimensions: byName(alarm.Dimensions) }];
  return alarm.Metrics.map(({ Id, Expression, MetricStat }) => {
    if (MetricStat === undefined) return { id: Id, text: Expression ?? '', dimensions: {} };
    const { Namespace, MetricName, Dimensions } = MetricStat.Metric;
    return { id: Id, text: `${MetricStat.Stat} of ${Namespace} ${MetricName}`, dimensions: byName(Dimensions) };
  });
}

async function valuesOf(look: Look, alarm: MetricAlarm, { period_s }: AlarmSummary): Promise<AlarmDetail['values']> {
  const { Namespace, MetricName, Dimensions, Statistic: Stat, Metrics } = alarm;
  const returned = Metrics?.find(({ ReturnData }) => ReturnData !== false)?.Id ?? 'm1';
  const single = [{ Id: 'm1', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: period_s, Stat } }];
  const period_ms = period_s * 1000;
  // Whole periods, the last of them the one that goes on.
  const end_ms = (Math.floor(look.cloud.clock() / period_ms) + 1) * period_ms;
  const from_ms = end_ms - SHOWN_PERIODS * period_ms;
  const { MetricDataResults } = await look.call<{ MetricDataResults: { Id: string; Timestamps: Date[]; Values: number[] }[] }>(
    'monitoring',
    'GetMetricData',
    { MetricDataQueries: Metrics ?? single, StartTime: new Date(from_ms), EndTime: new Date(end_ms) },
  );
  const found = MetricDataResults.find(({ Id }) => Id === returned);
  const byTime = new Map(found?.Timestamps.map((time, index) => [time.getTime(), found.Values[index]]));
  return Array.from({ length: SHOWN_PERIODS }, (_, index) => {
    const from = from_ms + index * period_ms;
    return { from: new Date(from).toISOString(), value: byTime.get(from) ?? null };
  });
}

interface HistoryItem {
  readonly Timestamp: Date;
  readonly HistoryItemType: string;
  readonly HistorySummary: string;
  readonly HistoryData: string;
}

async function historyOf(look: Look, { AlarmName }: MetricAlarm): Promise<AlarmDetail['history']> {
  const { AlarmHistoryItems } = await look.call<{ AlarmHistoryItems: HistoryItem[] }>('monitoring', 'DescribeAlarmHistory', { AlarmName });
  return AlarmHistoryItems.map(({ Timestamp, HistoryItemType, HistorySummary, HistoryData }) => {
    const data: unknown = JSON.parse(HistoryData);
    const reason = stateData.safeParse(data).data?.newState.stateReason ?? actionData.safeParse(data).data?.error;
    return { at: Timestamp.toISOString(), type: HistoryItemType, summary: HistorySummary, ...(reason === undefined ? {} : { reason }) };
  });
}
