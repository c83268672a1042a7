import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { servicePrincipal } from '../../kernel/principal.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import { spanTime_ms } from '../../kernel/span.ts';
import { newSpanId, parseTraceHeader, withParent } from '../../kernel/trace-header.ts';
import { lambdaEvent, type Notification, queueMessage, textFor } from './notification.ts';
import { topicName } from './request-units.ts';
import type { Subscription, TopicStore } from './topic-store.ts';

interface Row {
  id: number;
  subscription: string;
  notification: string;
  trace_header: string | null;
  attempts: number;
}

/** Deliveries under way at once, for each account and region. */
const CONCURRENCY = 32;

/**
 * How long SNS waits after `attempts` failed ones, in milliseconds; undefined when it gives up. For SQS and Lambda: 3
 * retries at once, 2 a second apart, 10 from 1 to 20 seconds, then 100,000 every 20 seconds (SNS Developer Guide, "Amazon
 * SNS message delivery retries"; the backoff's exact steps and the jitter aren't published: doubling, without jitter).
 */
export function retryDelay_ms(attempts: number): number | undefined {
  if (attempts <= 3) return 0;
  if (attempts <= 5) return 1000;
  if (attempts <= 15) return Math.min(20_000, 1000 * 2 ** (attempts - 6));
  return attempts <= 100_015 ? 20_000 : undefined;
}

/** Deliveries that were promised: on disk until they are made or given up, so that none is lost with the process. */
export class Outbox {
  readonly #cloud: Cloud;
  readonly #scope: Scope;
  readonly #topics: TopicStore;
  readonly #sql: Record<'insert' | 'due' | 'read' | 'next' | 'delete' | 'postpone', StatementSync>;
  readonly #underWay = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(cloud: Cloud, scope: Scope, database: DatabaseSync, topics: TopicStore) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS deliveries (
        id INTEGER PRIMARY KEY,
        subscription TEXT NOT NULL,
        notification TEXT NOT NULL,
        trace_header TEXT,
        attempts INTEGER NOT NULL DEFAULT 0,
        due_ms INTEGER NOT NULL
      );
      CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due_ms, id);
    `);
    this.#cloud = cloud;
    this.#scope = scope;
    this.#topics = topics;
    this.#sql = {
      insert: database.prepare('INSERT INTO deliveries (subscription, notification, trace_header, due_ms) VALUES (?, ?, ?, ?)'),
      due: database.prepare('SELECT id FROM deliveries WHERE due_ms <= ? ORDER BY due_ms, id LIMIT ?'),
      read: database.prepare('SELECT id, subscription, notification, trace_header, attempts FROM deliveries WHERE id = ?'),
      next: database.prepare('SELECT min(due_ms) AS due FROM deliveries WHERE due_ms > ?'),
      delete: database.prepare('DELETE FROM deliveries WHERE id = ?'),
      postpone: database.prepare('UPDATE deliveries SET attempts = ?, due_ms = ? WHERE id = ?'),
    };
  }

  /** Promises a delivery; to be called within a transaction, and `work` after it. */
  add(subscription: Subscription, notification: Notification, traceHeader: string | undefined): void {
    this.#sql.insert.run(subscription.arn, JSON.stringify(notification), traceHeader ?? null, this.#cloud.clock());
  }

  /** Sets about what is due; returns at once. */
  work(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    const free = CONCURRENCY - this.#underWay.size;
    const now = this.#cloud.clock();
    const due = free === 0 ? [] : this.#sql.due.all(now, CONCURRENCY).map((row) => Number(row['id']));
    for (const id of due.filter((one) => !this.#underWay.has(one)).slice(0, free)) {
      this.#underWay.add(id);
      void this.#deliver(this.#sql.read.get(id) as unknown as Row).finally(() => {
        this.#underWay.delete(id);
        this.work();
      });
    }
    const next = this.#sql.next.get(now)?.['due'];
    if (typeof next === 'number') this.#timer = setTimeout(() => this.work(), Math.min(next - now, 60_000));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #deliver(row: Row): Promise<void> {
    const subscription = this.#topics.subscription(row.subscription);
    const notification = JSON.parse(row.notification) as Notification;
    const failure = subscription === undefined ? undefined : await this.#attempt(() => this.#send(subscription, notification, row));
    // What was being delivered when the process ended is delivered again: at least once.
    if (this.#stopped) return;
    if (failure === undefined || subscription === undefined) {
      this.#sql.delete.run(row.id);
      if (subscription !== undefined) this.#meter(subscription, notification);
      return;
    }
    const attempts = row.attempts + 1;
    // A client-side error, such as a missing queue or right, isn't tried again (SNS Developer Guide, "Amazon SNS dead-letter queues").
    const delay_ms = isClientSide(failure) ? undefined : retryDelay_ms(attempts);
    if (delay_ms !== undefined) {
      this.#sql.postpone.run(attempts, this.#cloud.clock() + delay_ms, row.id);
      return;
    }
    const buried = await this.#attempt(() => this.#bury(subscription, notification, row));
    if (this.#stopped) return;
    // "Monitoring Amazon SNS topics using CloudWatch": a message that a dead-letter queue took was not delivered either.
    const dimensions = { TopicName: topicName(notification.topicArn) ?? '' };
    this.#cloud.putMetric({
      ...this.#scope,
      namespace: 'AWS/SNS',
      metricName: 'NumberOfNotificationsFailed',
      dimensions,
      value: 1,
      unit: 'Count',
    });
    console.warn(
      `SNS gave up a delivery from ${notification.topicArn} to ${subscription.endpoint} (${failure.code}: ${failure.message});`,
      subscription.deadLetterArn === undefined || buried !== undefined
        ? `the message is lost${buried === undefined ? '' : `: ${buried.message}`}`
        : `the message is in ${subscription.deadLetterArn}`,
    );
    this.#sql.delete.run(row.id);
  }

  /** Deliveries have a price by their kind; those to functions and queues have none (Amazon SNS Pricing). */
  #meter({ protocol }: Subscription, { topicArn }: Notification): void {
    const units = { deliveries: 1 };
    this.#cloud.meter({ ...this.#scope, service: 'sns', operation: `delivery-${protocol}`, resource: topicName(topicArn), units });
  }

  /** What the work failed of; undefined when it didn't. */
  async #attempt(work: () => Promise<void>): Promise<AwsError | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      return error instanceof AwsError ? error : new AwsError('InternalError', String(error), 500);
    }
  }

  /** One try, within a span below that of the publish. */
  async #send(subscription: Subscription, notification: Notification, row: Row): Promise<void> {
    const trace = parseTraceHeader(row.trace_header ?? undefined);
    if (trace === undefined) return this.#sendTraced(subscription, notification, row);
    const span_id = newSpanId();
    const start_ms = spanTime_ms();
    let errorCode: string | undefined;
    try {
      await this.#sendTraced(subscription, notification, { ...row, trace_header: withParent(row.trace_header ?? '', span_id) });
    } catch (error) {
      errorCode = error instanceof AwsError ? error.code : 'InternalError';
      throw error;
    } finally {
      this.#cloud.recordSpan({
        ...this.#scope,
        trace_id: trace.root,
        span_id,
        parent_id: trace.parent,
        service: 'sns',
        operation: 'delivery',
        resource: notification.topicArn.split(':').at(-1),
        start_ms,
        duration_ms: spanTime_ms() - start_ms,
        errorCode,
        attributes: { message_id: notification.messageId, to: subscription.endpoint, attempt: row.attempts + 1 },
      });
    }
  }

  async #sendTraced(subscription: Subscription, notification: Notification, row: Row): Promise<void> {
    if (subscription.protocol === 'sqs') return this.#sendToQueue(subscription.endpoint, subscription, notification, row);
    if (subscription.protocol !== 'lambda') throw new NotCarriedOut(`SNS delivery by ${subscription.protocol}`);
    await this.#cloud.call(
      'lambda',
      'Invoke',
      {
        FunctionName: subscription.endpoint,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(lambdaEvent(notification, subscription, this.#cloud.endpoint))),
      },
      this.#asSns(notification, row),
    );
  }

  async #bury(subscription: Subscription, notification: Notification, row: Row): Promise<void> {
    if (subscription.deadLetterArn !== undefined) await this.#sendToQueue(subscription.deadLetterArn, subscription, notification, row);
  }

  async #sendToQueue(queueArn: string, subscription: Subscription, notification: Notification, row: Row): Promise<void> {
    const [, , , , account, name] = queueArn.split(':');
    const raw = subscription.raw && subscription.protocol === 'sqs';
    await this.#cloud.call(
      'sqs',
      'SendMessage',
      {
        QueueUrl: `${this.#cloud.endpoint}/${account}/${name}`,
        MessageBody: raw ? textFor('sqs', notification) : queueMessage(notification, subscription, this.#cloud.endpoint),
        ...(raw ? { MessageAttributes: notification.attributes } : {}),
      },
      this.#asSns(notification, row),
    );
  }

  #asSns({ topicArn }: Notification, row: Row): Caller {
    return {
      ...this.#scope,
      principal: servicePrincipal('sns.amazonaws.com', this.#scope.account, topicArn),
      traceHeader: row.trace_header ?? undefined,
    };
  }
}

function isClientSide({ code, httpStatus }: AwsError): boolean {
  const throttled = httpStatus === 429 || /throttl/i.test(code);
  return code === 'NotCarriedOut' || (httpStatus < 500 && !throttled);
}
