import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Caller } from '../../kernel/service.ts';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** How long lines are gathered before they are sent. */
const GATHER_MS = 400;
/** CloudWatch Logs API Reference, "PutLogEvents": 1 MiB with 26 bytes for each event, 10,000 events. */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;
const EVENT_OVERHEAD_BYTES = 26;
/** Longer lines are cut in several events. */
const MAX_EVENT_BYTES = 256 * 1024 - EVENT_OVERHEAD_BYTES;

const toldOnce = new WeakMap<Cloud, Set<string>>();

/**
 * One log stream of one environment. Lines are sent in batches, with the rights of the function's role: without them they
 * are lost, as on AWS, which is told once a function on this server's console.
 */
export class LogDelivery {
  readonly #cloud: Cloud;
  readonly #caller: Caller;
  readonly #group: string;
  readonly #stream: string;
  readonly #functionArn: string;
  #pending: LogEvent[] = [];
  #pendingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #created = false;

  constructor(cloud: Cloud, options: { caller: Caller; group: string; stream: string; functionArn: string }) {
    this.#cloud = cloud;
    this.#caller = options.caller;
    this.#group = options.group;
    this.#stream = options.stream;
    this.#functionArn = options.functionArn;
  }

  write(message: string): void {
    const timestamp = this.#cloud.clock();
    for (const part of cut(message)) {
      this.#pending.push({ timestamp, message: part });
      this.#pendingBytes += part.length + EVENT_OVERHEAD_BYTES;
    }
    if (this.#pendingBytes > MAX_BATCH_BYTES / 4) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** Sends what is pending; resolves when it is with CloudWatch Logs, or refused. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    if (events.length > 0) {
      this.#sending = this.#sending.then(() => this.#send(events)).catch((error: unknown) => this.#tell(error));
    }
    return this.#sending;
  }

  async #send(events: readonly LogEvent[]): Promise<void> {
    if (!this.#created) {
      await this.#createStream();
      this.#created = true;
    }
    for (const logEvents of batches(events)) {
      await this.#cloud.call('logs', 'PutLogEvents', { logGroupName: this.#group, logStreamName: this.#stream, logEvents }, this.#caller);
    }
  }

  async #createStream(): Promise<void> {
    const create = async () => {
      try {
        await this.#cloud.call('logs', 'CreateLogStream', { logGroupName: this.#group, logStreamName: this.#stream }, this.#caller);
      } catch (error) {
        if (!(error instanceof AwsError && error.code === 'ResourceAlreadyExistsException')) throw error;
      }
    };
    try {
      await create();
    } catch (error) {
      if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
      try {
        await this.#cloud.call('logs', 'CreateLogGroup', { logGroupName: this.#group }, this.#caller);
      } catch (failure) {
        if (!(failure instanceof AwsError && failure.code === 'ResourceAlreadyExistsException')) throw failure;
      }
      await create();
    }
  }

  #tell(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const key = `${this.#functionArn} ${error instanceof AwsError ? error.code : reason}`;
    const told = toldOnce.get(this.#cloud) ?? new Set();
    if (told.has(key)) return;
    toldOnce.set(this.#cloud, told.add(key));
    console.error(`the log of ${this.#functionArn} is lost, ${this.#group} could not be written: ${reason}`);
  }
}

function* batches(events: readonly LogEvent[]): Generator<LogEvent[]> {
  let batch: LogEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + EVENT_OVERHEAD_BYTES;
    if (batch.length > 0 && (bytes + size > MAX_BATCH_BYTES || batch.length === MAX_BATCH_EVENTS)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function cut(message: string): string[] {
  if (message.length * 3 <= MAX_EVENT_BYTES || Buffer.byteLength(message) <= MAX_EVENT_BYTES) return [message];
  const parts: string[] = [];
  let bytes = Buffer.from(message, 'utf8');
  while (bytes.length > MAX_EVENT_BYTES) {
    let end = MAX_EVENT_BYTES;
    // Not inside a character: UTF-8 continuation bytes begin with the bits 10.
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
    parts.push(bytes.subarray(0, end).toString('utf8'));
    bytes = bytes.subarray(end);
  }
  if (bytes.length > 0) parts.push(bytes.toString('utf8'));
  return parts;
}
