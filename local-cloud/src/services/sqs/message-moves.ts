import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { Collection, perScope } from '../../kernel/state.ts';
import type { Queue } from './queue-store.ts';
import { invalidParameter } from './sqs-errors.ts';
import type { Queues } from './sqs-queues.ts';

interface MoveTask {
  readonly handle: string;
  readonly sourceArn: string;
  readonly destinationArn?: string;
  readonly maxPerSecond?: number;
  readonly status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  readonly moved: number;
  readonly toMove: number;
  readonly startedAt_ms: number;
  readonly failureReason?: string;
}

/** Messages moved in one go, so that other requests are answered in between. */
const BATCH = 100;

/** Replays messages from a dead-letter queue, in the background (SQS API Reference, StartMessageMoveTask). */
export class MessageMoves {
  readonly #cloud: Cloud;
  readonly #queues: Queues;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly tasks: (scope: Scope) => Collection<MoveTask>;

  constructor(cloud: Cloud, queues: Queues) {
    this.#cloud = cloud;
    this.#queues = queues;
    this.tasks = perScope((scope) => new Collection<MoveTask>(cloud.state.database(scope, 'sqs'), 'move_tasks'));
  }

  start(scope: Scope, task: MoveTask): void {
    this.tasks(scope).put(task.handle, task);
    this.#schedule(scope, task.handle, 0);
  }

  /** Goes on with what ran when the process ended. */
  resume(): void {
    for (const scope of this.#cloud.state.scopesOf('sqs')) {
      for (const task of this.tasks(scope).list()) if (task.status === 'RUNNING') this.#schedule(scope, task.handle, 0);
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #schedule(scope: Scope, handle: string, delay_ms: number): void {
    this.#timers.set(
      handle,
      setTimeout(() => this.#step(scope, handle), delay_ms),
    );
  }

  #step(scope: Scope, handle: string): void {
    this.#timers.delete(handle);
    const task = this.tasks(scope).get(handle);
    if (task?.status !== 'RUNNING') return;
    const { queues, messages } = this.#queues.in(scope);
    const source = queues.byArn(task.sourceArn);
    if (source === undefined) {
      this.tasks(scope).put(handle, { ...task, status: 'FAILED', failureReason: 'AWS.SimpleQueueService.NonExistentQueue' });
      return;
    }
    const destination = (origin: string | undefined): Queue | undefined => {
      const arn = task.destinationArn ?? origin;
      return arn === undefined ? undefined : queues.byArn(arn);
    };
    const { moved, lost } = messages.moveVisible(source, Math.min(BATCH, task.maxPerSecond ?? BATCH), destination);
    const count = [...moved.values()].reduce((sum, one) => sum + one, 0);
    for (const [queueId, arrived] of moved) this.#queues.arrivals.announce(queueId, arrived);
    const ended = lost ? { status: 'FAILED' as const, failureReason: 'CouldNotDetermineMessageSource' } : { status: 'COMPLETED' as const };
    this.tasks(scope).put(handle, { ...task, moved: task.moved + count, ...(lost || count === 0 ? ended : {}) });
    if (!lost && count > 0) this.#schedule(scope, handle, task.maxPerSecond === undefined ? 0 : (1000 * count) / task.maxPerSecond);
  }
}

/** StartMessageMoveTask and its companions. */
export function moveOperations(queues: Queues, moves: MessageMoves): Record<string, Operation<never, unknown>> {
  return {
    StartMessageMoveTask: operation({
      input: z.strictObject({
        SourceArn: z.string(),
        DestinationArn: z.string().optional(),
        MaxNumberOfMessagesPerSecond: z.int().min(1).max(500).optional(),
      }),
      // SQS Developer Guide, "Configuring queue permissions for dead-letter queue redrive".
      authorize: (input, context) => {
        const source = queues.in(context).queues.byArn(input.SourceArn);
        const targets =
          input.DestinationArn === undefined
            ? source === undefined
              ? []
              : queues
                  .in(context)
                  .queues.sourcesOf(source.arn)
                  .map(({ arn }) => arn)
            : [input.DestinationArn];
        const onSource = ['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
        return [
          ...onSource.map((action) => ({ action: `sqs:${action}`, resource: input.SourceArn, resourcePolicy: source?.settings.policy })),
          ...targets.map((arn) => ({
            action: 'sqs:SendMessage',
            resource: arn,
            resourcePolicy: queues.in(context).queues.byArn(arn)?.settings.policy,
          })),
        ];
      },
      run: (input, context) => {
        const source = queues.byArn(input.SourceArn, context);
        if (input.DestinationArn !== undefined) queues.byArn(input.DestinationArn, context);
        if (queues.in(context).queues.sourcesOf(source.arn).length === 0) {
          throw invalidParameter('Source queue must be configured as a Dead Letter Queue.');
        }
        if (
          moves
            .tasks(context)
            .list()
            .some((task) => task.sourceArn === source.arn && task.status === 'RUNNING')
        ) {
          throw new AwsError(
            'UnsupportedOperation',
            'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
          );
        }
        const handle = Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn: source.arn })).toString('base64');
        moves.start(
          { account: context.account, region: context.region },
          {
            handle,
            sourceArn: source.arn,
            ...(input.DestinationArn === undefined ? {} : { destinationArn: input.DestinationArn }),
            ...(input.MaxNumberOfMessagesPerSecond === undefined ? {} : { maxPerSecond: input.MaxNumberOfMessagesPerSecond }),
            status: 'RUNNING',
            moved: 0,
            toMove: queues.in(context).messages.counts(source).visible,
            startedAt_ms: context.cloud.clock(),
          },
        );
        return { TaskHandle: handle };
      },
    }),

    ListMessageMoveTasks: operation({
      input: z.strictObject({ SourceArn: z.string(), MaxResults: z.int().min(1).max(10).default(1) }),
      authorize: (input, context) => [
        {
          action: 'sqs:ListMessageMoveTasks',
          resource: input.SourceArn,
          resourcePolicy: queues.in(context).queues.byArn(input.SourceArn)?.settings.policy,
        },
      ],
      run: (input, context) => {
        queues.byArn(input.SourceArn, context);
        const tasks = moves
          .tasks(context)
          .list()
          .filter((task) => task.sourceArn === input.SourceArn)
          .sort((a, b) => b.startedAt_ms - a.startedAt_ms);
        return { Results: tasks.slice(0, input.MaxResults).map(shown) };
      },
    }),

    CancelMessageMoveTask: operation({
      input: z.strictObject({ TaskHandle: z.string() }),
      authorize: (input, context) => {
        const task = moves.tasks(context).get(input.TaskHandle);
        return [{ action: 'sqs:CancelMessageMoveTask', resource: task?.sourceArn ?? '*' }];
      },
      run: (input, context) => {
        const task = moves.tasks(context).get(input.TaskHandle);
        if (task?.status !== 'RUNNING') throw new AwsError('ResourceNotFoundException', 'Task does not exist or is not running.', 404);
        moves.tasks(context).put(task.handle, { ...task, status: 'CANCELLED' });
        return { ApproximateNumberOfMessagesMoved: task.moved };
      },
    }),
  };
}

function shown(task: MoveTask): Record<string, unknown> {
  return {
    ...(task.status === 'RUNNING' ? { TaskHandle: task.handle } : {}),
    Status: task.status,
    SourceArn: task.sourceArn,
    DestinationArn: task.destinationArn,
    MaxNumberOfMessagesPerSecond: task.maxPerSecond,
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    FailureReason: task.failureReason,
    StartedTimestamp: task.startedAt_ms,
  };
}
