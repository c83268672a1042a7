import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FleetDevice } from '../fleet/fleet-device.ts';
import type { Stretch } from './past-days.ts';
import type { DayRollup } from './rollup-maker.ts';

interface Job {
  readonly order: { readonly device: FleetDevice } & Stretch;
  readonly done: (rollups: readonly DayRollup[]) => void;
  readonly failed: (error: Error) => void;
}

/** Three days' documents of one device are the most that a thread holds; left to itself it would let garbage grow. */
const resourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };

/** Threads that live through devices' pasts, so that the process goes on with its other work. They end when there is nothing left to do. */
export class PastDaysPool {
  readonly #seed: number;
  readonly #most: number;
  readonly #waiting: Job[] = [];
  readonly #workers = new Set<Worker>();

  /** @param most How many threads; two at most where it isn't told, as a start has other work. */
  constructor(seed: number, most: number = Math.min(2, availableParallelism())) {
    this.#seed = seed;
    this.#most = most;
  }

  /** The rollups of a stretch of a device's past (`pastDays`), in the order of asking. Rejects with what the thread threw. */
  rollups(device: FleetDevice, stretch: Stretch): Promise<readonly DayRollup[]> {
    return new Promise((done, failed) => {
      this.#waiting.push({ order: { device, ...stretch }, done, failed });
      if (this.#workers.size < this.#most) this.#startWorker();
    });
  }

  /** Ends the threads; what was asked and isn't answered never will be. */
  async stop(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
  }

  #startWorker(): void {
    const worker = new Worker(new URL('past-days-worker.ts', import.meta.url), { workerData: { seed: this.#seed }, resourceLimits });
    this.#workers.add(worker);
    let job: Job | undefined;
    const next = () => {
      job = this.#waiting.shift();
      if (job !== undefined) return worker.postMessage(job.order);
      this.#workers.delete(worker);
      void worker.terminate();
    };
    worker.on('message', (rollups: readonly DayRollup[]) => {
      job?.done(rollups);
      next();
    });
    worker.once('error', (error) => {
      this.#workers.delete(worker);
      job?.failed(error instanceof Error ? error : new Error(String(error)));
      for (const waiting of this.#waiting.splice(0)) waiting.failed(new Error('another device’s past could not be reckoned'));
    });
    next();
  }
}
