import { HurtAlarm, type HurtAlarmProps, type ServiceFunction, type WorkQueue } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import { type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface IngestAlarmsProps {
  readonly alarmsTopicArn: string;
  readonly receiveStatus: ServiceFunction;
  readonly deviceEvents: WorkQueue;
  readonly askDevice: ServiceFunction;
  readonly deviceAsks: WorkQueue;
}

const fiveMinutes = Duration.minutes(5);

/**
 * What the person on call is told about ingest, and no more. The counts of refused and quarantined documents are taken from the log by metric
 * filters without a default value: such a metric is paid for by the hours in which something was counted.
 */
export class IngestAlarms extends Construct {
  constructor(scope: Construct, id: string, props: IngestAlarmsProps) {
    super(scope, id);
    const { alarmsTopicArn, receiveStatus, deviceEvents, askDevice, deviceAsks } = props;
    const topic = Topic.fromTopicArn(this, 'Topic', alarmsTopicArn);
    const alarm = (alarmId: string, props: Omit<HurtAlarmProps, 'topic'>) => new HurtAlarm(this, alarmId, { topic, ...props });

    alarm('ReceiveStatusErrors', {
      hurts: 'Status documents get an error: they are missing in charts and logs until the devices are asked for them and send them again.',
      runbook: 'Receiving status documents fails',
      // What the caller saw: the function answers 503 itself when AWS fails it, which is no error of the invocation.
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'Url5xxCount',
        dimensionsMap: { FunctionName: receiveStatus.lambda.functionName },
        period: fiveMinutes,
        statistic: 'Sum',
      }),
      threshold: 3,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });
    alarm('WrongSecrets', {
      hurts:
        'Requests with a wrong secret keep coming: either Particle has an old secret and the fleet is not heard, or somebody is trying.',
      runbook: 'Wrong webhook secrets keep coming',
      metric: this.counted('WrongSecret', receiveStatus, 'wrong webhook secret'),
      threshold: 10,
      evaluationPeriods: 3,
    });
    alarm('Quarantine', {
      hurts: 'Documents that cannot be understood pile up: what these devices measured is missing in charts and logs.',
      runbook: 'Documents pile up in quarantine',
      metric: this.counted('Quarantined', receiveStatus, 'document quarantined'),
      threshold: 20,
      evaluationPeriods: 3,
    });
    alarm('WatchersNotTold', {
      hurts: 'Open pages of devices do not show what arrives until they are loaded again: what is stored can not be told to them.',
      runbook: 'Watched devices stand still on open pages',
      metric: this.counted('WatchersNotTold', receiveStatus, 'watchers not told'),
      threshold: 1,
      // Somebody who watches one device is told a few times an hour; a single call that took too long is nobody's business.
      evaluationPeriods: 12,
      datapointsToAlarm: 3,
    });
    alarm('DeviceEventsLate', {
      hurts: 'The history of devices is behind by a quarter of an hour or more: operators do not see what just happened.',
      runbook: 'The event history is behind',
      metric: deviceEvents.queue.metricApproximateAgeOfOldestMessage({ period: fiveMinutes, statistic: 'Maximum' }),
      threshold: 900,
      evaluationPeriods: 2,
    });
    alarm('DeviceEventsDead', {
      hurts: 'Events of devices could not be written and are missing in the history until they are replayed.',
      runbook: 'Events are missing in the history',
      metric: waiting(deviceEvents.deadLetters),
      threshold: 1,
    });
    alarm('ParticleDenies', {
      hurts: 'Particle does not let us in: no device goes live, nothing that is missing is sent again, and no device can be registered.',
      runbook: 'Particle denies access',
      metric: this.counted('ParticleDenies', askDevice, 'particle denies access'),
      threshold: 1,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });
    alarm('ParticleFails', {
      hurts: 'Particle cannot be asked: devices whose pages are open do not go live, and what is missing comes later.',
      runbook: 'Particle cannot be asked',
      metric: this.counted('ParticleFails', askDevice, 'particle call failed'),
      threshold: 10,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
    });
    alarm('DeviceAsksDead', {
      hurts: 'Devices were not asked for what is missing of them, and it stays missing in charts until the asks are replayed.',
      runbook: 'Devices were not asked',
      metric: waiting(deviceAsks.deadLetters),
      threshold: 1,
    });
  }

  /** How many log lines of the function carry this message. */
  private counted(metricName: string, source: ServiceFunction, message: string): IMetric {
    const filter = new MetricFilter(this, `${metricName}Filter`, {
      logGroup: source.logGroup,
      filterPattern: FilterPattern.stringValue('$.message', '=', message),
      metricNamespace: 'ENStratus/Ingest',
      metricName,
      metricValue: '1',
    });
    return filter.metric({ period: fiveMinutes, statistic: 'Sum' });
  }
}

function waiting(queue: IQueue): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: fiveMinutes, statistic: 'Maximum' });
}
