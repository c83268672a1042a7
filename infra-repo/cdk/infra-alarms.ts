import { HurtAlarm, type ServiceFunction } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { refusedMessage } from '../src/people/sign-in-refused.ts';

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
    new HurtAlarm(this, 'DeviceEventsUndelivered', {
      hurts: 'Events of devices do not reach those who listen: the history, and whatever acts on them, does not know what happened.',
      runbook: 'Device events are not delivered',
      metric: deviceEvents.metricNumberOfNotificationsFailed({ period, statistic: 'Sum' }),
      threshold: 1,
      topic,
    });
    const { alarm: signInFails } = new HurtAlarm(this, 'SignInFails', {
      hurts: 'Nobody can sign in, and who is signed in is thrown out within the hour.',
      runbook: 'Nobody can sign in',
      metric: this.failuresOf(addClaims, period),
      threshold: 3,
      topic,
    });
    addClaims.shifted.takenBackBy(signInFails);
  }

  /**
   * Calls of the trigger that failed or were turned away. It refuses people by failing, and those are no failure: they are counted in its log and taken off. A
   * metric filter without a default value is paid for by the hours in which something was counted.
   */
  private failuresOf({ lambda, logGroup }: ServiceFunction, period: Duration): IMetric {
    const sum = { period, statistic: 'Sum' };
    const refused = new MetricFilter(this, 'SignInRefusedFilter', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', refusedMessage),
      metricNamespace: 'ENStratus/Infra',
      metricName: 'SignInRefused',
      metricValue: '1',
    });
    return new MathExpression({
      expression: 'FILL(errors, 0) + FILL(throttles, 0) - FILL(refused, 0)',
      label: 'Failed token requests',
      period,
      usingMetrics: { errors: lambda.metricErrors(sum), throttles: lambda.metricThrottles(sum), refused: refused.metric(sum) },
    });
  }
}
