import { HurtAlarm, type ServiceFunction } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { failedMessage } from '../src/people/sign-in-refused.ts';

export interface InfraAlarmsProps {
  readonly table: Table;
  readonly deviceEvents: ITopic;
  readonly addClaims: ServiceFunction;
  /** Told when an alarm goes off and when it is over. */
  readonly topic: ITopic;
}

/** What the person on call is told about what all repos share. What one repo alone uses has its alarms there. */
export class InfraAlarms extends Construct {
  constructor(scope: Construct, id: string, { table, deviceEvents, addClaims, topic }: InfraAlarmsProps) {
    super(scope, id);
    const period = Duration.minutes(5);
    new HurtAlarm(this, 'TableThrottled', {
      hurts: 'The table turns writes away: status documents and events come late, and those tried too often are lost.',
      runbook: 'The table turns writes away',
      metric: table.metric('WriteThrottleEvents', { period, statistic: 'Sum' }),
      threshold: 10,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      topic,
    });
    new HurtAlarm(this, 'FunctionsThrottled', {
      hurts:
        'Lambda turns calls away, of whichever function: status documents come late and Particle slows the whole fleet down, people see errors or do not get in.',
      runbook: 'Functions are throttled',
      // All functions of the account share what may run at once, so one alarm for all says as much as one for each.
      metric: new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', period, statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      topic,
    });
    new HurtAlarm(this, 'DeviceEventsUndelivered', {
      hurts: 'Events of devices do not reach those who listen: the history, and whatever acts on them, does not know what happened.',
      runbook: 'Device events are not delivered',
      metric: deviceEvents.metricNumberOfNotificationsFailed({ period, statistic: 'Sum' }),
      threshold: 1,
      topic,
    });
    const failures = this.failuresOf(addClaims, period);
    new HurtAlarm(this, 'SignInFails', {
      hurts: 'Nobody can sign in, and who is signed in is thrown out within the hour.',
      runbook: 'Nobody can sign in',
      metric: failures,
      threshold: 3,
      topic,
    });
    addClaims.shifted.takenBackOn(failures);
  }

  /**
   * Calls of the trigger that failed: what it logs of them, and what Lambda itself logs of one that ran out of time or whose environment ended. Lambda's own metric Errors also counts the
   * people who were refused, since that is how a trigger refuses. Without a default value, so that the metric is paid for by the hours in which something was counted.
   */
  private failuresOf({ logGroup }: ServiceFunction, period: Duration): Metric {
    const failed = new MetricFilter(this, 'SignInFailuresFilter', {
      logGroup,
      filterPattern: FilterPattern.literal(
        `{ $.message = "${failedMessage}" || $.record.status = "timeout" || $.record.status = "failure" }`,
      ),
      metricNamespace: 'ENStratus/Infra',
      metricName: 'SignInFailures',
      metricValue: '1',
    });
    return failed.metric({ period, statistic: 'Sum' });
  }
}
