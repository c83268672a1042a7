import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type DeviceEvent, deviceEventMessage } from '@enstratus/contract';

/** Publishes an event of a device. Subscribers get each at least once and dedupe by event_id. Throws what SNS throws. */
export type PublishDeviceEvent = (event: DeviceEvent) => Promise<void>;

/** Publishes on the device events topic. */
export function deviceEventPublisher(sns: Pick<SNSClient, 'send'>, topicArn: string): PublishDeviceEvent {
  return async (event) => {
    await sns.send(new PublishCommand({ TopicArn: topicArn, ...deviceEventMessage(event) }));
  };
}
