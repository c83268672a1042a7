import { fileURLToPath } from 'node:url';
import {
  type DeviceEventType,
  deviceLogClasses,
  deviceLogClassSetting,
  deviceLogGroupPrefix,
  deviceLogStreamPrefix,
  parameterNames,
} from '@enstratus/contract';
import {
  type Deployment,
  publishParameter,
  readParameter,
  ServiceFunction,
  type ServiceFunctionProps,
  setting,
  WorkQueue,
} from '@enstratus/platform/cdk';
import { CfnOutput, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import * as z from 'zod';
import { particleTimeouts } from '../src/particle/particle-timeouts.ts';
import { IngestAlarms } from './ingest-alarms.ts';
import { usesParticle } from './uses-particle.ts';

const entry = (path: string) => fileURLToPath(new URL(`../src/${path}.lambda.ts`, import.meta.url));

const everyBootsStream = `${deviceLogStreamPrefix}*`;

/** What devices are asked because of. It goes no further: nothing has happened to a device that is watched. */
const watched: DeviceEventType = 'device.watched';
const asksOf: readonly DeviceEventType[] = [watched, 'device.gap_found'];

export interface IngestStackProps extends Deployment {
  /** None where nothing is said: see "What protects the webhook" in the README. */
  readonly receiveStatusReservedConcurrency?: number | undefined;
}

/** Particle in and out: what devices send is authenticated, stored, and told to whoever listens; devices are registered, and asked for what is wanted of them. */
export class IngestStack extends Stack {
  /** For the smoke test of the stages. */
  readonly webhookUrl: CfnOutput;

  constructor(scope: Construct, id: string, { stage, env, receiveStatusReservedConcurrency }: IngestStackProps) {
    super(scope, id, {
      // The same in every stage: a pipeline's stages would put their own name before it.
      stackName: id,
      env,
      description: 'ENStratus: what devices send through Particle, from the webhook to the stores',
      terminationProtection: stage === 'prod',
      tags: { system: 'enstratus', repo: 'ingest-repo', stage },
    });
    const tableName = readParameter(this, parameterNames.tableName);
    const deviceEventsTopicArn = readParameter(this, parameterNames.deviceEventsTopicArn);
    const alarmsTopicArn = readParameter(this, parameterNames.alarmsTopicArn);
    const archiveBucketName = readParameter(this, parameterNames.archiveBucketName);
    const quarantineBucketName = readParameter(this, parameterNames.quarantineBucketName);
    const graphql = { arn: readParameter(this, parameterNames.graphqlApiArn), url: readParameter(this, parameterNames.graphqlUrl) };

    const receiveStatus = this.serviceFunction('ReceiveStatus', {
      name: 'receive-status',
      entry: entry('telemetry/receive-status'),
      description: 'Takes the status documents that Particle posts and stores them',
      takenBackBy: 'what the stack says',
      ...(receiveStatusReservedConcurrency === undefined ? {} : { reservedConcurrency: receiveStatusReservedConcurrency }),
    })
      .usesTable(tableName, ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'])
      .usesLogGroups(deviceLogGroupPrefix, 'DEVICE_LOG_GROUP_PREFIX', {
        stream: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        streamName: everyBootsStream,
      })
      .writesTo(archiveBucketName, 'ARCHIVE_BUCKET_NAME', 'packs/')
      .writesTo(quarantineBucketName, 'QUARANTINE_BUCKET_NAME')
      .publishesTo(deviceEventsTopicArn, 'DEVICE_EVENTS_TOPIC_ARN')
      .callsGraphql(graphql, ['Mutation.publishDeviceStatus'], 'GRAPHQL_URL')
      .usesSecretParameter(parameterNames.webhookSecret, 'WEBHOOK_SECRET_PARAMETER_NAME')
      .recordsTraces('PassThrough');
    // It answers 503 itself when AWS fails it, which is no error of the invocation. One is enough: a small fleet has few deliveries in these minutes, and the new version a tenth of them.
    receiveStatus.shifted.takenBackOn(receiveStatus.shifted.metric('Url5xxCount'));
    const webhookUrl = receiveStatus.publicUrl();
    this.webhookUrl = new CfnOutput(this, 'WebhookUrl', { value: webhookUrl, description: 'Where Particle posts what devices send' });

    const registerDevice = this.serviceFunction('RegisterDevice', {
      name: 'register-device',
      entry: entry('devices/register-device'),
      description: 'Makes a device known: to Particle, its log group and its items',
      // Some six requests to Particle, one after the other.
      timeout: Duration.seconds(60),
    })
      .usesTable(tableName, ['dynamodb:GetItem', 'dynamodb:PutItem'])
      .usesLogGroups(deviceLogGroupPrefix, 'DEVICE_LOG_GROUP_PREFIX', {
        group: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'],
        streamName: everyBootsStream,
      })
      .publishesTo(deviceEventsTopicArn, 'DEVICE_EVENTS_TOPIC_ARN')
      .usesSecretParameter(parameterNames.webhookSecret, 'WEBHOOK_SECRET_PARAMETER_NAME')
      .tell('WEBHOOK_URL', webhookUrl)
      .tell('DEVICE_LOG_CLASS', setting(this, deviceLogClassSetting, z.enum(deviceLogClasses).default('STANDARD')))
      // Nobody who registers devices sends a tracing header, and there are few of them.
      .recordsTraces('Active');
    usesParticle(registerDevice);

    const recordEvent = this.serviceFunction('RecordEvent', {
      name: 'record-event',
      entry: entry('events/record-event'),
      description: 'Writes the history of what happened to devices',
    })
      .usesTable(tableName, ['dynamodb:PutItem'])
      .recordsTraces('PassThrough');
    const deviceEvents = new WorkQueue(this, 'DeviceEvents', {
      consumer: recordEvent,
      batchSize: 10,
      // Nobody looks at the history by the second, and events that are gathered share a request of the function and the deletion from the queue.
      batchingWindow: Duration.seconds(5),
      maxConcurrency: 2,
    });
    const askDevice = this.serviceFunction('AskDevice', {
      name: 'ask-device',
      entry: entry('asks/ask-device'),
      description: 'Asks devices for live samples and for what is missing of them',
      // A page waits for the first sample: Particle's client is large to load with the processor that 256 MiB bring.
      memory_mib: 512,
      // A silent device is waited for, and a token that was rotated is tried again.
      timeout: Duration.millis(2 * particleTimeouts.call_ms).plus(Duration.seconds(10)),
    })
      .usesTable(tableName, ['dynamodb:GetItem', 'dynamodb:Query'])
      .recordsTraces('PassThrough');
    usesParticle(askDevice);
    // The ten of a batch wait for their devices at the same time.
    const deviceAsks = new WorkQueue(this, 'DeviceAsks', { consumer: askDevice, batchSize: 10, maxConcurrency: 5 });
    askDevice.sendsTo(deviceAsks.queue, 'DEVICE_ASKS_QUEUE_URL');

    const topic = Topic.fromTopicArn(this, 'DeviceEventsTopic', deviceEventsTopicArn);
    topic.addSubscription(
      new SqsSubscription(deviceEvents.queue, {
        rawMessageDelivery: true,
        filterPolicy: { type: SubscriptionFilter.stringFilter({ denylist: [watched] }) },
      }),
    );
    topic.addSubscription(
      new SqsSubscription(deviceAsks.queue, {
        rawMessageDelivery: true,
        filterPolicy: { type: SubscriptionFilter.stringFilter({ allowlist: [...asksOf] }) },
      }),
    );

    const keepSecret = this.serviceFunction('KeepSecret', {
      name: 'keep-secret',
      entry: entry('webhook-secret/keep-secret'),
      description: 'Makes the webhook secret when the stack is made, so that it is in no template',
      asynchronous: true,
    }).usesSecretParameter(parameterNames.webhookSecret, 'WEBHOOK_SECRET_PARAMETER_NAME', ['ssm:PutParameter', 'ssm:DeleteParameter']);
    new CustomResource(this, 'WebhookSecret', {
      resourceType: 'Custom::WebhookSecret',
      serviceToken: keepSecret.lambda.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { ParameterName: parameterNames.webhookSecret },
    });

    new IngestAlarms(this, 'Alarms', { alarmsTopicArn, receiveStatus, deviceEvents, askDevice, deviceAsks });
    publishParameter(this, parameterNames.webhookUrl, webhookUrl, 'Where Particle posts what devices send');
    publishParameter(
      this,
      parameterNames.registerDeviceFunctionName,
      registerDevice.live.functionName,
      'The function that registers devices',
    );
  }

  private serviceFunction(id: string, props: Omit<ServiceFunctionProps, 'repo'>): ServiceFunction {
    return new ServiceFunction(this, id, { ...props, repo: 'ingest-repo' });
  }
}
