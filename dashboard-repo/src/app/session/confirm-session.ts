import type { AccessTokens } from '../graphql/client.ts';
import { SessionEnded } from '../graphql/failures.ts';

/** How long somebody who was signed out elsewhere, or disabled, is shown anything here at the most while the page is looked at. */
const every_ms = 5 * 60_000;

/**
 * Has the session renewed now, every five minutes, and when the page is looked at again after that long: a token is good for an hour whatever happens
 * to its session, and whoever signed out everywhere means now. @returns Ends that.
 */
export function confirmSession(tokens: AccessTokens, onEnded: () => void): () => void {
  let stopped = false;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  const confirm = async () => {
    if (document.visibilityState !== 'visible' || performance.now() - confirmedAt < every_ms) return;
    const before = confirmedAt;
    confirmedAt = performance.now();
    try {
      await tokens.accessToken({ refresh: true });
    } catch (error) {
      confirmedAt = before;
      if (error instanceof SessionEnded && !stopped) onEnded();
    }
  };
  const timer = setInterval(() => void confirm(), every_ms / 10);
  document.addEventListener('visibilitychange', confirm);
  void confirm();
  return () => {
    stopped = true;
    clearInterval(timer);
    document.removeEventListener('visibilitychange', confirm);
  };
}
