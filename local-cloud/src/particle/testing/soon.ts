import { vi } from 'vitest';

/** Waits until `check` no longer throws: 10 seconds, for a machine that does much else. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, 10_000);
}
