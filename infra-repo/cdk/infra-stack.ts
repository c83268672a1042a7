import { parameterNames } from '@enstratus/contract';
import { type Deployment, publishParameter } from '@enstratus/platform/cdk';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Buckets } from './buckets.ts';
import { InfraAlarms } from './infra-alarms.ts';
import { People } from './people.ts';
import { SystemTable } from './table.ts';
import { Topics } from './topics.ts';

/** The global stack: what every repo uses and none of them owns. */
export class InfraStack extends Stack {
  constructor(scope: Construct, id: string, { stage, env }: Deployment) {
    super(scope, id, {
      env,
      description: 'ENStratus: table, people, topics and buckets that all repos share',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo: 'infra-repo', stage },
    });
    const { table } = new SystemTable(this, 'Data');
    const { userPool, client } = new People(this, 'People');
    const { deviceEvents, alarms } = new Topics(this, 'Topics');
    const { archive, quarantine } = new Buckets(this, 'Buckets');
    new InfraAlarms(this, 'Watch', { table, deviceEvents, topic: alarms });
    const publish = (name: string, value: string, description: string) => publishParameter(this, name, value, description);
    publish(
      parameterNames.tableName,
      table.tableName,
      'The one table of the system. A restore makes a new one: this is what is changed then',
    );
    publish(parameterNames.tableArn, table.tableArn, 'The table, for grants');
    publish(parameterNames.userPoolId, userPool.userPoolId, 'The people of the dashboard');
    publish(parameterNames.userPoolArn, userPool.userPoolArn, 'The user pool, for grants');
    publish(parameterNames.userPoolClientId, client.userPoolClientId, 'With which the dashboard signs people in');
    publish(parameterNames.deviceEventsTopicArn, deviceEvents.topicArn, 'Where it is told what happens to devices');
    publish(parameterNames.alarmsTopicArn, alarms.topicArn, 'Where it is told what goes wrong here');
    publish(parameterNames.archiveBucketName, archive.bucketName, 'Documents kept for good');
    publish(parameterNames.quarantineBucketName, quarantine.bucketName, 'Documents that could not be understood, for 90 days');
  }
}
