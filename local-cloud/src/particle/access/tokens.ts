import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { AccessToken, Account } from '../state/records.ts';

/** 40 hexadecimal digits, as Particle's own tokens have. */
export function newSecret(): string {
  return randomBytes(20).toString('hex');
}

export function hashPassword(password: string): Account['password'] {
  const salt = randomBytes(16).toString('hex');
  return { salt, hash: scryptSync(password, salt, 32).toString('hex') };
}

export function passwordMatches(account: Account, password: string): boolean {
  return timingSafeEqual(Buffer.from(account.password.hash, 'hex'), scryptSync(password, account.password.salt, 32));
}

/** Issues a token; `life_s` 0 means that it never expires (Cloud API reference, "Generate an access token"). */
export function issueToken(state: ParticleState, clock: Clock, client: string, holder: AccessToken['holder'], life_s: number): AccessToken {
  const token = newSecret();
  return state.tokens.put(token, { token, client, holder, expires_at: life_s === 0 ? null : clock.now() + life_s * 1000 });
}
