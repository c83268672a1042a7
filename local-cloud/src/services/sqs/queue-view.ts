import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import type { MessageAttributes } from './message-attributes.ts';
import { MessageStore } from './message-store.ts';
import type { QueueRecord } from './queue-store.ts';

/** A message as it lies in its queue. */
export interface SeenMessage {
  readonly message_id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly trace_header: string | undefined;
  readonly sent_ms: number;
  readonly receive_count: number;
  readonly state: 'visible' | 'delayed' | 'in_flight';
  /** The queue whose dead letter it is. */
  readonly dead_letter_source: string | undefined;
}

interface QueueView {
  /** Undefined for a queue that isn't there. */
  counts(name: string): { visible: number; delayed: number; in_flight: number; oldest_sent_ms: number | undefined } | undefined;
  /** The oldest messages. */
  messages(name: string, limit: number): SeenMessage[] | undefined;
}

/**
 * Looks into queues without being a consumer, which SQS itself can't: a ReceiveMessage counts, hides the message and may send it to the dead letters. For the
 * developer's console alone.
 */
export function queueViews(cloud: Cloud): (scope: Scope) => QueueView {
  return perScope((scope) => {
    const database = cloud.state.database(scope, 'sqs');
    // Makes the tables where they aren't there yet.
    new MessageStore(database, cloud.clock);
    const queues = new Collection<QueueRecord>(database, 'queues');
    const count = database.prepare(
      `SELECT count(*) FILTER (WHERE visible_ms <= ?2) AS visible, count(*) FILTER (WHERE visible_ms > ?2 AND receipt IS NULL) AS delayed,
       count(*) FILTER (WHERE visible_ms > ?2 AND receipt IS NOT NULL) AS in_flight, min(sent_ms) AS oldest FROM messages WHERE queue = ?1`,
    );
    const oldest = database.prepare('SELECT * FROM messages WHERE queue = ? ORDER BY sent_ms, id LIMIT ?');
    return {
      counts: (name) => {
        const queue = queues.get(name);
        if (queue === undefined) return undefined;
        const row = count.get(queue.id, cloud.clock()) ?? {};
        return {
          visible: Number(row['visible']),
          delayed: Number(row['delayed']),
          in_flight: Number(row['in_flight']),
          oldest_sent_ms: row['oldest'] === null ? undefined : Number(row['oldest']),
        };
      },
      messages: (name, limit) => {
        const queue = queues.get(name);
        if (queue === undefined) return undefined;
        const now = cloud.clock();
        return oldest.all(queue.id, limit).map((row) => ({
          message_id: String(row['message_id']),
          body: String(row['body']),
          attributes: row['attributes'] === null ? {} : (JSON.parse(String(row['attributes'])) as MessageAttributes),
          trace_header: row['trace_header'] === null ? undefined : String(row['trace_header']),
          sent_ms: Number(row['sent_ms']),
          receive_count: Number(row['receive_count']),
          state: Number(row['visible_ms']) <= now ? 'visible' : row['receipt'] === null ? 'delayed' : 'in_flight',
          dead_letter_source: row['dead_letter_source'] === null ? undefined : String(row['dead_letter_source']),
        }));
      },
    };
  });
}
