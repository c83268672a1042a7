import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import type { Scope } from '../../kernel/service.ts';
import type { Alarm, AlarmState, AlarmStateValue } from './alarm-record.ts';
import type { shownDimensions } from './api-values.ts';
import { longTime } from './state-reason.ts';

/** How AWS calls the regions of these accounts in a notification; another region by its code. */
const REGION_NAMES: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-west-1': 'EU (Ireland)',
};

export function actionsFor({ settings }: Alarm, state: AlarmStateValue): readonly string[] {
  if (!settings.ActionsEnabled) return [];
  if (state === 'ALARM') return settings.AlarmActions;
  return state === 'OK' ? settings.OKActions : settings.InsufficientDataActions;
}

/** Tells a topic of a change of state, as the CloudWatch service: the topic's own policy must let it in. Answers why it didn't take it. */
export async function tellTopic(
  cloud: Cloud,
  scope: Scope,
  topicArn: string,
  alarm: Alarm,
  old: AlarmState,
): Promise<AwsError | undefined> {
  try {
    await cloud.call(
      'sns',
      'Publish',
      { TopicArn: topicArn, Subject: subjectOf(alarm, scope), Message: JSON.stringify(notification(alarm, old, scope)) },
      { ...scope, principal: servicePrincipal('cloudwatch.amazonaws.com', scope.account, alarm.arn) },
    );
    return undefined;
  } catch (error) {
    return error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  }
}

/** SNS takes at most 100 characters of ASCII ("Publish", Subject). */
function subjectOf({ settings, state }: Alarm, { region }: Scope): string {
  const text = `${state.value}: "${settings.AlarmName}" in ${REGION_NAMES[region] ?? region}`;
  return text.replace(/[^ -~]/g, '?').slice(0, 100);
}

/** The message of a notification ("Notifying users on alarm changes"; the form is that of messages that AWS has sent). */
function notification(alarm: Alarm, old: AlarmState, { account, region }: Scope): Record<string, unknown> {
  const { settings, state } = alarm;
  return {
    AlarmName: settings.AlarmName,
    AlarmDescription: settings.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: longTime(alarm.configured_ms),
    NewStateValue: state.value,
    NewStateReason: state.reason,
    StateChangeTime: longTime(state.updated_ms),
    Region: REGION_NAMES[region] ?? region,
    AlarmArn: alarm.arn,
    OldStateValue: old.value,
    OKActions: settings.OKActions,
    AlarmActions: settings.AlarmActions,
    InsufficientDataActions: settings.InsufficientDataActions,
    Trigger: trigger(alarm),
  };
}

/** Dimensions are written small in there. */
function trigger({ settings }: Alarm): Record<string, unknown> {
  const small = (dimensions: readonly { Name: string; Value: string }[]) =>
    dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
  const common = {
    Period: settings.Period,
    EvaluationPeriods: settings.EvaluationPeriods,
    DatapointsToAlarm: settings.DatapointsToAlarm,
    ComparisonOperator: settings.ComparisonOperator,
    Threshold: settings.Threshold,
    TreatMissingData: settings.TreatMissingData ?? 'missing',
    EvaluateLowSampleCountPercentile: '',
  };
  if (settings.Metrics === undefined)
    return {
      MetricName: settings.MetricName,
      Namespace: settings.Namespace,
      StatisticType: 'Statistic',
      Statistic: settings.Statistic?.toUpperCase(),
      Unit: settings.Unit ?? null,
      Dimensions: small(settings.Dimensions),
      ...common,
    };
  return {
    ...common,
    Metrics: settings.Metrics.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
      Id,
      ...(Expression === undefined ? {} : { Expression }),
      ...(Label === undefined ? {} : { Label }),
      ...(MetricStat === undefined
        ? {}
        : { MetricStat: { ...MetricStat, Metric: { ...MetricStat.Metric, Dimensions: small(MetricStat.Metric.Dimensions) } } }),
      ReturnData: ReturnData ?? true,
    })),
  };
}

/** Tells EventBridge ("Alarm events and EventBridge"). */
export function emitStateChange(cloud: Cloud, scope: Scope, alarm: Alarm, old: AlarmState): void {
  cloud.emitEvent({
    account: scope.account,
    region: scope.region,
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.settings.AlarmName,
      state: eventState(alarm.state),
      previousState: eventState(old),
      configuration: {
        ...(alarm.settings.AlarmDescription === undefined ? {} : { description: alarm.settings.AlarmDescription }),
        metrics: eventMetrics(alarm),
      },
    },
  });
}

function eventState({ value, reason, reasonData, updated_ms }: AlarmState): Record<string, unknown> {
  return { value, reason, ...(reasonData === undefined ? {} : { reasonData }), timestamp: longTime(updated_ms) };
}

function eventMetrics({ settings }: Alarm): unknown[] {
  const stat = (namespace = '', name = '', dimensions: AlarmDimensions = [], period = 0, statistic = '') => ({
    metric: { namespace, name, dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])) },
    period,
    stat: statistic,
  });
  if (settings.Metrics === undefined)
    return [
      {
        id: 'm1',
        metricStat: stat(settings.Namespace, settings.MetricName, settings.Dimensions, settings.Period, settings.Statistic),
        returnData: true,
      },
    ];
  return settings.Metrics.map(({ Id, Expression, Label, MetricStat, ReturnData }) => ({
    id: Id,
    ...(Expression === undefined ? {} : { expression: Expression }),
    ...(Label === undefined ? {} : { label: Label }),
    ...(MetricStat === undefined
      ? {}
      : {
          metricStat: stat(
            MetricStat.Metric.Namespace,
            MetricStat.Metric.MetricName,
            MetricStat.Metric.Dimensions,
            MetricStat.Period,
            MetricStat.Stat,
          ),
        }),
    returnData: ReturnData ?? true,
  }));
}

type AlarmDimensions = ReturnType<typeof shownDimensions>;
