import { createHash, timingSafeEqual } from 'node:crypto';
import { errorDetails } from '@enstratus/platform/runtime';
import type { Clock, Log } from '../log.ts';

/** How long a secret that was read is believed without reading it again. */
const believed_ms = 5 * 60_000;
/** While the parameter can't be read, the fleet is still heard; but a secret that was taken out works no longer than this. */
const longestBelieved_ms = 60 * 60_000;
/** A wrong secret may mean a rotation, so the parameter is read at once; but no faster than this, or anybody could make us throttled. */
const rereadPause_ms = 10_000;

export interface SecretSource {
  /** The parameter's value: one secret, or two, comma separated. */
  readonly read: () => Promise<string>;
  readonly log: Log;
  readonly clock: Clock;
}

/** Checks a secret as a request brought it. Throws what the source throws when no secret was read in the last hour. */
export type AcceptsSecret = (given: string) => Promise<boolean>;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Compares in constant time, with every secret that is valid now. Secrets are kept for at most 5 minutes and read again at once
 * (at most every 10 s) when a wrong one comes, so that both halves of a rotation work. When the source fails, that is logged, and
 * what was read before goes on for an hour.
 */
export function webhookSecrets({ read, log, clock }: SecretSource): AcceptsSecret {
  let digests: Buffer[] = [];
  let readAt: number | undefined;
  let triedAt: number | undefined;

  const reread = async (): Promise<void> => {
    triedAt = clock();
    try {
      const value = await read();
      digests = value
        .split(',')
        .map((secret) => secret.trim())
        .filter((secret) => secret !== '')
        .map(digest);
      readAt = clock();
    } catch (error) {
      if (readAt === undefined || clock() - readAt >= longestBelieved_ms) throw error;
      log.error('webhook secret not read', errorDetails(error));
    }
  };

  const matches = (given: string): boolean => {
    const wanted = digest(given);
    // Every secret is compared, whichever fits: the time says nothing.
    return digests.map((known) => timingSafeEqual(known, wanted)).includes(true);
  };

  return async (given) => {
    const mayReread = triedAt === undefined || clock() - triedAt >= rereadPause_ms;
    if (readAt === undefined) await reread();
    else if (clock() - readAt >= believed_ms && mayReread) await reread();
    if (matches(given)) return true;
    if (triedAt !== undefined && clock() - triedAt < rereadPause_ms) return false;
    await reread();
    return matches(given);
  };
}
