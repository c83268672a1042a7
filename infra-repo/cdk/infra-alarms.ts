import { HurtAlarm } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface InfraAlarmsProps {
  readonly table: Table;
  readonly deviceEvents: ITopic;
  /** Told when an alarm goes off and when it is over. */
  readonly topic: ITopic;
}

/** What the person on call is told about what all repos share. What one repo alone uses has its alarms there. */
export class InfraAlarms extends Construct {
  constructor(scope: Construct, id: string, { table, deviceEvents, topic }: InfraAlarmsProps) {
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
  }
}
