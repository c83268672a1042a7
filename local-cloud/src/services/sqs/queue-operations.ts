import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { CallContext, Operation, Scope } from '../../kernel/service.ts';
import { operation } from '../../kernel/service.ts';
import { changeAttributes, DEFAULT_ATTRIBUTES } from './queue-attributes.ts';
import { type Queue, queueArn } from './queue-store.ts';
import { invalidParameter, noSuchQueue } from './sqs-errors.ts';
import type { Queues } from './sqs-queues.ts';

const attributes = z.record(z.string(), z.string());
const tags = z.record(z.string().min(1).max(128), z.string().max(256));
const ofQueue = { QueueUrl: z.string() };
/** SQS API Reference, ListQueues and ListDeadLetterSourceQueues. */
const MAX_RESULTS = 1000;
const paging = { MaxResults: z.int().min(1).max(MAX_RESULTS).optional(), NextToken: z.string().optional() };
/** SQS Developer Guide, "Amazon SQS queue tags". */
const MAX_TAGS = 50;

/** The operations on queues as such; what they hold is in message-operations.ts. */
export function queueOperations(queues: Queues): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { QueueUrl: string }, context: CallContext) => [
    queues.authorization(action, input.QueueUrl, context),
  ];

  return {
    CreateQueue: operation({
      input: z.strictObject({ QueueName: z.string(), Attributes: attributes.default({}), tags: tags.default({}) }),
      authorize: (input, context) => {
        const resource = queueArn(context, input.QueueName);
        const tagging = Object.keys(input.tags).length > 0 ? [{ action: 'sqs:TagQueue', resource }] : [];
        return [{ action: 'sqs:CreateQueue', resource }, ...tagging];
      },
      run: (input, context) => {
        const { QueueName: name } = input;
        if (name.endsWith('.fifo')) throw new NotCarriedOut('FIFO queues of SQS');
        if (!/^[\w-]{1,80}$/.test(name)) {
          throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length');
        }
        checkTags(input.tags);
        const { queues: store } = queues.in(context);
        const existing = store.get(name);
        if (existing === undefined) store.create(name, changeAttributes(DEFAULT_ATTRIBUTES, input.Attributes), input.tags);
        else checkSame(existing, input.Attributes);
        return { QueueUrl: queues.urlOf(context, name) };
      },
    }),

    DeleteQueue: operation({
      input: z.strictObject(ofQueue),
      authorize: allow('DeleteQueue'),
      run: (input, context) => {
        const { queue, queues: store, messages } = queues.locate(input.QueueUrl, context);
        store.delete(queue);
        messages.purge(queue);
        queues.arrivals.announce(queue.id, Number.POSITIVE_INFINITY);
      },
    }),

    GetQueueUrl: operation({
      input: z.strictObject({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() }),
      authorize: (input, context) => [queues.authorization('GetQueueUrl', urlIn(input, context), context)],
      run: (input, context) => {
        const { scope, name } = queues.locate(urlIn(input, context), context);
        return { QueueUrl: queues.urlOf(scope, name) };
      },
    }),

    ListQueues: operation({
      input: z.strictObject({
        QueueNamePrefix: z.string().default(''),
        ...paging,
      }),
      authorize: () => [{ action: 'sqs:ListQueues', resource: '*' }],
      run: (input, context) => {
        const matching = queues
          .in(context)
          .queues.list()
          .filter(({ name }) => name.startsWith(input.QueueNamePrefix));
        const { names, ...next } = page(matching, input);
        return { ...(names.length === 0 ? {} : { QueueUrls: names.map((name) => queues.urlOf(context, name)) }), ...next };
      },
    }),

    GetQueueAttributes: operation({
      input: z.strictObject({ ...ofQueue, AttributeNames: z.array(z.string()).default([]) }),
      authorize: allow('GetQueueAttributes'),
      run: (input, context) => {
        const { queue, messages } = queues.locate(input.QueueUrl, context);
        const all: Record<string, string> = { ...queue.attributes, ...computedAttributes(queue, messages.counts(queue)) };
        if (input.AttributeNames.length === 0) return {};
        if (input.AttributeNames.includes('All')) return { Attributes: all };
        const chosen: Record<string, string> = {};
        for (const name of input.AttributeNames) {
          if (!KNOWN_ATTRIBUTES.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
          const value = all[name];
          if (value !== undefined) chosen[name] = value;
        }
        return { Attributes: chosen };
      },
    }),

    SetQueueAttributes: operation({
      input: z.strictObject({ ...ofQueue, Attributes: attributes }),
      authorize: allow('SetQueueAttributes'),
      run: (input, context) => {
        const { queue, queues: store } = queues.locate(input.QueueUrl, context);
        store.setAttributes(queue, changeAttributes(queue.attributes, input.Attributes));
        // A shorter delay or retention changes nothing for those who wait; a policy may.
        queues.arrivals.announce(queue.id);
      },
    }),

    PurgeQueue: operation({
      input: z.strictObject(ofQueue),
      authorize: allow('PurgeQueue'),
      run: (input, context) => {
        const { queue, queues: store, messages } = queues.locate(input.QueueUrl, context);
        store.notePurge(queue);
        messages.purge(queue);
      },
    }),

    TagQueue: operation({
      input: z.strictObject({ ...ofQueue, Tags: tags }),
      authorize: allow('TagQueue'),
      run: (input, context) => {
        const { queue, queues: store } = queues.locate(input.QueueUrl, context);
        const merged = { ...queue.tags, ...input.Tags };
        checkTags(merged);
        store.setTags(queue, merged);
      },
    }),

    UntagQueue: operation({
      input: z.strictObject({ ...ofQueue, TagKeys: z.array(z.string()) }),
      authorize: allow('UntagQueue'),
      run: (input, context) => {
        const { queue, queues: store } = queues.locate(input.QueueUrl, context);
        store.setTags(queue, Object.fromEntries(Object.entries(queue.tags).filter(([key]) => !input.TagKeys.includes(key))));
      },
    }),

    ListQueueTags: operation({
      input: z.strictObject(ofQueue),
      authorize: allow('ListQueueTags'),
      run: (input, context) => {
        const { tags: kept } = queues.locate(input.QueueUrl, context).queue;
        return Object.keys(kept).length === 0 ? {} : { Tags: kept };
      },
    }),

    ListDeadLetterSourceQueues: operation({
      input: z.strictObject({ ...ofQueue, ...paging }),
      authorize: allow('ListDeadLetterSourceQueues'),
      run: (input, context) => {
        const { queue, queues: store, scope } = queues.locate(input.QueueUrl, context);
        const { names, ...next } = page(store.sourcesOf(queue.arn), input);
        return { queueUrls: names.map((name) => queues.urlOf(scope, name)), ...next };
      },
    }),
  };
}

/** The names after the one in the token; only who asks for pages by MaxResults gets a token for the next. */
function page(
  all: readonly Queue[],
  { MaxResults, NextToken }: { readonly MaxResults?: number | undefined; readonly NextToken?: string | undefined },
): { names: string[]; NextToken?: string } {
  const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64url').toString('utf8');
  const rest = all.map(({ name }) => name).filter((name) => name > after);
  const names = rest.slice(0, MaxResults ?? MAX_RESULTS);
  const last = names.at(-1);
  const more = MaxResults !== undefined && last !== undefined && names.length < rest.length;
  return { names, ...(more ? { NextToken: Buffer.from(last).toString('base64url') } : {}) };
}

function urlIn(input: { QueueName: string; QueueOwnerAWSAccountId?: string | undefined }, { account }: Scope): string {
  if (!/^[\w-]{1,80}(\.fifo)?$/.test(input.QueueName)) throw noSuchQueue();
  return `/${input.QueueOwnerAWSAccountId ?? account}/${input.QueueName}`;
}

const COMPUTED_ATTRIBUTES = [
  'QueueArn',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
] as const;
const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...COMPUTED_ATTRIBUTES,
  ...Object.keys(DEFAULT_ATTRIBUTES),
  'Policy',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'FifoQueue',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
]);

function computedAttributes(
  queue: Queue,
  counts: { visible: number; delayed: number; inFlight: number },
): Record<(typeof COMPUTED_ATTRIBUTES)[number], string> {
  return {
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAt_ms / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAt_ms / 1000)),
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
  };
}

/** The same name with the same values is the same queue; anything else is a mistake (SQS API Reference, CreateQueue). */
function checkSame(queue: Queue, wanted: Readonly<Record<string, string>>): void {
  const changed = changeAttributes(queue.attributes, wanted);
  for (const name of Object.keys(wanted)) {
    if (changed[name] !== queue.attributes[name]) {
      throw new AwsError('QueueNameExists', `A queue already exists with the same name and a different value for attribute ${name}`);
    }
  }
}

function checkTags(wanted: Readonly<Record<string, string>>): void {
  if (Object.keys(wanted).length > MAX_TAGS) throw invalidParameter(`Too many tags: a queue can have at most ${MAX_TAGS}.`);
}
