import { z } from 'zod';
import type { Cloud } from '../../kernel/cloud.ts';
import { parseTraceHeader } from '../../kernel/trace-header.ts';
import { queueViews } from '../../services/sqs/queue-view.ts';
import type { MessageList, QueueList, QueueSummary, TopicList } from '../shapes/queues.ts';
import { notFound } from './api-error.ts';
import { type Look, route } from './route.ts';

interface Move {
  readonly Status: string;
  readonly ApproximateNumberOfMessagesMoved?: number;
  readonly ApproximateNumberOfMessagesToMove?: number;
  readonly StartedTimestamp: number;
  readonly FailureReason?: string;
}

const lastOf = (arnOrUrl: string): string => arnOrUrl.slice(Math.max(arnOrUrl.lastIndexOf(':'), arnOrUrl.lastIndexOf('/')) + 1);

/** Queues with their counts, their messages without receiving them, and the way back for dead letters; topics and who listens. */
export function queueRoutes(cloud: Cloud) {
  const viewIn = queueViews(cloud);
  const urlOf = ({ caller }: Look, name: string) => `${cloud.endpoint}/${caller.account}/${name}`;

  const summary = async (look: Look, name: string): Promise<QueueSummary> => {
    const { Attributes } = await look.call<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', {
      QueueUrl: urlOf(look, name),
      AttributeNames: ['QueueArn', 'VisibilityTimeout', 'MessageRetentionPeriod', 'RedrivePolicy'],
    });
    const counts = viewIn(look.caller).counts(name);
    const redrive = z
      .object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() })
      .safeParse(JSON.parse(Attributes['RedrivePolicy'] ?? 'null'));
    return {
      name,
      arn: Attributes['QueueArn'] ?? '',
      visible: counts?.visible ?? 0,
      delayed: counts?.delayed ?? 0,
      in_flight: counts?.in_flight ?? 0,
      ...(counts?.oldest_sent_ms === undefined ? {} : { oldest_sent_at: new Date(counts.oldest_sent_ms).toISOString() }),
      visibility_s: Number(Attributes['VisibilityTimeout']),
      retention_s: Number(Attributes['MessageRetentionPeriod']),
      ...(redrive.success
        ? { dead_letters: { queue: lastOf(redrive.data.deadLetterTargetArn), after_receives: redrive.data.maxReceiveCount } }
        : {}),
      dead_letters_of: [],
    };
  };

  return [
    route({
      pattern: '/queues',
      handle: async (look): Promise<QueueList> => {
        const { QueueUrls = [] } = await look.call<{ QueueUrls?: string[] }>('sqs', 'ListQueues');
        const queues = await Promise.all(QueueUrls.map((url) => summary(look, lastOf(url))));
        return {
          queues: queues.map((queue) => ({
            ...queue,
            dead_letters_of: queues.filter(({ dead_letters }) => dead_letters?.queue === queue.name).map(({ name }) => name),
          })),
        };
      },
    }),
    route({
      pattern: '/queues/:name/messages',
      query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
      handle: async (look, { params, query }): Promise<MessageList> => {
        const name = params['name'] ?? '';
        const { arn } = await summary(look, name);
        const messages = viewIn(look.caller).messages(name, query.limit);
        if (messages === undefined) throw notFound(`The queue ${name}`);
        const { Results = [] } = await look.call<{ Results?: Move[] }>('sqs', 'ListMessageMoveTasks', { SourceArn: arn, MaxResults: 5 });
        return {
          messages: messages.map(({ trace_header, sent_ms, attributes, dead_letter_source, ...message }) => {
            const trace_id = parseTraceHeader(trace_header)?.root;
            return {
              ...message,
              sent_at: new Date(sent_ms).toISOString(),
              ...(trace_id === undefined ? {} : { trace_id }),
              ...(dead_letter_source === undefined ? {} : { dead_letter_source: lastOf(dead_letter_source) }),
              attributes: Object.fromEntries(
                Object.entries(attributes).map(([key, { StringValue, DataType }]) => [key, StringValue ?? `(${DataType})`]),
              ),
            };
          }),
          moves: Results.map((move) => ({
            status: move.Status,
            moved: move.ApproximateNumberOfMessagesMoved ?? 0,
            of: move.ApproximateNumberOfMessagesToMove ?? 0,
            started_at: new Date(move.StartedTimestamp).toISOString(),
            ...(move.FailureReason === undefined ? {} : { reason: move.FailureReason }),
          })),
        };
      },
    }),
    route({
      method: 'POST',
      pattern: '/queues/:name/send-back',
      body: z.strictObject({}),
      handle: async (look, { params }) => {
        const { arn } = await summary(look, params['name'] ?? '');
        const { TaskHandle } = await look.call<{ TaskHandle: string }>('sqs', 'StartMessageMoveTask', { SourceArn: arn });
        return { task: TaskHandle };
      },
    }),
    route({
      pattern: '/topics',
      handle: async (look): Promise<TopicList> => {
        const { Topics = [] } = await look.call<{ Topics?: { TopicArn: string }[] }>('sns', 'ListTopics');
        return { topics: await Promise.all(Topics.map(({ TopicArn }) => topic(look, TopicArn))) };
      },
    }),
  ];
}

interface Subscription {
  readonly SubscriptionArn: string;
  readonly Protocol: string;
  readonly Endpoint: string;
}

async function topic(look: Look, TopicArn: string): Promise<TopicList['topics'][number]> {
  const { Subscriptions = [] } = await look.call<{ Subscriptions?: Subscription[] }>('sns', 'ListSubscriptionsByTopic', { TopicArn });
  const subscriptions = await Promise.all(
    Subscriptions.map(async ({ SubscriptionArn, Protocol, Endpoint }) => {
      const base = { arn: SubscriptionArn, protocol: Protocol, endpoint: Endpoint };
      if (!SubscriptionArn.startsWith('arn:')) return base;
      const { Attributes } = await look.call<{ Attributes: Record<string, string> }>('sns', 'GetSubscriptionAttributes', {
        SubscriptionArn,
      });
      const filter = Attributes['FilterPolicy'];
      return filter === undefined ? base : { ...base, filter };
    }),
  );
  return { name: lastOf(TopicArn), arn: TopicArn, subscriptions };
}
