import type { MeterCall } from '../../metering/metered-operations.ts';
import { payloadRequests } from '../../metering/payload-requests.ts';
import { attributesSize_bytes, type MessageAttributes } from './message-attributes.ts';

interface Sent {
  readonly MessageBody: string;
  readonly MessageAttributes: MessageAttributes;
}

/**
 * Every action is a request, a batch one as well, and so is a receive that finds nothing; each started 64 KB of what is sent or received is one
 * (Amazon SQS Pricing; SQS Developer Guide, "Amazon SQS batch actions").
 */
export const meterQueueRequest: MeterCall = (_operation, input, output, context) => {
  const { QueueUrl, QueueName, Entries, ...sent } = input as Partial<Sent> & {
    QueueUrl?: string;
    QueueName?: string;
    Entries?: Partial<Sent>[];
  };
  const { Messages = [] } = (output ?? {}) as { Messages?: { Body: string; MessageAttributes?: MessageAttributes }[] };
  let payload_bytes = sentSize(sent);
  for (const entry of Entries ?? []) payload_bytes += sentSize(entry);
  for (const { Body, MessageAttributes } of Messages)
    payload_bytes += Buffer.byteLength(Body) + attributesSize_bytes(MessageAttributes ?? {});
  context.meter({ requests: payloadRequests(payload_bytes) }, QueueUrl?.slice(QueueUrl.lastIndexOf('/') + 1) ?? QueueName);
};

function sentSize({ MessageBody, MessageAttributes }: Partial<Sent>): number {
  return MessageBody === undefined ? 0 : Buffer.byteLength(MessageBody) + attributesSize_bytes(MessageAttributes ?? {});
}
