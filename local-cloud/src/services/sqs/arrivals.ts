/** Wakes long polls: who waits on a queue, in the order in which they began. */
export class Arrivals {
  readonly #waiting = new Map<string, Set<() => void>>();
  #stopped = false;

  /** True once nobody may touch the queues any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Lets up to `count` who wait on this queue look again. */
  announce(queueId: string, count = 1): void {
    let left = count;
    for (const wake of this.#waiting.get(queueId) ?? []) {
      if (left-- <= 0) return;
      wake();
    }
  }

  /** Resolves when something was announced, after `timeout_ms`, when `signal` aborts, or on stop. */
  wait(queueId: string, timeout_ms: number, signal?: AbortSignal): Promise<void> {
    if (this.#stopped || signal?.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(queueId) ?? new Set();
    this.#waiting.set(queueId, waiting);
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      waiting.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, timeout_ms);
    signal?.addEventListener('abort', wake);
    waiting.add(wake);
    return promise;
  }

  stop(): void {
    this.#stopped = true;
    for (const waiting of this.#waiting.values()) for (const wake of [...waiting]) wake();
  }
}
