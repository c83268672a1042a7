import { HurtAlarm, type ServiceFunction } from '@enstratus/platform/cdk';
import { Duration } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface DashboardAlarmsProps {
  readonly alarmsTopicArn: string;
  readonly deploySite: ServiceFunction;
}

/** What the person on call is told about the dashboard's deployment. What serves it is infra-repo's. */
export class DashboardAlarms extends Construct {
  constructor(scope: Construct, id: string, { alarmsTopicArn, deploySite }: DashboardAlarmsProps) {
    super(scope, id);
    if (deploySite.deadLetters === undefined) throw new Error('deploy-site is called asynchronously and so has dead letters');
    new HurtAlarm(this, 'DeploySiteDead', {
      hurts: 'A new version of the dashboard was not deployed: its deployment hangs, and people go on with the version before.',
      runbook: 'The dashboard was not deployed',
      metric: deploySite.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 1,
      topic: Topic.fromTopicArn(this, 'Topic', alarmsTopicArn),
    });
  }
}
