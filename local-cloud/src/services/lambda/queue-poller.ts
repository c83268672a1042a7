import { randomUUID } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Caller, Scope } from '../../kernel/service.ts';
import type { SpanPlace } from '../../kernel/span.ts';
import { parseTraceHeader } from '../../kernel/trace-header.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import { executionRole } from './execution-role.ts';
import type { FunctionRecord } from './function-record.ts';
import type { Functions, Located } from './functions.ts';
import { idlePollerUsage } from './idle-pollers.ts';
import type { Invocation, InvocationOutcome } from './invocation.ts';
import { traceFor } from './trace-header.ts';

interface Message {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, { DataType: string; StringValue?: string; BinaryValue?: string | Uint8Array }>>;
}

/** SQS takes and gives at most so many in one call. */
const MAX_RECEIVE = 10;
const LONG_POLL_S = 20;
/** "Lambda quotas": an event of 6 MB. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const PAUSE_MS = 1_000;
const THROTTLE_PAUSE_MS = 250;

/**
 * Feeds a function from a queue (Lambda Developer Guide, "Using Lambda with Amazon SQS"): long polls with the rights of the
 * function's role, batches, deletes what succeeded. What failed comes back after the queue's visibility timeout.
 */
export class QueuePoller {
  readonly mapping: EventSourceMapping;
  readonly #functions: Functions;
  readonly #scope: Scope;
  readonly #invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>;
  readonly #atOnce: number;
  readonly #gone = new AbortController();
  readonly #batches = new Set<Promise<void>>();
  readonly #queueUrl: string;
  readonly #polling: Promise<void>;
  #told = '';
  /** By the monotonic clock, in milliseconds: until when AWS's further pollers are counted. */
  #counted = performance.now();

  constructor(
    functions: Functions,
    scope: Scope,
    mapping: EventSourceMapping,
    options: {
      invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>;
      /** Batches at once when the mapping itself sets no MaximumConcurrency. */
      atOnce: number;
    },
  ) {
    this.#functions = functions;
    this.#scope = scope;
    this.mapping = mapping;
    this.#invoke = options.invoke;
    this.#atOnce = mapping.maximumConcurrency ?? options.atOnce;
    const [, , , , account = '', name = ''] = mapping.eventSourceArn.split(':');
    this.#queueUrl = `${functions.cloud.endpoint}/${account}/${name}`;
    this.#polling = this.#poll();
  }

  /** Takes no more messages; resolves when the batches under way are done with. */
  async stop(): Promise<void> {
    this.#gone.abort();
    await this.#polling;
    await Promise.all(this.#batches);
  }

  #located(): Located | undefined {
    return this.#functions.find(this.#scope, this.mapping.functionName, this.mapping.qualifier);
  }

  async #poll(): Promise<void> {
    while (!this.#gone.signal.aborted) {
      const record = this.#located()?.version;
      try {
        // Without concurrency nothing is taken: it would only count as received.
        if (record === undefined || record.reservedConcurrency === 0) {
          await this.#pause(PAUSE_MS);
          continue;
        }
        const messages = await this.#gather(record);
        // A long poll is long enough for the function to have changed meanwhile.
        const latest = this.#located();
        if (messages.length === 0 || latest === undefined) continue;
        const batch = this.#deal(this.#functions.chosen(latest), messages).finally(() => this.#batches.delete(batch));
        this.#batches.add(batch);
        while (this.#batches.size >= this.#atOnce) await Promise.race(this.#batches);
      } catch (error) {
        this.#tell(error);
        await this.#pause(PAUSE_MS);
      }
    }
  }

  /**
   * Messages until the batch is full, its window is over or its size would pass what an event may have (Lambda Developer Guide, "Creating and configuring an Amazon SQS event
   * source mapping"). The window begins with the first message. AWS says that in a queue of very low traffic it may be up to 20 s, however short it is set; here it is as it is set.
   */
  async #gather(record: FunctionRecord): Promise<Message[]> {
    const { batchSize, maximumBatchingWindow_s } = this.mapping;
    const gathered: Message[] = [];
    let bytes = 0;
    let until = 0;
    while (!this.#gone.signal.aborted) {
      const left_s = until === 0 ? LONG_POLL_S : Math.max(0, Math.min(LONG_POLL_S, Math.ceil((until - performance.now()) / 1000)));
      const { Messages = [] } = await this.#functions.cloud.call<{ Messages?: Message[] }>(
        'sqs',
        'ReceiveMessage',
        {
          QueueUrl: this.#queueUrl,
          MaxNumberOfMessages: Math.min(MAX_RECEIVE, batchSize - gathered.length),
          WaitTimeSeconds: left_s,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        },
        { ...this.#caller(record), signal: this.#gone.signal },
      );
      this.#told = '';
      this.#countIdlePollers();
      if (Messages.length > 0 && until === 0) until = performance.now() + maximumBatchingWindow_s * 1000;
      gathered.push(...Messages);
      bytes += Messages.reduce((sum, { Body }) => sum + Buffer.byteLength(Body), 0);
      const isFull = gathered.length >= batchSize || bytes > MAX_EVENT_BYTES - MAX_RECEIVE * 256 * 1024;
      if (isFull || (gathered.length > 0 && performance.now() >= until) || (gathered.length === 0 && left_s > 0)) break;
    }
    return gathered;
  }

  #countIdlePollers(): void {
    const now = performance.now();
    this.#functions.cloud.meter(idlePollerUsage(this.mapping.eventSourceArn, now - this.#counted));
    this.#counted = now;
  }

  async #deal(record: FunctionRecord, messages: readonly Message[]): Promise<void> {
    try {
      const outcome = await this.#run(record, messages);
      if (outcome === undefined) return;
      const done = this.#succeeded(outcome, messages);
      for (let index = 0; index < done.length; index += MAX_RECEIVE) {
        const Entries = done.slice(index, index + MAX_RECEIVE).map(({ ReceiptHandle }, id) => ({ Id: String(id), ReceiptHandle }));
        await this.#functions.cloud.call('sqs', 'DeleteMessageBatch', { QueueUrl: this.#queueUrl, Entries }, this.#caller(record));
      }
    } catch (error) {
      this.#tell(error);
    }
  }

  /** Undefined when the function couldn't be run: the messages come back by themselves. */
  async #run(record: FunctionRecord, messages: readonly Message[]): Promise<InvocationOutcome | undefined> {
    const event = JSON.stringify({ Records: messages.map((message) => this.#recordOf(message)) });
    const time_ms = this.#functions.cloud.clock();
    const traceHeader = traceFor(undefined, record.configuration.tracing, time_ms);
    // Throttled batches are tried again while their messages stay invisible: not longer than the shortest sensible timeout.
    const until = performance.now() + Math.max(1, record.configuration.timeout_s) * 1000;
    while (!this.#gone.signal.aborted) {
      try {
        return await this.#invoke({
          scope: this.#scope,
          record,
          requestId: randomUUID(),
          event,
          traceHeader,
          invokedArn: this.mapping.functionArn,
          qualifier: this.mapping.qualifier,
          source: 'sqs',
          attributes: { messages: messages.length },
          links: linksOf(messages),
        });
      } catch (error) {
        if (!(error instanceof AwsError && error.httpStatus === 429)) throw error;
        if (performance.now() > until) return undefined;
        await this.#pause(THROTTLE_PAUSE_MS);
      }
    }
    return undefined;
  }

  /** The messages to delete ("Handling errors for an SQS event source in Lambda"). */
  #succeeded(outcome: InvocationOutcome, messages: readonly Message[]): readonly Message[] {
    if (outcome.error !== undefined) return [];
    if (!this.mapping.reportBatchItemFailures) return messages;
    const response = JSON.parse(outcome.payload) as { batchItemFailures?: unknown } | null;
    const failures = response?.batchItemFailures;
    if (response === null || failures === undefined || failures === null) return messages;
    // A malformed answer counts as a failure of the whole batch.
    if (!Array.isArray(failures)) return [];
    const failed = new Set<unknown>();
    for (const failure of failures as { itemIdentifier?: unknown }[]) {
      const id = failure?.itemIdentifier;
      if (typeof id !== 'string' || id === '' || !messages.some(({ MessageId }) => MessageId === id)) return [];
      failed.add(id);
    }
    return messages.filter(({ MessageId }) => !failed.has(MessageId));
  }

  #recordOf(message: Message): Record<string, unknown> {
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue === undefined ? {} : { stringValue: StringValue }),
        ...(BinaryValue === undefined
          ? {}
          : { binaryValue: typeof BinaryValue === 'string' ? BinaryValue : Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]);
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(attributes) as Record<string, unknown>,
      ...(message.MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: this.mapping.eventSourceArn,
      awsRegion: this.mapping.eventSourceArn.split(':')[3],
    };
  }

  #caller(record: FunctionRecord): Caller {
    const { principal } = executionRole(this.#functions.cloud, record);
    return { principal, account: this.#scope.account, region: this.mapping.eventSourceArn.split(':')[3] ?? this.#scope.region };
  }

  #tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#told) return;
    this.#told = reason;
    console.error(`lambda: ${this.mapping.eventSourceArn} does not reach ${this.mapping.functionName}: ${reason}`);
  }

  #pause(duration_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#gone;
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, duration_ms);
      signal.addEventListener('abort', done);
    });
  }
}

/** A batch begins a trace of its own, linked to those of its messages (X-Ray Developer Guide, "Tracing event-driven applications"). */
function linksOf(messages: readonly Message[]): SpanPlace[] {
  return messages.flatMap(({ Attributes }) => {
    const sent = parseTraceHeader(Attributes?.['AWSTraceHeader']);
    return sent?.parent === undefined ? [] : [{ trace_id: sent.root, span_id: sent.parent }];
  });
}
