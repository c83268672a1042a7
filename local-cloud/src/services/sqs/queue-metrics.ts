import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import type { Queues } from './sqs-queues.ts';

/** SQS tells CloudWatch each minute ("Monitoring Amazon SQS queues using CloudWatch"); here what waits is to be seen at once. */
const TELL_EVERY_MS = 2_000;

/** What CloudWatch is told of every queue: how much is in it, and how long the oldest message has been. */
export class QueueMetrics {
  readonly #cloud: Cloud;
  readonly #queues: Queues;
  readonly #oldest: (scope: Scope) => (queueId: string) => number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(cloud: Cloud, queues: Queues) {
    this.#cloud = cloud;
    this.#queues = queues;
    this.#oldest = perScope((scope) => {
      const database = cloud.state.database(scope, 'sqs');
      // Received three times and more, a message moves to the back and is no longer the oldest.
      const message = database.prepare(
        'SELECT sent_ms AS since FROM messages WHERE queue = ? AND dead_letter_source IS NULL AND receive_count < 3 ORDER BY sent_ms LIMIT 1',
      );
      // A dead letter is as old as it has been one, which is since it could be received.
      const deadLetter = database.prepare(
        'SELECT visible_ms AS since FROM messages WHERE queue = ? AND dead_letter_source IS NOT NULL ORDER BY visible_ms LIMIT 1',
      );
      return (queueId) => {
        const found = [message, deadLetter].map((oldest) => oldest.get(queueId)?.['since']).filter((since) => typeof since === 'number');
        return found.length === 0 ? undefined : Math.min(...found);
      };
    });
  }

  start(): void {
    this.tell();
    this.#timer = setInterval(() => this.tell(), TELL_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  tell(): void {
    const now = this.#cloud.clock();
    for (const scope of this.#cloud.state.scopesOf('sqs')) {
      const { queues, messages } = this.#queues.in(scope);
      for (const queue of queues.list()) {
        const { visible, delayed, inFlight } = messages.counts(queue);
        const since = this.#oldest(scope)(queue.id);
        const metric = { ...scope, namespace: 'AWS/SQS', dimensions: { QueueName: queue.name } } as const;
        const count = (metricName: string, value: number) => this.#cloud.putMetric({ ...metric, metricName, value, unit: 'Count' });
        count('ApproximateNumberOfMessagesVisible', visible);
        count('ApproximateNumberOfMessagesNotVisible', inFlight);
        count('ApproximateNumberOfMessagesDelayed', delayed);
        const age_s = since === undefined ? 0 : Math.max(0, Math.floor((now - since) / 1000));
        this.#cloud.putMetric({ ...metric, metricName: 'ApproximateAgeOfOldestMessage', value: age_s, unit: 'Seconds' });
      }
    }
  }
}
