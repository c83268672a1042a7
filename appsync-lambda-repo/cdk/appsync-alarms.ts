import { HurtAlarm, type HurtAlarmProps, type ServiceFunction } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import type { GraphqlApi } from 'aws-cdk-lib/aws-appsync';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface AppsyncAlarmsProps {
  readonly alarmsTopicArn: string;
  readonly api: GraphqlApi;
  readonly answerQuery: ServiceFunction;
  readonly watchDevice: ServiceFunction;
}

const fiveMinutes = Duration.minutes(5);

/**
 * What is the system's fault: what the functions log as failed or not understood, and what Lambda itself logs of an invocation that ran out of time or whose
 * environment ended. Lambda's own metric Errors also counts refused arguments, so that anybody who is signed in could wake somebody up.
 */
const failures = FilterPattern.literal(
  '{ $.message = "operation failed" || $.message = "item not understood" || $.record.status = "timeout" || $.record.status = "failure" }',
);

/** What the person on call is told about the GraphQL API, and no more. */
export class AppsyncAlarms extends Construct {
  constructor(scope: Construct, id: string, { alarmsTopicArn, api, answerQuery, watchDevice }: AppsyncAlarmsProps) {
    super(scope, id);
    const topic = Topic.fromTopicArn(this, 'Topic', alarmsTopicArn);
    const twiceInAQuarter = { evaluationPeriods: 3, datapointsToAlarm: 2 };
    const alarm = (alarmId: string, props: Omit<HurtAlarmProps, 'topic'>) => new HurtAlarm(this, alarmId, { topic, ...props });

    alarm('ApiErrors', {
      hurts: 'AppSync itself answers requests of the dashboard with errors: people see nothing or old figures.',
      runbook: 'The API answers with errors',
      metric: new Metric({
        namespace: 'AWS/AppSync',
        metricName: '5XXError',
        dimensionsMap: { GraphQLAPIId: api.apiId },
        period: fiveMinutes,
        statistic: 'Sum',
      }),
      threshold: 3,
      ...twiceInAQuarter,
    });
    alarm('QueriesFail', {
      hurts: 'Queries of the dashboard fail: people do not see their devices, or not all of them.',
      runbook: 'Queries fail',
      metric: this.counted('QueryFailures', answerQuery),
      threshold: 3,
      ...twiceInAQuarter,
    });
    alarm('WatchingFails', {
      hurts: 'Pages of devices cannot be watched: they show new figures only when they are loaded again.',
      runbook: 'Watching a device fails',
      metric: this.counted('WatchFailures', watchDevice),
      threshold: 3,
      ...twiceInAQuarter,
    });
  }

  /** Failures in the function's log, which also take a new version of it back. Without a default value, so that the metric is paid for by the hours in which something failed. */
  private counted(metricName: string, source: ServiceFunction): IMetric {
    const filter = new MetricFilter(this, `${metricName}Filter`, {
      logGroup: source.logGroup,
      filterPattern: failures,
      metricNamespace: 'ENStratus/Appsync',
      metricName,
      metricValue: '1',
    });
    const metric = filter.metric({ period: fiveMinutes, statistic: 'Sum' });
    source.shifted.takenBackOn(metric);
    return metric;
  }
}
