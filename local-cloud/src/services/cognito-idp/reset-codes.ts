import { randomInt, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';
import { sha256 } from './srp-verifier.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS reset_codes (
    pool TEXT NOT NULL, username TEXT NOT NULL, code_hash TEXT NOT NULL, until_ms INTEGER NOT NULL, PRIMARY KEY (pool, username)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS password_calls (
    pool TEXT NOT NULL, username TEXT NOT NULL, operation TEXT NOT NULL, at_ms INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS password_calls_by_user ON password_calls (pool, username, operation, at_ms);
`;
const HOUR_MS = 3_600_000;
/** Cognito Developer Guide, "Quotas in Amazon Cognito": a forgotten password's code is valid for an hour. */
const VALIDITY_MS = HOUR_MS;
/** The same page, calls for each user and hour: 5 of ChangePassword; 5 to 20 of the others, depending on the risk, which is not known here. */
const CALLS_AN_HOUR = { ForgotPassword: 20, ConfirmForgotPassword: 20, ChangePassword: 5 } as const;

/** The codes by which people who forgot their password set a new one, and how often they may try. */
export class ResetCodes {
  readonly #put;
  readonly #get;
  readonly #delete;
  readonly #call;
  readonly #calls;
  readonly #sweep;

  constructor(database: DatabaseSync) {
    database.exec(TABLES);
    this.#put = database.prepare(
      `INSERT INTO reset_codes (pool, username, code_hash, until_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET code_hash = excluded.code_hash, until_ms = excluded.until_ms`,
    );
    this.#get = database.prepare('SELECT code_hash, until_ms FROM reset_codes WHERE pool = ? AND username = ?');
    this.#delete = database.prepare('DELETE FROM reset_codes WHERE pool = ? AND username = ?');
    this.#call = database.prepare('INSERT INTO password_calls (pool, username, operation, at_ms) VALUES (?, ?, ?, ?)');
    this.#calls = database.prepare(
      'SELECT count(*) AS n FROM password_calls WHERE pool = ? AND username = ? AND operation = ? AND at_ms > ?',
    );
    this.#sweep = database.prepare('DELETE FROM password_calls WHERE at_ms <= ?');
  }

  /** Counts a call. Throws LimitExceededException when there were too many within the last hour. */
  count(operation: keyof typeof CALLS_AN_HOUR, poolId: string, username: string, now_ms: number): void {
    this.#sweep.run(now_ms - HOUR_MS);
    if (Number(this.#calls.get(poolId, username, operation, now_ms - HOUR_MS)?.['n']) >= CALLS_AN_HOUR[operation])
      throw new AwsError('LimitExceededException', 'Attempt limit exceeded, please try after some time.');
    this.#call.run(poolId, username, operation, now_ms);
  }

  /** A new code of six digits, in place of an earlier one. Its hash alone is kept. */
  make(poolId: string, username: string, now_ms: number): string {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    this.#put.run(poolId, username, hashOf(poolId, username, code), now_ms + VALIDITY_MS);
    return code;
  }

  /** Throws ExpiredCodeException without a valid code, CodeMismatchException for another one. */
  check(poolId: string, username: string, code: string, now_ms: number): void {
    const row = this.#get.get(poolId, username);
    if (row === undefined || Number(row['until_ms']) <= now_ms)
      throw new AwsError('ExpiredCodeException', 'Invalid code provided, please request a code again.');
    if (!timingSafeEqual(sha256(hashOf(poolId, username, code)), sha256(String(row['code_hash'])))) throw codeMismatch();
  }

  used(poolId: string, username: string): void {
    this.#delete.run(poolId, username);
  }
}

export function codeMismatch(): AwsError {
  return new AwsError('CodeMismatchException', 'Invalid verification code provided, please try again.');
}

function hashOf(poolId: string, username: string, code: string): string {
  return sha256(`${poolId} ${username} ${code}`).toString('hex');
}
