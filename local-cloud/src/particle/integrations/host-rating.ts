import { RATING_COOLDOWN_MS, RATING_MIN_ERRORS, RATING_WINDOW_MS } from '../chosen.ts';

/**
 * Whether a server is to be left alone (Webhook reference, "Limits"): it sleeps when it fails many times in rapid succession and its
 * errors outnumber its successes, until it had no error for a few seconds. The reference gives the rule, the figures are chosen.
 * One of these is for a host name, whatever port, webhook or account.
 */
export class HostRating {
  #answers: { readonly at: number; readonly good: boolean }[] = [];
  /** How many at the list's head no longer count. */
  #old = 0;
  #errors = 0;
  #lastError = Number.NEGATIVE_INFINITY;
  #sleeping = false;

  note(good: boolean, now: number): void {
    this.#forget(now);
    this.#answers.push({ at: now, good });
    if (good) return;
    this.#errors += 1;
    this.#lastError = now;
    if (this.#errors >= RATING_MIN_ERRORS && this.#errors * 2 > this.#answers.length - this.#old) this.#sleeping = true;
  }

  sleeps(now: number): boolean {
    if (!this.#sleeping) return false;
    if (now - this.#lastError < RATING_COOLDOWN_MS) return true;
    this.#sleeping = false;
    this.#answers = [];
    this.#old = 0;
    this.#errors = 0;
    return false;
  }

  /** Answers that are older than the window no longer count. The list is cut once half of it is old, so that an answer costs little. */
  #forget(now: number): void {
    for (
      let answer = this.#answers[this.#old];
      answer !== undefined && answer.at < now - RATING_WINDOW_MS;
      answer = this.#answers[this.#old]
    ) {
      if (!answer.good) this.#errors -= 1;
      this.#old += 1;
    }
    if (this.#old * 2 <= this.#answers.length) return;
    this.#answers = this.#answers.slice(this.#old);
    this.#old = 0;
  }
}
