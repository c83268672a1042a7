import type { ParticleEvent } from '../events/particle-event.ts';
import type { OpenSpan } from '../trace-spans.ts';
import type { PreparedWebhook } from './webhooks.ts';

/** One event on its way to one webhook. */
export interface Delivery {
  readonly webhook: PreparedWebhook;
  readonly event: ParticleEvent;
  /** When the event came, by the clock. */
  readonly at: number;
  /** How often it was skipped so far. */
  skips: number;
  /** Until it is answered or given up; undefined when nobody wants traces. */
  readonly span?: OpenSpan | undefined;
}

/** The deliveries that wait for one host and port: first in, first out, but for what `pick` says. */
export class HostQueue {
  #waiting: (Delivery | undefined)[] = [];
  #head = 0;
  running = 0;

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  add(delivery: Delivery): void {
    this.#waiting.push(delivery);
  }

  /** The next one, or the one `ahead` places behind it, which then overtakes. */
  take(ahead = 0): Delivery | undefined {
    const at = this.#head + Math.min(ahead, Math.max(0, this.length - 1));
    const taken = this.#waiting[at];
    if (taken === undefined) return undefined;
    this.#waiting[at] = this.#waiting[this.#head];
    this.#waiting[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
    return taken;
  }
}
