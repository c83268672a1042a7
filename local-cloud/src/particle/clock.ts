/** The time that the cloud goes by, so that a test needn't wait for it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Calls `work` once after `delay_ms`; the answer calls it off. It doesn't keep the process alive. */
  after(delay_ms: number, work: () => void): () => void;
}

export const realClock: Clock = {
  now: () => Date.now(),
  after(delay_ms, work) {
    const timer = setTimeout(work, delay_ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
