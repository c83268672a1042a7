import { AwsError } from '../../kernel/aws-error.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';
import { type Condition, handOn } from './destinations.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import type { FunctionRecord } from './function-record.ts';
import { type Functions, settingsOf } from './functions.ts';
import type { Invocation, InvocationOutcome } from './invocation.ts';

/** The waits of Lambda's asynchronous invocation, in milliseconds; a test brings shorter ones. */
export interface AsynchronousDelays {
  /** Before the second and the third attempt. */
  readonly retry_ms: readonly [number, number];
  /** After a throttle or a failure of the local cloud itself: the first wait, doubled each time, and the longest. */
  readonly throttle_ms: readonly [number, number];
}

/** Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation". */
const AWS_DELAYS: AsynchronousDelays = { retry_ms: [60_000, 120_000], throttle_ms: [1_000, 5 * 60_000] };
const DEFAULT_RETRIES = 2;
const DEFAULT_EVENT_AGE_S = 6 * 3600;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The work on one function's events. */
interface Lane {
  readonly underWay: Map<number, Promise<void>>;
  /** By the event's id, why it couldn't be dealt with, as told on the console. */
  readonly told: Map<number, string>;
  timer: NodeJS.Timeout | undefined;
}

/** Runs what was invoked asynchronously: from a queue on disk, with retries, then to the destination or dead-letter queue. */
export class AsynchronousInvocations {
  readonly #functions: Functions;
  readonly #invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>;
  readonly #delays: AsynchronousDelays;
  readonly #atOnce: number;
  readonly #queues: (scope: Scope) => EventQueue;
  readonly #lanes = new Map<string, Lane>();
  #stopped = false;

  constructor(
    functions: Functions,
    invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>,
    options: { delays?: AsynchronousDelays | undefined; atOnce: number },
  ) {
    this.#functions = functions;
    this.#invoke = invoke;
    this.#delays = options.delays ?? AWS_DELAYS;
    this.#atOnce = options.atOnce;
    this.#queues = perScope((scope) => new EventQueue(functions.cloud.state.database(scope, 'lambda')));
  }

  /** Continues what was accepted before the last stop. */
  resume(scope: Scope): void {
    for (const name of this.#queues(scope).functionNames()) this.#work(scope, name);
  }

  /** Keeps the event on disk and returns; the function runs soon. */
  accept(scope: Scope, event: { record: FunctionRecord; requestId: string; event: string; traceHeader: string; invokedArn: string }): void {
    this.#queues(scope).add({
      functionName: event.record.name,
      requestId: event.requestId,
      event: event.event,
      traceHeader: event.traceHeader,
      invokedArn: event.invokedArn,
      accepted_ms: this.#functions.cloud.clock(),
    });
    this.#work(scope, event.record.name);
  }

  /** Drops what waits for a function that is deleted. */
  forget(scope: Scope, name: string): void {
    this.#queues(scope).clear(name);
  }

  /** Takes nothing new; resolves when what runs has ended. What hasn't ended well stays on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const lane of this.#lanes.values()) clearTimeout(lane.timer);
    await Promise.all([...this.#lanes.values()].flatMap((lane) => [...lane.underWay.values()]));
  }

  #work(scope: Scope, name: string): void {
    if (this.#stopped) return;
    const key = `${scope.account}/${scope.region}/${name}`;
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { underWay: new Map(), told: new Map(), timer: undefined };
      this.#lanes.set(key, lane);
    }
    const { underWay, told } = lane;
    const free = this.#atOnce - underWay.size;
    if (free <= 0) return;
    const queue = this.#queues(scope);
    const now = this.#functions.cloud.clock();
    const due = queue.due(name, now, this.#atOnce + underWay.size).filter(({ id }) => !underWay.has(id));
    for (const event of due.slice(0, free)) {
      const running = this.#run(scope, queue, event)
        .then(
          () => told.delete(event.id),
          (error: unknown) => {
            const reason = String(error);
            if (told.get(event.id) !== reason) {
              console.error(`lambda: asynchronous event ${event.requestId} of ${name} could not be dealt with:`, error);
            }
            told.set(event.id, reason);
            this.#putOff(queue, event);
          },
        )
        .then(
          () => {
            underWay.delete(event.id);
            this.#work(scope, name);
          },
          // It stays under way, so that it isn't run again before the next start.
          (error: unknown) => console.error(`lambda: event ${event.requestId} of ${name} could not be put off:`, error),
        );
      underWay.set(event.id, running);
    }
    clearTimeout(lane.timer);
    const next = queue.nextDue(name, now);
    if (next !== undefined) {
      lane.timer = setTimeout(() => this.#work(scope, name), Math.min(Math.max(1, next - now), LONGEST_TIMER_MS));
    }
  }

  /** What isn't the function's fault is tried until the event is too old, less and less often. */
  #putOff(queue: EventQueue, event: QueuedEvent): void {
    if (this.#stopped) return;
    const [first, longest] = this.#delays.throttle_ms;
    const wait_ms = Math.min(first * 2 ** event.throttles, longest);
    queue.reschedule({ ...event, throttles: event.throttles + 1, due_ms: this.#functions.cloud.clock() + wait_ms });
  }

  async #run(scope: Scope, queue: EventQueue, event: QueuedEvent): Promise<void> {
    const qualifier = qualifierOf(event.invokedArn);
    const located = this.#functions.find(scope, event.functionName, qualifier);
    if (located === undefined) {
      queue.remove(event.id);
      return;
    }
    const record = this.#functions.chosen(located);
    const { eventInvoke } = settingsOf(located);
    const finish = async (attempted: QueuedEvent, condition: Condition, outcome?: InvocationOutcome) => {
      await handOn(this.#functions.cloud, scope, { record, eventInvoke }, attempted, condition, outcome);
      queue.remove(event.id);
    };
    const maximumAge_ms = (eventInvoke?.maximumEventAge_s ?? DEFAULT_EVENT_AGE_S) * 1000;
    const age_ms = () => this.#functions.cloud.clock() - event.accepted_ms;
    if (record.reservedConcurrency === 0) return finish(event, 'ZeroReservedConcurrency');
    if (age_ms() > maximumAge_ms) return finish(event, 'EventAgeExceeded');

    let outcome: InvocationOutcome;
    try {
      outcome = await this.#invoke({
        scope,
        record,
        requestId: event.requestId,
        event: event.event,
        traceHeader: event.traceHeader,
        invokedArn: event.invokedArn,
        qualifier,
        source: 'asynchronous',
        // X-Ray shows both on the segment of an asynchronous invocation: "Attempt #n" and "Dwell Time".
        attributes: { attempt: event.attempts + 1, dwell_ms: age_ms() },
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#putOff(queue, event);
      return;
    }
    // Cut off by the stop: it is run again after the next start.
    if (this.#stopped && outcome.error !== undefined) return;
    const attempted = { ...event, attempts: event.attempts + 1 };
    if (outcome.error === undefined) {
      if (eventInvoke?.onSuccess !== undefined) return finish(attempted, 'Success', outcome);
      queue.remove(event.id);
      return;
    }
    const retries = eventInvoke?.maximumRetryAttempts ?? DEFAULT_RETRIES;
    if (attempted.attempts > retries) return finish(attempted, 'RetriesExhausted', outcome);
    const wait_ms = this.#delays.retry_ms[attempted.attempts === 1 ? 0 : 1];
    if (age_ms() + wait_ms > maximumAge_ms) return finish(attempted, 'EventAgeExceeded', outcome);
    queue.reschedule({ ...attempted, due_ms: this.#functions.cloud.clock() + wait_ms });
  }
}

/** What stands behind the function's name in an ARN. */
function qualifierOf(arn: string): string | undefined {
  return arn.split(':')[7];
}
