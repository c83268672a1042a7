import { availableParallelism } from 'node:os';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';

/** A thread whose event loop tells how busy it was. */
export interface Thread {
  utilization(since?: EventLoopUtilization): EventLoopUtilization;
}

const WINDOW_MS = 20;
/** So much of all processors in use counts as busy. */
const BUSY = 0.85;

/**
 * Whether one more thread would get work done, from how busy this process's event loops are: the processors have room for
 * it, and so has the main thread, which answers every AWS call. Measured only while somebody asks.
 */
export class ProcessorLoad {
  readonly #threads: () => readonly Thread[];
  readonly #onMeasured: () => void;
  readonly #main: Thread = { utilization: (since) => performance.eventLoopUtilization(since) };
  #before = new Map<Thread, EventLoopUtilization>();
  #timer: NodeJS.Timeout | undefined;
  #asked = 0;
  #isSpare = false;

  constructor(threads: () => readonly Thread[], onMeasured: () => void) {
    this.#threads = threads;
    this.#onMeasured = onMeasured;
  }

  /** False while nothing is measured yet: `onMeasured` then follows. True at most once for each measurement. */
  isSpare(): boolean {
    this.#asked = performance.now();
    if (this.#timer === undefined) {
      this.#measure();
      this.#timer = setInterval(() => this.#tick(), WINDOW_MS);
    }
    const spare = this.#isSpare;
    this.#isSpare = false;
    return spare;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isSpare = false;
    this.#before = new Map();
  }

  #tick(): void {
    const { main, all } = this.#measure();
    this.#isSpare = main < BUSY && all < BUSY * availableParallelism();
    this.#onMeasured();
    if (performance.now() - this.#asked > 2 * WINDOW_MS) this.stop();
  }

  /** How many processors' worth of work was done since the last measurement, by this thread and by all. */
  #measure(): { main: number; all: number } {
    const now = new Map<Thread, EventLoopUtilization>();
    let main = 0;
    let all = 0;
    for (const thread of [this.#main, ...this.#threads()]) {
      const before = this.#before.get(thread);
      now.set(thread, thread.utilization());
      // A thread that is being started hasn't a loop yet, and is busy with loading its code.
      const busy = before === undefined ? 1 : thread.utilization(before).utilization;
      all += busy;
      if (thread === this.#main) main = busy;
    }
    this.#before = now;
    return { main, all };
  }
}
