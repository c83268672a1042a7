import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Ask } from './ask-device.ts';

/** Has an ask come again after some seconds, 900 at most. Throws what SQS throws. */
export type AskLater = (ask: Ask, after_s: number) => Promise<void>;

/** The queue that the asks come from. */
export function askQueue(sqs: Pick<SQSClient, 'send'>, queueUrl: string): AskLater {
  return async (ask, after_s) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(ask), DelaySeconds: after_s }));
  };
}
