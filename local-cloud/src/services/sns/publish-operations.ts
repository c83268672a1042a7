import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation } from '../../kernel/service.ts';
import { inTransaction } from '../../kernel/state.ts';
import { attributesLookup, bodyLookup } from './filter-policy.ts';
import { attributesSize_bytes, checkAttributes, messageAttributes, type Notification, textFor } from './notification.ts';
import type { Subscription } from './topic-store.ts';
import type { Located, Topics } from './topics.ts';

/** SNS API Reference, Publish: 256 KB; attributes count. */
const MAX_MESSAGE_BYTES = 262_144;
const MAX_ENTRIES = 10;

const message = {
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: messageAttributes.default({}),
};
const single = z.strictObject({ TopicArn: z.string().optional(), TargetArn: z.string().optional(), ...message });
const entry = z.strictObject({ Id: z.string(), ...message });
type Outgoing = z.output<typeof single> | z.output<typeof entry>;

export function publishOperations(topics: Topics): Record<string, Operation<never, unknown>> {
  return {
    Publish: operation({
      input: single,
      authorize: (input, context) => [topics.authorization('Publish', targetOf(input), context)],
      run: (input, context) => {
        const located = topics.locate(targetOf(input), context);
        const notification = notificationOf(input, located.topic.arn, context);
        accept(located, [notification], context);
        return { MessageId: notification.messageId };
      },
    }),

    PublishBatch: operation({
      input: z.strictObject({ TopicArn: z.string(), PublishBatchRequestEntries: z.array(entry) }),
      authorize: (input, context) => [topics.authorization('Publish', input.TopicArn, context)],
      run: (input, context) => {
        const located = topics.locate(input.TopicArn, context);
        const entries = input.PublishBatchRequestEntries;
        checkBatch(entries);
        const accepted: { Id: string; notification: Notification }[] = [];
        const Failed: unknown[] = [];
        for (const one of entries) {
          try {
            accepted.push({ Id: one.Id, notification: notificationOf(one, located.topic.arn, context) });
          } catch (error) {
            if (!(error instanceof AwsError)) throw error;
            Failed.push({ Id: one.Id, Code: error.code, Message: error.message, SenderFault: error.httpStatus < 500 });
          }
        }
        accept(
          located,
          accepted.map(({ notification }) => notification),
          context,
        );
        return { Successful: accepted.map(({ Id, notification }) => ({ Id, MessageId: notification.messageId })), Failed };
      },
    }),
  };
}

function targetOf({ TopicArn, TargetArn }: z.output<typeof single>): string {
  const arn = TopicArn ?? TargetArn;
  if (arn === undefined)
    throw new AwsError('InvalidParameter', 'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter');
  if (arn.includes(':endpoint/')) throw new NotCarriedOut('SNS mobile push endpoints');
  return arn;
}

/** Throws what Publish throws for a message that a topic doesn't take. */
function notificationOf(outgoing: Outgoing, topicArn: string, context: CallContext): Notification {
  const { Message: text, Subject: subject, MessageStructure: structure, MessageAttributes: attributes } = outgoing;
  const invalid = (reason: string) => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
  if (text === '') throw invalid('Empty message');
  if (size_bytes(outgoing) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
  if (subject !== undefined && !/^[!-~][ -~]{0,99}$/.test(subject)) throw invalid('Subject');
  if (structure !== undefined && structure !== 'json') throw invalid('MessageStructure');
  checkAttributes(attributes);
  return {
    messageId: randomUUID(),
    topicArn,
    subject,
    message: structure === 'json' ? byProtocol(text, invalid) : text,
    attributes,
    timestamp: new Date(context.cloud.clock()).toISOString(),
  };
}

/** SNS API Reference, Publish, MessageStructure: values that aren't text are ignored, `default` is needed. */
function byProtocol(text: string, invalid: (reason: string) => AwsError): Record<string, string> {
  let messages: unknown;
  try {
    messages = JSON.parse(text);
  } catch {
    throw invalid('Message Structure - JSON message body failed to parse');
  }
  const texts = Object.fromEntries(Object.entries(messages ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  if (texts['default'] === undefined) throw invalid('Message Structure - No default entry in JSON message body');
  return texts;
}

function size_bytes(outgoing: Outgoing): number {
  return Buffer.byteLength(outgoing.Message) + attributesSize_bytes(outgoing.MessageAttributes);
}

function checkBatch(entries: readonly z.output<typeof entry>[]): void {
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', "The batch request doesn't contain any entries.");
  if (entries.length > MAX_ENTRIES)
    throw new AwsError('TooManyEntriesInBatchRequest', `The batch request contains more entries than permissible (${MAX_ENTRIES}).`);
  if (entries.some(({ Id }) => !/^[\w-]{1,80}$/.test(Id)))
    throw new AwsError('InvalidBatchEntryId', 'The Id of a batch entry in a batch request does not abide by the specification.');
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length)
    throw new AwsError('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
  if (entries.reduce((sum, one) => sum + size_bytes(one), 0) > MAX_MESSAGE_BYTES)
    throw new AwsError('BatchRequestTooLong', 'The length of all the batch messages put together is more than the limit.');
}

/** Promises the deliveries, all or none: what is answered afterwards is delivered, whatever happens to the process. */
function accept({ database, topics, topic, outbox }: Located, notifications: readonly Notification[], context: CallContext): void {
  const subscriptions = topics.subscriptionsOf(topic.arn).filter(({ confirmed }) => confirmed);
  inTransaction(database, () => {
    for (const notification of notifications) {
      for (const subscription of subscriptions) {
        if (takes(subscription, notification)) outbox.add(subscription, notification, context.traceHeader);
      }
    }
  });
  outbox.work();
}

function takes(subscription: Subscription, notification: Notification): boolean {
  if (subscription.filter === undefined) return true;
  const lookup =
    subscription.filterScope === 'MessageBody'
      ? bodyLookup(textFor(subscription.protocol, notification))
      : attributesLookup(notification.attributes);
  return lookup !== undefined && subscription.filter(lookup);
}
