const first_ms = 500;
const longest_ms = 30_000;

/**
 * How long to wait before the n-th attempt to reconnect (from 0): doubling, up to half a minute, and spread over its whole length so that a
 * thousand pages that lost the same server do not come back in the same instant.
 */
export function reconnectDelay_ms(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(longest_ms, first_ms * 2 ** Math.min(attempt, 10));
  return most / 4 + (random() * (most * 3)) / 4;
}
