import type { Span } from '../kernel/span.ts';

const GATHER_MS = 100;
const MAX_BATCH = 500;

/** Gathers spans for a tenth of a second: one message to another process for each would cost more than the work that it tells of. */
export class SpanBatches {
  readonly #send: (batch: readonly Span[]) => void;
  #batch: Span[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (batch: readonly Span[]) => void) {
    this.#send = send;
  }

  add(span: Span): void {
    this.#batch.push(span);
    if (this.#batch.length >= MAX_BATCH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#send(batch);
  }
}
