import type { MeterCall } from '../../metering/metered-operations.ts';
import { payloadRequests } from '../../metering/payload-requests.ts';
import { attributesSize_bytes, type MessageAttributes } from './notification.ts';

interface Published {
  readonly Message: string;
  readonly MessageAttributes: MessageAttributes;
}

/** Every action is a request, and a publish is one for each started 64 KB of what it publishes, in a batch of all together (Amazon SNS Pricing). */
export const meterTopicRequest: MeterCall = (_operation, input, _output, context) => {
  const { TopicArn, TargetArn, Name, PublishBatchRequestEntries, ...single } = input as Partial<Published> & {
    TopicArn?: string;
    TargetArn?: string;
    Name?: string;
    PublishBatchRequestEntries?: Published[];
  };
  let payload_bytes = 0;
  for (const { Message, MessageAttributes } of PublishBatchRequestEntries ?? [single]) {
    if (Message !== undefined) payload_bytes += Buffer.byteLength(Message) + attributesSize_bytes(MessageAttributes ?? {});
  }
  context.meter({ requests: payloadRequests(payload_bytes) }, topicName(TopicArn ?? TargetArn ?? Name));
};

/** The last part of an ARN. */
export function topicName(arn: string | undefined): string | undefined {
  return arn?.slice(arn.lastIndexOf(':') + 1);
}
