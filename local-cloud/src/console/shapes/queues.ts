import { z } from 'zod';

const queue = z.object({
  name: z.string(),
  arn: z.string(),
  visible: z.int(),
  delayed: z.int(),
  in_flight: z.int(),
  oldest_sent_at: z.string().optional(),
  visibility_s: z.number(),
  retention_s: z.number(),
  /** Where messages go that were received too often. */
  dead_letters: z.object({ queue: z.string(), after_receives: z.number() }).optional(),
  /** The queues whose dead letters come here. */
  dead_letters_of: z.array(z.string()),
});
export type QueueSummary = z.output<typeof queue>;

/** `GET /_local/api/queues` */
export const queueList = z.object({ queues: z.array(queue) });
export type QueueList = z.output<typeof queueList>;

/** `GET /_local/api/queues/<name>/messages`: the oldest ones; looking at them changes nothing. */
export const messageList = z.object({
  messages: z.array(
    z.object({
      message_id: z.string(),
      body: z.string(),
      state: z.enum(['visible', 'delayed', 'in_flight']),
      sent_at: z.string(),
      receive_count: z.int(),
      trace_id: z.string().optional(),
      dead_letter_source: z.string().optional(),
      attributes: z.record(z.string(), z.string()),
    }),
  ),
  moves: z.array(
    z.object({ status: z.string(), moved: z.number(), of: z.number(), started_at: z.string(), reason: z.string().optional() }),
  ),
});
export type MessageList = z.output<typeof messageList>;

/** `POST /_local/api/queues/<name>/send-back`: a dead-letter queue's messages go to the queues they came from. */
export const startedMove = z.object({ task: z.string() });

/** `GET /_local/api/topics` */
export const topicList = z.object({
  topics: z.array(
    z.object({
      name: z.string(),
      arn: z.string(),
      subscriptions: z.array(z.object({ arn: z.string(), protocol: z.string(), endpoint: z.string(), filter: z.string().optional() })),
    }),
  ),
});
export type TopicList = z.output<typeof topicList>;
