import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Surroundings } from '../where/surroundings.ts';

/** A message that somebody put in a queue. */
export interface QueuedMessage {
  readonly body: string;
  /** Attributes of type String. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A batch of messages as a function gets it (Lambda Developer Guide, "Using Lambda with Amazon SQS"; SQS API Reference, "Message"). */
export function sqsBatch(messages: readonly QueuedMessage[], queueArn: string, { account, now_ms }: Surroundings): unknown {
  return {
    Records: messages.map(({ body, attributes }) => ({
      messageId: randomUUID(),
      receiptHandle: randomBytes(48).toString('base64'),
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(now_ms - 40),
        SenderId: account,
        ApproximateFirstReceiveTimestamp: String(now_ms),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [
          name,
          { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
        ]),
      ),
      md5OfBody: createHash('md5').update(body).digest('hex'),
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: queueArn.split(':')[3] ?? '',
    })),
  };
}

/** Recognizes a batch whose messages are of these types, or of none that is known. */
export function sqsBatchOf(types: readonly string[], known: readonly string[]) {
  const takes = (body: string) => {
    const type = typeIn(body);
    return type === undefined || types.includes(type) || !known.includes(type);
  };
  return z.object({
    Records: z.array(z.object({ eventSource: z.literal('aws:sqs'), body: z.string().refine(takes) })).min(1),
  });
}

/** What a batch carries, for sending it another way. */
export const batchBodies = z.object({ Records: z.array(z.object({ body: z.string() })).min(1) });

/** The `type` of the event in a body; undefined when there is none. */
export function typeIn(body: string): string | undefined {
  try {
    return z.object({ type: z.string() }).safeParse(JSON.parse(body)).data?.type;
  } catch {
    return undefined;
  }
}
