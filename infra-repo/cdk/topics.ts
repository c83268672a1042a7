import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/** What is told to whoever listens: what happens to devices, and what goes wrong here. */
export class Topics extends Construct {
  readonly deviceEvents: Topic;
  readonly alarms: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deviceEvents = new Topic(this, 'DeviceEvents', { displayName: 'ENStratus device events', enforceSSL: true });
    this.alarms = new Topic(this, 'Alarms', { displayName: 'ENStratus alarms', enforceSSL: true });
    // A new logical id would mean a new topic, to which nobody has subscribed.
    (this.deviceEvents.node.defaultChild as CfnTopic).overrideLogicalId('DeviceEventsTopic');
    (this.alarms.node.defaultChild as CfnTopic).overrideLogicalId('AlarmsTopic');
    // A topic with a policy of its own loses the default one, by which the account's alarms would be let in.
    this.alarms.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.alarms.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
