import type { Clock } from '../clock.ts';

/** A clock that moves when it is told to. */
export class ManualClock implements Clock {
  #now = Date.parse('2026-11-22T12:00:00.000Z');
  #due: { readonly at: number; readonly work: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delay_ms: number, work: () => void): () => void {
    const entry = { at: this.#now + delay_ms, work };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((one) => one !== entry);
    };
  }

  /** How much is waiting for its time. */
  get waiting(): number {
    return this.#due.length;
  }

  /** Goes on by so much, doing what falls due on the way in its order. */
  advance(by_ms: number): void {
    const until = this.#now + by_ms;
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#due = this.#due.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.work();
    }
    this.#now = until;
  }
}
