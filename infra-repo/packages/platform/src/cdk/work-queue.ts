import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './service-app.ts';
import type { ServiceFunction } from './service-function.ts';

/** A queue as every repo here makes it: encrypted at rest by SQS's own keys, reached over TLS only. */
export function encryptedQueue(
  scope: Construct,
  id: string,
  { isDeadLetterQueue = false, ...props }: QueueProps & { readonly isDeadLetterQueue?: boolean },
): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // As long as SQS keeps anything, so that a failure on a Friday night can still be replayed.
    retentionPeriod: Duration.days(14),
    ...props,
  });
  if (isDeadLetterQueue)
    acknowledge(queue, { 'AwsSolutions-SQS3': 'This is a dead letter queue: what is in it waits for a person, and an alarm says so.' });
  return queue;
}

export interface WorkQueueProps {
  readonly consumer: ServiceFunction;
  /** 1 to 10,000 messages a call. */
  readonly batchSize: number;
  /** How long Lambda gathers messages for a batch: not at all where nothing is said. Over 10 messages a batch, SQS demands at least a second. */
  readonly batchingWindow?: Duration;
  /** 2 to 1,000 calls at once. In place of reserved concurrency, which throttles the poller and so sends good messages to the dead letters. */
  readonly maxConcurrency: number;
  /** How often a message is tried. 5 where nothing is said, the least that AWS advises for a queue read by Lambda. */
  readonly maxReceiveCount?: number;
}

/** A queue that one function works off, failure by failure (ReportBatchItemFailures), with a dead letter queue behind it. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { consumer, ...props }: WorkQueueProps) {
    super(scope, id);
    this.deadLetters = encryptedQueue(this, 'DeadLetters', { isDeadLetterQueue: true });
    this.queue = encryptedQueue(this, 'Queue', {
      // Six times the function's timeout and the batching window on top, as "Using Lambda with Amazon SQS" advises.
      visibilityTimeout: Duration.seconds(6 * consumer.timeout.toSeconds() + (props.batchingWindow?.toSeconds() ?? 0)),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount ?? 5 },
    });
    consumer.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: [this.queue.queueArn],
      }),
    );
    new EventSourceMapping(this, 'EventSource', {
      target: consumer.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: props.batchSize,
      ...(props.batchingWindow === undefined ? {} : { maxBatchingWindow: props.batchingWindow }),
      maxConcurrency: props.maxConcurrency,
      reportBatchItemFailures: true,
    });
  }
}
