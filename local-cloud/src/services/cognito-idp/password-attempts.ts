import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';

const TABLE = `
  CREATE TABLE IF NOT EXISTS password_failures (
    pool TEXT NOT NULL, username TEXT NOT NULL, failures INTEGER NOT NULL, last_ms INTEGER NOT NULL, PRIMARY KEY (pool, username)
  ) WITHOUT ROWID;
`;
/** Cognito Developer Guide, "Lockout behavior for failed sign-in attempts": five attempts are free, the longest lockout is about 15 minutes. */
const FREE_FAILURES = 5;
const LONGEST_LOCKOUT_MS = 900_000;

/** Failed sign-ins with a password: the n-th locks a user out for 2^(n-5) seconds. */
export class PasswordAttempts {
  readonly #get;
  readonly #put;
  readonly #clear;

  constructor(database: DatabaseSync) {
    database.exec(TABLE);
    this.#get = database.prepare('SELECT failures, last_ms FROM password_failures WHERE pool = ? AND username = ?');
    this.#put = database.prepare(
      `INSERT INTO password_failures (pool, username, failures, last_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET failures = excluded.failures, last_ms = excluded.last_ms`,
    );
    this.#clear = database.prepare('DELETE FROM password_failures WHERE pool = ? AND username = ?');
  }

  /** Throws NotAuthorizedException during a lockout; such an attempt doesn't count. */
  check(poolId: string, username: string, now_ms: number): void {
    const { failures, last_ms } = this.#failures(poolId, username, now_ms);
    if (failures >= FREE_FAILURES && now_ms < last_ms + lockout_ms(failures))
      throw new AwsError('NotAuthorizedException', 'Password attempts exceeded');
  }

  failed(poolId: string, username: string, now_ms: number): void {
    this.#put.run(poolId, username, this.#failures(poolId, username, now_ms).failures + 1, now_ms);
  }

  succeeded(poolId: string, username: string): void {
    this.#clear.run(poolId, username);
  }

  /** Who has not tried for 15 minutes begins anew. */
  #failures(poolId: string, username: string, now_ms: number): { failures: number; last_ms: number } {
    const row = this.#get.get(poolId, username);
    const last_ms = Number(row?.['last_ms'] ?? 0);
    if (row === undefined || now_ms - last_ms >= LONGEST_LOCKOUT_MS) return { failures: 0, last_ms: 0 };
    return { failures: Number(row['failures']), last_ms };
  }
}

function lockout_ms(failures: number): number {
  return Math.min(2 ** (failures - FREE_FAILURES) * 1_000, LONGEST_LOCKOUT_MS);
}
