import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { deviceEventMessage } from '@enstratus/contract';
import type { PublishWatched } from './watch-device.ts';

/** Publishes on the device events topic. */
export function watchedPublisher(sns: Pick<SNSClient, 'send'>, topicArn: string): PublishWatched {
  return async (event) => {
    await sns.send(new PublishCommand({ TopicArn: topicArn, ...deviceEventMessage(event) }));
  };
}
