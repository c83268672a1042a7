import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { EventLoopUtilization } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import type { InvokeMessage, RuntimeData, RuntimeError, RuntimeMessage } from './runtime-messages.ts';

/** Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle": Init is limited to 10 seconds. */
const INIT_LIMIT_MS = 10_000;
/** "Lambda quotas": 6 MB of response. */
const MAX_RESPONSE_BYTES = 6_291_556;

export interface EnvironmentOptions {
  readonly variables: Readonly<Record<string, string>>;
  readonly runtime: RuntimeData;
  readonly memory_mb: number;
  readonly timeout_s: number;
  /** Lines that the code writes, one call for each event of the log. */
  readonly onLine: (line: string, requestId: string | undefined) => void;
  /** The thread is gone, whatever the reason. */
  readonly onEnd: () => void;
}

/** How one invocation ended. */
export type EnvironmentAnswer = (
  | { readonly status: 'success'; readonly payload: string }
  | { readonly status: 'error' | 'failure' | 'timeout'; readonly error: RuntimeError }
) & { readonly duration_ms: number; readonly heap_bytes: number };

interface Running {
  readonly requestId: string;
  readonly started: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (answer: EnvironmentAnswer) => void;
}

/** One execution environment: a worker thread that runs one invocation at a time. */
export class Environment {
  /** How long the code took to load. */
  readonly ready: Promise<{ init_ms: number } | { error: RuntimeError; init_ms: number }>;
  ended = false;
  readonly #worker: Worker;
  readonly #options: EnvironmentOptions;
  #running: Running | undefined;
  #fatal: RuntimeError | undefined;
  #heap_bytes = 0;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
    const started = performance.now();
    this.#worker = new Worker(runtimeProgram(), {
      eval: true,
      workerData: options.runtime,
      env: { ...options.variables },
      argv: [],
      execArgv: ['--input-type=module'],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: options.memory_mb },
    });
    // What Node itself writes past the runtime's own hold on stdout and stderr.
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.on('data', (chunk: Buffer) => this.#raw(chunk.toString('utf8')));
    }
    this.ready = new Promise((resolve) => {
      const finish = (error?: RuntimeError) => {
        clearTimeout(limit);
        this.#onReady = () => {};
        const init_ms = performance.now() - started;
        resolve(error === undefined ? { init_ms } : { error, init_ms });
      };
      const limit = setTimeout(() => {
        finish({ errorType: 'Sandbox.Timedout', errorMessage: 'Error: Task timed out after 10.00 seconds' });
        void this.end();
      }, INIT_LIMIT_MS);
      this.#onReady = finish;
    });
    this.#worker.on('message', (message: RuntimeMessage) => this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#fatal ??=
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime exited with error: signal: killed' }
          : { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: ${error.message}` };
    });
    this.#worker.on('exit', (code) => this.#exited(code));
  }

  #onReady: (error?: RuntimeError) => void = () => {};

  /** Runs one invocation; never rejects. Only when `ready` told no error and nothing else runs. */
  invoke(message: InvokeMessage): Promise<EnvironmentAnswer> {
    return new Promise((settle) => {
      const { timeout_s } = this.#options;
      const timer = setTimeout(() => {
        this.#finish({
          status: 'timeout',
          error: {
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${message.requestId} Error: Task timed out after ${timeout_s.toFixed(2)} seconds`,
          },
        });
        void this.end();
      }, timeout_s * 1000);
      this.#running = { requestId: message.requestId, started: performance.now(), timer, settle };
      this.#worker.postMessage(message);
    });
  }

  utilization(since?: EventLoopUtilization): EventLoopUtilization {
    return this.#worker.performance.eventLoopUtilization(since);
  }

  /** Ends the thread at once; what runs in it is lost. Resolves when it is gone. */
  async end(): Promise<void> {
    this.ended = true;
    await this.#worker.terminate();
  }

  #receive(message: RuntimeMessage): void {
    switch (message.kind) {
      case 'log':
        if (message.raw) this.#raw(message.text);
        else this.#options.onLine(message.text, this.#running?.requestId);
        return;
      case 'ready':
        this.#onReady();
        return;
      case 'result':
        this.#heap_bytes = message.heap_bytes;
        if (message.payload.length > MAX_RESPONSE_BYTES / 4 && Buffer.byteLength(message.payload) > MAX_RESPONSE_BYTES) {
          this.#finish({
            status: 'error',
            error: {
              errorType: 'Function.ResponseSizeTooLarge',
              errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
            },
          });
        } else this.#finish({ status: 'success', payload: message.payload });
        return;
      case 'error':
        this.#heap_bytes = message.heap_bytes;
        this.#finish({ status: 'error', error: message.error });
        return;
      case 'fatal':
        this.#fatal ??= message.error;
        return;
    }
  }

  #exited(code: number): void {
    this.ended = true;
    const requestId = this.#running?.requestId;
    const reason =
      code === 0 ? 'Error: Runtime exited without providing a reason' : `Error: Runtime exited with error: exit status ${code}`;
    const error = this.#fatal ?? { errorType: 'Runtime.ExitError', errorMessage: reason };
    this.#onReady(error);
    const named =
      error.trace === undefined && requestId !== undefined
        ? { ...error, errorMessage: `RequestId: ${requestId} ${error.errorMessage}` }
        : error;
    this.#finish({ status: 'failure', error: named });
    this.#options.onEnd();
  }

  #finish(result: { status: 'success'; payload: string } | { status: 'error' | 'failure' | 'timeout'; error: RuntimeError }): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    clearTimeout(running.timer);
    running.settle({ ...result, duration_ms: performance.now() - running.started, heap_bytes: this.#heap_bytes });
  }

  #raw(text: string): void {
    for (const line of text.split('\n')) if (line !== '') this.#options.onLine(line, this.#running?.requestId);
  }
}

let program: string | undefined;

/** The worker's program without its types, stripped once: a thread that does it itself starts 40 ms later. */
function runtimeProgram(): string {
  if (program === undefined) {
    const emitWarning = process.emitWarning;
    // Node calls the function experimental on the console; it is the one that runs this very file.
    process.emitWarning = () => {};
    try {
      program = stripTypeScriptTypes(readFileSync(new URL('./runtime-worker.ts', import.meta.url), 'utf8'));
    } finally {
      process.emitWarning = emitWarning;
    }
  }
  return program;
}
