/** Who is due when: a binary heap of times over device numbers. A device that is put in again counts by its newest time alone. */
export class DueQueue {
  #times: number[] = [];
  #numbers: number[] = [];
  /** By number; NaN: not in. */
  readonly #dueOf: number[] = [];

  put(number: number, due_ms: number): void {
    if (this.#dueOf[number] === due_ms) return;
    this.#dueOf[number] = due_ms;
    let at = this.#times.length;
    this.#times.push(due_ms);
    this.#numbers.push(number);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#time(above) <= due_ms) break;
      this.#move(above, at);
      at = above;
    }
    this.#times[at] = due_ms;
    this.#numbers[at] = number;
  }

  /** When the next one is due; Infinity when nobody is. */
  next_ms(): number {
    this.#dropOld();
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out one that is due at that time, undefined when nobody is. */
  take(now_ms: number): number | undefined {
    this.#dropOld();
    const number = this.#numbers[0];
    if (number === undefined || this.#time(0) > now_ms) return undefined;
    this.#dueOf[number] = Number.NaN;
    this.#removeFirst();
    return number;
  }

  #dropOld(): void {
    while (this.#times.length > 0 && this.#dueOf[this.#numbers[0] ?? -1] !== this.#times[0]) this.#removeFirst();
  }

  #removeFirst(): void {
    const time = this.#times.pop() ?? 0;
    const number = this.#numbers.pop() ?? 0;
    const length = this.#times.length;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      if (below + 1 < length && this.#time(below + 1) < this.#time(below)) below += 1;
      if (this.#time(below) >= time) break;
      this.#move(below, at);
      at = below;
    }
    this.#times[at] = time;
    this.#numbers[at] = number;
  }

  #time(at: number): number {
    return this.#times[at] ?? Number.POSITIVE_INFINITY;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#time(from);
    this.#numbers[to] = this.#numbers[from] ?? 0;
  }
}
