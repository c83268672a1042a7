import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { PublishWatched } from './watch-device.ts';

/** The device events topic; `type` goes along as a message attribute for subscription filters. */
export function watchedPublisher(sns: Pick<SNSClient, 'send'>, topicArn: string): PublishWatched {
  return async (event) => {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Message: JSON.stringify(event),
        MessageAttributes: { type: { DataType: 'String', StringValue: event.type } },
      }),
    );
  };
}
