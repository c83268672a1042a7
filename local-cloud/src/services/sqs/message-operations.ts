import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { CallContext, Operation } from '../../kernel/service.ts';
import { operation } from '../../kernel/service.ts';
import { checkBatch, failedEntry } from './batches.ts';
import {
  attributesSize_bytes,
  checkMessageAttributes,
  hasForbiddenCharacter,
  md5OfAttributes,
  messageAttributes,
  selectAttributes,
  shownAttributes,
} from './message-attributes.ts';
import type { NewMessage, StoredMessage } from './message-store.ts';
import { MAX_DELAY_S, MAX_MESSAGE_BYTES, MAX_VISIBILITY_S, MAX_WAIT_S } from './queue-attributes.ts';
import type { Queue } from './queue-store.ts';
import { invalidParameter, invalidParameterValue, QUERY_CODES } from './sqs-errors.ts';
import type { Located, Queues } from './sqs-queues.ts';

const outgoing = {
  MessageBody: z.string(),
  DelaySeconds: z.int().optional(),
  MessageAttributes: messageAttributes.default({}),
  /** Only AWSTraceHeader exists (SQS API Reference, SendMessage). */
  MessageSystemAttributes: z
    .strictObject({ AWSTraceHeader: z.strictObject({ DataType: z.literal('String'), StringValue: z.string() }).optional() })
    .default({}),
};
const outgoingMessage = z.strictObject({ QueueUrl: z.string(), ...outgoing });
const outgoingEntry = z.strictObject({ Id: z.string(), ...outgoing });
type Outgoing = z.output<typeof outgoingEntry> | z.output<typeof outgoingMessage>;

const receiveInput = z.strictObject({
  QueueUrl: z.string(),
  AttributeNames: z.array(z.string()).default([]),
  MessageSystemAttributeNames: z.array(z.string()).default([]),
  MessageAttributeNames: z.array(z.string()).default([]),
  MaxNumberOfMessages: z.int().default(1),
  VisibilityTimeout: z.int().optional(),
  WaitTimeSeconds: z.int().optional(),
});

/** The operations on the messages of a queue. */
export function messageOperations(queues: Queues): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { QueueUrl: string }, context: CallContext) => [
    queues.authorization(action, input.QueueUrl, context),
  ];

  return {
    SendMessage: operation({
      input: outgoingMessage,
      authorize: allow('SendMessage'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        const message = newMessage(queue, input, context);
        const [sent] = messages.send(queue, [message]);
        queues.arrivals.announce(queue.id);
        return sent === undefined ? undefined : sentReply(sent, input);
      },
    }),

    SendMessageBatch: operation({
      input: z.strictObject({ QueueUrl: z.string(), Entries: z.array(outgoingEntry) }),
      authorize: allow('SendMessage'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        checkBatch(input.Entries);
        const total = input.Entries.reduce((sum, entry) => sum + size_bytes(entry), 0);
        if (total > MAX_MESSAGE_BYTES) {
          throw new AwsError(
            'BatchRequestTooLong',
            `Batch requests cannot be longer than ${MAX_MESSAGE_BYTES} bytes. You have sent ${total} bytes.`,
          );
        }
        const { good, Failed } = sortOut(input.Entries, (entry) => newMessage(queue, entry, context));
        const sent = messages.send(
          queue,
          good.map(({ made }) => made),
        );
        queues.arrivals.announce(queue.id, sent.length);
        const Successful = sent.flatMap((one, index) => {
          const entry = good[index]?.entry;
          return entry === undefined ? [] : [{ Id: entry.Id, ...sentReply(one, entry) }];
        });
        return batchReply(Successful, Failed);
      },
    }),

    ReceiveMessage: operation({
      input: receiveInput,
      authorize: allow('ReceiveMessage'),
      run: (input, context) => receive(queues, input, context),
    }),

    DeleteMessage: operation({
      input: z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string() }),
      authorize: allow('DeleteMessage'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        messages.delete(queue, input.ReceiptHandle);
      },
    }),

    DeleteMessageBatch: operation({
      input: z.strictObject({ QueueUrl: z.string(), Entries: z.array(z.strictObject({ Id: z.string(), ReceiptHandle: z.string() })) }),
      authorize: allow('DeleteMessage'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        checkBatch(input.Entries);
        const handles = input.Entries.map((entry) => entry.ReceiptHandle);
        return outcomes(input.Entries, messages.deleteAll(queue, handles));
      },
    }),

    ChangeMessageVisibility: operation({
      input: z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.int() }),
      authorize: allow('ChangeMessageVisibility'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        messages.changeVisibility(queue, input.ReceiptHandle, checkVisibility(input.VisibilityTimeout));
        queues.arrivals.announce(queue.id);
      },
    }),

    ChangeMessageVisibilityBatch: operation({
      input: z.strictObject({
        QueueUrl: z.string(),
        Entries: z.array(z.strictObject({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.int().optional() })),
      }),
      authorize: allow('ChangeMessageVisibility'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        checkBatch(input.Entries);
        const { good, Failed } = sortOut(input.Entries, (entry) => checkVisibility(entry.VisibilityTimeout ?? queue.settings.visibility_s));
        const errors = messages.changeVisibilityOfAll(
          queue,
          good.map(({ entry, made }) => ({ receiptHandle: entry.ReceiptHandle, visibility_s: made })),
        );
        queues.arrivals.announce(queue.id, good.length);
        const done = outcomes(
          good.map(({ entry }) => entry),
          errors,
        );
        return batchReply(done.Successful, [...Failed, ...done.Failed]);
      },
    }),
  };
}

function size_bytes(message: Outgoing): number {
  return Buffer.byteLength(message.MessageBody) + attributesSize_bytes(message.MessageAttributes);
}

/** Throws what SendMessage throws for a message that the queue doesn't take. */
function newMessage(queue: Queue, message: Outgoing, context: CallContext): NewMessage {
  const { MessageBody: body, DelaySeconds: delay_s = queue.settings.delay_s, MessageAttributes: attributes } = message;
  if (body === '') throw invalidParameter('The request must contain the parameter MessageBody.');
  if (hasForbiddenCharacter(body)) throw new AwsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  if (delay_s < 0 || delay_s > MAX_DELAY_S)
    throw invalidParameterValue(delay_s, 'DelaySeconds', `DelaySeconds must be >= 0 and <= ${MAX_DELAY_S}.`);
  checkMessageAttributes(attributes);
  if (size_bytes(message) > queue.settings.maxMessage_bytes) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maxMessage_bytes} bytes.`,
    );
  }
  return {
    body,
    attributes,
    delay_s,
    // The header of the request becomes the attribute (X-Ray Developer Guide, "Amazon SQS and AWS X-Ray").
    traceHeader: message.MessageSystemAttributes.AWSTraceHeader?.StringValue ?? context.traceHeader,
    senderId: context.principal.userId,
  };
}

function sentReply({ messageId, bodyMd5 }: { messageId: string; bodyMd5: string }, message: Outgoing): Record<string, unknown> {
  const attributes = md5OfAttributes(message.MessageAttributes);
  const trace = message.MessageSystemAttributes.AWSTraceHeader;
  return {
    MessageId: messageId,
    MD5OfMessageBody: bodyMd5,
    ...(attributes === undefined ? {} : { MD5OfMessageAttributes: attributes }),
    ...(trace === undefined ? {} : { MD5OfMessageSystemAttributes: md5OfAttributes({ AWSTraceHeader: trace }) }),
  };
}

/** Answers at once what is there; else waits for the first message as long as asked (SQS Developer Guide, "Amazon SQS short and long polling"). */
async function receive(queues: Queues, input: z.output<typeof receiveInput>, context: CallContext): Promise<unknown> {
  const { MaxNumberOfMessages: max } = input;
  if (max < 1 || max > 10) throw invalidParameterValue(max, 'MaxNumberOfMessages', 'Must be between 1 and 10, if provided.');
  let located = queues.locate(input.QueueUrl, context);
  const visibility_s = checkVisibility(input.VisibilityTimeout ?? located.queue.settings.visibility_s);
  const wait_s = input.WaitTimeSeconds ?? located.queue.settings.wait_s;
  if (wait_s < 0 || wait_s > MAX_WAIT_S)
    throw invalidParameterValue(wait_s, 'WaitTimeSeconds', `Must be >= 0 and <= ${MAX_WAIT_S}, if provided.`);

  const deadline = performance.now() + wait_s * 1000;
  while (true) {
    const received = take(queues, located, max, visibility_s);
    const left_ms = deadline - performance.now();
    if (received.length > 0) return { Messages: received.map((message) => shown(message, input)) };
    if (left_ms <= 0) return {};
    const { queue } = located;
    const next = located.messages.nextVisible_ms(queue);
    const due_ms = next === undefined ? left_ms : Math.max(1, next - context.cloud.clock());
    await queues.arrivals.wait(queue.id, Math.min(left_ms, due_ms), context.signal);
    if (queues.arrivals.stopped) return {};
    if (context.signal?.aborted) {
      // Whoever woke this one meant it to take a message: another must.
      queues.arrivals.announce(queue.id);
      return {};
    }
    located = queues.locate(input.QueueUrl, context);
  }
}

function take(queues: Queues, { queue, queues: store, messages }: Located, max: number, visibility_s: number): StoredMessage[] {
  const { redrive } = queue.settings;
  const deadLetterQueue = redrive === undefined ? undefined : store.byArn(redrive.deadLetterTargetArn);
  const { messages: taken, buried } = messages.receive(queue, max, visibility_s, deadLetterQueue);
  if (deadLetterQueue !== undefined && buried > 0) queues.arrivals.announce(deadLetterQueue.id, buried);
  return taken;
}

function shown(message: StoredMessage, input: z.output<typeof receiveInput>): Record<string, unknown> {
  const names = new Set([...input.AttributeNames, ...input.MessageSystemAttributeNames]);
  const system: Record<string, string | undefined> = {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt_ms),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt_ms),
    AWSTraceHeader: message.traceHeader,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
  const chosen = Object.entries(system).filter(([name, value]) => value !== undefined && (names.has('All') || names.has(name)));
  const attributes = selectAttributes(message.attributes, input.MessageAttributeNames);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) }),
    ...(Object.keys(attributes).length === 0
      ? {}
      : { MessageAttributes: shownAttributes(attributes), MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

function checkVisibility(visibility_s: number): number {
  if (visibility_s < 0 || visibility_s > MAX_VISIBILITY_S) {
    throw invalidParameterValue(visibility_s, 'VisibilityTimeout', `VisibilityTimeout must be >= 0 and <= ${MAX_VISIBILITY_S}.`);
  }
  return visibility_s;
}

function sortOut<Entry extends { readonly Id: string }, Made>(entries: readonly Entry[], make: (entry: Entry) => Made) {
  const good: { entry: Entry; made: Made }[] = [];
  const Failed = [];
  for (const entry of entries) {
    try {
      good.push({ entry, made: make(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push(failedEntry(entry.Id, error, QUERY_CODES));
    }
  }
  return { good, Failed };
}

function outcomes(entries: readonly { readonly Id: string }[], errors: readonly (AwsError | undefined)[]) {
  const Successful = entries.filter((_, index) => errors[index] === undefined).map(({ Id }) => ({ Id }));
  const Failed = entries.flatMap(({ Id }, index) => {
    const error = errors[index];
    return error === undefined ? [] : [failedEntry(Id, error, QUERY_CODES)];
  });
  return batchReply(Successful, Failed);
}

function batchReply<S, F>(Successful: readonly S[], Failed: readonly F[]): { Successful: readonly S[]; Failed: readonly F[] } {
  return { Successful, Failed };
}
