import { PUBLISH_BURST, PUBLISHES_PER_SECOND } from '../documented.ts';

/** About one publish a second, up to four at once (Device OS reference, "Particle.publish()"). */
export class PublishRate {
  #left = PUBLISH_BURST;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** Whether one more may be published now. */
  take(now: number): boolean {
    this.#left = Math.min(PUBLISH_BURST, this.#left + (Math.max(0, now - this.#at) / 1000) * PUBLISHES_PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
