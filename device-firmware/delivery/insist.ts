import { passes, saidBy } from './particle-error.ts';

/** Time as the delivery sees it: ms. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** For so long a request that may be repeated is repeated, and so long is waited between two at most. */
const INSIST_MS = 5 * 60_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Does what does no harm when it is done twice again and again, with longer and longer pauses, while what hinders it may pass. Rejects with the last error after five minutes, and at once with one
 * that doesn't pass.
 */
export async function insist<T>(
  { clock, say }: { readonly clock: Clock; readonly say: (line: string) => void },
  work: () => Promise<T>,
): Promise<T> {
  const until = clock.now() + INSIST_MS;
  for (let pause_ms = 1_000; ; pause_ms = Math.min(pause_ms * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || clock.now() + pause_ms > until) throw error;
      say(`${saidBy(error)}. Again in ${pause_ms / 1_000} s.`);
      await clock.sleep(pause_ms);
    }
  }
}
