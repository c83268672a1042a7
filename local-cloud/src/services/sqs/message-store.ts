import { randomUUID } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import { inTransaction } from '../../kernel/state.ts';
import { type MessageAttributes, md5 } from './message-attributes.ts';
import { MAX_VISIBILITY_S } from './queue-attributes.ts';
import type { Queue } from './queue-store.ts';
import { invalidParameterValue } from './sqs-errors.ts';

export interface NewMessage {
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader?: string | undefined;
  readonly senderId: string;
  readonly delay_s: number;
}

export interface StoredMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: MessageAttributes;
  readonly traceHeader: string | undefined;
  readonly senderId: string;
  readonly sentAt_ms: number;
  readonly receiveCount: number;
  readonly firstReceivedAt_ms: number;
  readonly deadLetterSourceArn: string | undefined;
}

interface Row {
  id: number;
  queue: string;
  message_id: string;
  body: string;
  body_md5: string;
  attributes: string | null;
  trace_header: string | null;
  sender_id: string;
  sent_ms: number;
  visible_ms: number;
  receive_count: number;
  receives_here: number;
  first_received_ms: number | null;
  received_ms: number | null;
  receipt: string | null;
  dead_letter_source: string | null;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    body_md5 TEXT NOT NULL,
    attributes TEXT,
    trace_header TEXT,
    sender_id TEXT NOT NULL,
    sent_ms INTEGER NOT NULL,
    visible_ms INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    receives_here INTEGER NOT NULL DEFAULT 0,
    first_received_ms INTEGER,
    received_ms INTEGER,
    receipt TEXT,
    dead_letter_source TEXT
  );
  CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_ms, id);
  CREATE INDEX IF NOT EXISTS messages_by_age ON messages (queue, sent_ms);
`;

/** The messages of one account and region. A message is in flight while a receipt was given and its time isn't over. */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #clock: () => number;
  readonly #sql: Record<
    'insert' | 'visible' | 'receive' | 'bury' | 'byReceipt' | 'delete' | 'hide' | 'expire' | 'purge' | 'redrive',
    StatementSync
  >;
  readonly #count: Record<'visible' | 'delayed' | 'inFlight' | 'next', StatementSync>;

  constructor(database: DatabaseSync, clock: () => number) {
    database.exec(TABLES);
    this.#database = database;
    this.#clock = clock;
    const sql = (text: string) => database.prepare(text);
    this.#sql = {
      insert: sql(
        'INSERT INTO messages (queue, message_id, body, body_md5, attributes, trace_header, sender_id, sent_ms, visible_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      ),
      visible: sql('SELECT * FROM messages WHERE queue = ? AND visible_ms <= ? ORDER BY visible_ms, id LIMIT ?'),
      receive: sql(
        'UPDATE messages SET visible_ms = ?, receive_count = ?, receives_here = receives_here + 1, first_received_ms = ?, received_ms = ?, receipt = ? WHERE id = ?',
      ),
      bury: sql('UPDATE messages SET queue = ?, visible_ms = ?, receives_here = 0, receipt = NULL, dead_letter_source = ? WHERE id = ?'),
      byReceipt: sql('SELECT visible_ms, received_ms FROM messages WHERE id = ? AND queue = ? AND receipt = ?'),
      delete: sql('DELETE FROM messages WHERE id = ? AND queue = ? AND receipt = ?'),
      hide: sql('UPDATE messages SET visible_ms = ? WHERE id = ?'),
      expire: sql('DELETE FROM messages WHERE queue = ? AND sent_ms <= ?'),
      purge: sql('DELETE FROM messages WHERE queue = ?'),
      redrive: sql(
        'UPDATE messages SET queue = ?, message_id = ?, sent_ms = ?, visible_ms = ?, receive_count = 0, receives_here = 0, first_received_ms = NULL, received_ms = NULL, receipt = NULL, dead_letter_source = NULL WHERE id = ?',
      ),
    };
    this.#count = {
      visible: sql('SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_ms <= ?'),
      delayed: sql('SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_ms > ? AND receipt IS NULL'),
      inFlight: sql('SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_ms > ? AND receipt IS NOT NULL'),
      next: sql('SELECT min(visible_ms) AS n FROM messages WHERE queue = ?'),
    };
  }

  /** Keeps messages, all or none; answers their ids and bodies' digests. */
  send(queue: Queue, messages: readonly NewMessage[]): { messageId: string; bodyMd5: string }[] {
    const now = this.#clock();
    const insert = ({ body, attributes, traceHeader, senderId, delay_s }: NewMessage) => {
      const messageId = randomUUID();
      const bodyMd5 = md5(body);
      const kept = Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes);
      this.#sql.insert.run(queue.id, messageId, body, bodyMd5, kept, traceHeader ?? null, senderId, now, now + delay_s * 1000);
      return { messageId, bodyMd5 };
    };
    return messages.length === 1 ? messages.map(insert) : inTransaction(this.#database, () => messages.map(insert));
  }

  /**
   * Takes up to `max` visible messages and hides them for `visibility_s`. Those received `maxReceiveCount` times already
   * go to `deadLetterQueue` instead, when there is one; `buried` tells how many.
   */
  receive(
    queue: Queue,
    max: number,
    visibility_s: number,
    deadLetterQueue: Queue | undefined,
  ): { messages: StoredMessage[]; buried: number } {
    this.#expire(queue);
    const now = this.#clock();
    if (this.#sql.visible.get(queue.id, now, 1) === undefined) return { messages: [], buried: 0 };
    return inTransaction(this.#database, () => {
      const messages: StoredMessage[] = [];
      let buried = 0;
      while (messages.length < max) {
        const rows = this.#sql.visible.all(queue.id, now, max - messages.length) as unknown as Row[];
        for (const row of rows) {
          if (deadLetterQueue !== undefined && row.receives_here >= (queue.settings.redrive?.maxReceiveCount ?? Number.POSITIVE_INFINITY)) {
            this.#sql.bury.run(deadLetterQueue.id, now, queue.arn, row.id);
            buried += 1;
          } else {
            messages.push(this.#take(row, now, visibility_s));
          }
        }
        // With a timeout of 0 what was taken stays visible: once around is enough.
        if (rows.length === 0 || visibility_s === 0) break;
      }
      return { messages, buried };
    });
  }

  #take(row: Row, now: number, visibility_s: number): StoredMessage {
    const receipt = randomUUID();
    const firstReceivedAt_ms = row.first_received_ms ?? now;
    this.#sql.receive.run(now + visibility_s * 1000, row.receive_count + 1, firstReceivedAt_ms, now, receipt, row.id);
    return {
      messageId: row.message_id,
      receiptHandle: Buffer.from(`${row.queue} ${row.id} ${receipt}`).toString('base64'),
      body: row.body,
      bodyMd5: row.body_md5,
      attributes: row.attributes === null ? {} : (JSON.parse(row.attributes) as MessageAttributes),
      traceHeader: row.trace_header ?? undefined,
      senderId: row.sender_id,
      sentAt_ms: row.sent_ms,
      receiveCount: row.receive_count + 1,
      firstReceivedAt_ms,
      deadLetterSourceArn: row.dead_letter_source ?? undefined,
    };
  }

  /** An older receipt than the latest deletes nothing and is no error (SQS API Reference, DeleteMessage). Throws ReceiptHandleIsInvalid. */
  delete(queue: Queue, receiptHandle: string): void {
    const { id, receipt } = readHandle(queue, receiptHandle);
    this.#sql.delete.run(id, queue.id, receipt);
  }

  deleteAll(queue: Queue, receiptHandles: readonly string[]): (AwsError | undefined)[] {
    return inTransaction(this.#database, () => receiptHandles.map((handle) => attempt(() => this.delete(queue, handle))));
  }

  /** Hides a message in flight for `visibility_s` from now on. Throws ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue. */
  changeVisibility(queue: Queue, receiptHandle: string, visibility_s: number): void {
    const { id, receipt } = readHandle(queue, receiptHandle);
    const now = this.#clock();
    const row = this.#sql.byReceipt.get(id, queue.id, receipt) as unknown as { visible_ms: number; received_ms: number } | undefined;
    if (row === undefined) {
      throw invalidParameterValue(
        receiptHandle,
        'ReceiptHandle',
        'Message does not exist or is not available for visibility timeout change.',
      );
    }
    if (row.visible_ms <= now) throw new AwsError('MessageNotInflight', 'The specified message is not in flight.');
    if (now + visibility_s * 1000 > row.received_ms + MAX_VISIBILITY_S * 1000) {
      throw invalidParameterValue(
        visibility_s,
        'VisibilityTimeout',
        `Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY_S} seconds]`,
      );
    }
    this.#sql.hide.run(now + visibility_s * 1000, id);
  }

  changeVisibilityOfAll(queue: Queue, changes: readonly { receiptHandle: string; visibility_s: number }[]): (AwsError | undefined)[] {
    return inTransaction(this.#database, () =>
      changes.map(({ receiptHandle, visibility_s }) => attempt(() => this.changeVisibility(queue, receiptHandle, visibility_s))),
    );
  }

  /** Removes every message; of a deleted queue too. */
  purge(queue: Queue): void {
    this.#sql.purge.run(queue.id);
  }

  /** When the next message becomes visible (milliseconds since 1970), undefined when there is none at all. */
  nextVisible_ms(queue: Queue): number | undefined {
    const next = this.#count.next.get(queue.id)?.['n'];
    return typeof next === 'number' ? next : undefined;
  }

  counts(queue: Queue): { visible: number; delayed: number; inFlight: number } {
    this.#expire(queue);
    const now = this.#clock();
    const count = (statement: StatementSync) => Number(statement.get(queue.id, now)?.['n']);
    return { visible: count(this.#count.visible), delayed: count(this.#count.delayed), inFlight: count(this.#count.inFlight) };
  }

  /**
   * Moves up to `max` visible messages on: `targetOf` tells where by the ARN of the queue whose dead letter it is. The
   * message is a new one there (SQS Developer Guide, "Learn how to configure a dead-letter queue redrive"). Answers how
   * many were moved to which queue; `lost` when one has no target, which stays.
   */
  moveVisible(
    queue: Queue,
    max: number,
    targetOf: (sourceArn: string | undefined) => Queue | undefined,
  ): { moved: Map<string, number>; lost: boolean } {
    this.#expire(queue);
    const now = this.#clock();
    return inTransaction(this.#database, () => {
      const moved = new Map<string, number>();
      for (const row of this.#sql.visible.all(queue.id, now, max) as unknown as Row[]) {
        const target = targetOf(row.dead_letter_source ?? undefined);
        if (target === undefined) return { moved, lost: true };
        this.#sql.redrive.run(target.id, randomUUID(), now, now, row.id);
        moved.set(target.id, (moved.get(target.id) ?? 0) + 1);
      }
      return { moved, lost: false };
    });
  }

  #expire(queue: Queue): void {
    this.#sql.expire.run(queue.id, this.#clock() - queue.settings.retention_s * 1000);
  }
}

function readHandle(queue: Queue, handle: string): { id: number; receipt: string } {
  const [queueId, id, receipt] = Buffer.from(handle, 'base64').toString('utf8').split(' ');
  if (queueId !== queue.id || id === undefined || !/^\d{1,15}$/.test(id) || receipt === undefined) {
    throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
  }
  return { id: Number(id), receipt };
}

function attempt(work: () => void): AwsError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}
