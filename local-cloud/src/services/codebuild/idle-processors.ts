import { cpus } from 'node:os';

/** So much of one processor unused counts as one that has nothing to do. */
const IDLE = 0.8;
/** For so many looks in a row. */
const LOOKS = 3;

/** ms over all processors since the machine started. */
export interface ProcessorTimes {
  readonly processors: number;
  readonly idle: number;
  readonly all: number;
}

/**
 * Whether a processor of this machine has had nothing to do for a while, as when the builds that run only wait for something. To be asked at
 * even intervals.
 */
export class IdleProcessors {
  #before: ProcessorTimes | undefined;
  #quiet = 0;
  readonly #read: () => ProcessorTimes;

  constructor(read: () => ProcessorTimes = machineTimes) {
    this.#read = read;
  }

  /** True at most once for each run of looks. */
  look(): boolean {
    const now = this.#read();
    const before = this.#before;
    this.#before = now;
    if (before === undefined || now.all === before.all) return false;
    const idle = ((now.idle - before.idle) / (now.all - before.all)) * now.processors;
    this.#quiet = idle >= IDLE ? this.#quiet + 1 : 0;
    if (this.#quiet < LOOKS) return false;
    this.#quiet = 0;
    return true;
  }

  /** Forgets what was seen before a pause. */
  reset(): void {
    this.#before = undefined;
    this.#quiet = 0;
  }
}

function machineTimes(): ProcessorTimes {
  let idle = 0;
  let all = 0;
  const processors = cpus();
  for (const { times: one } of processors) {
    idle += one.idle;
    all += one.user + one.nice + one.sys + one.idle + one.irq;
  }
  return { processors: processors.length, idle, all };
}
