import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { AwsError } from '../../kernel/aws-error.ts';

/** How long a ClientRequestToken is good for (API Reference, "TransactWriteItems"). */
const WINDOW_MS = 10 * 60_000;

/** The tokens by which a repeated TransactWriteItems is known; written with the transaction itself. */
export class TransactionTokens {
  readonly #get;
  readonly #put;
  readonly #expire;

  constructor(database: DatabaseSync) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS transaction_tokens (token TEXT PRIMARY KEY, digest TEXT NOT NULL, at_ms INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS transaction_tokens_by_age ON transaction_tokens (at_ms);`);
    this.#get = database.prepare('SELECT digest FROM transaction_tokens WHERE token = ? AND at_ms > ?');
    this.#put = database.prepare('INSERT OR REPLACE INTO transaction_tokens (token, digest, at_ms) VALUES (?, ?, ?)');
    this.#expire = database.prepare('DELETE FROM transaction_tokens WHERE at_ms <= ?');
  }

  /** Whether this very request was carried out within the last ten minutes. Throws IdempotentParameterMismatchException. */
  seen(token: string, request: unknown, now_ms: number): boolean {
    const row = this.#get.get(token, now_ms - WINDOW_MS);
    if (row === undefined) return false;
    if (row['digest'] === digestOf(request)) return true;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The client request token was used within the last 10 minutes with other parameters.',
    );
  }

  record(token: string, request: unknown, now_ms: number): void {
    this.#put.run(token, digestOf(request), now_ms);
  }

  expire(now_ms: number): void {
    this.#expire.run(now_ms - WINDOW_MS);
  }
}

/** Two requests that differ only in the order of their members are the same. */
function digestOf(request: unknown): string {
  return createHash('sha256').update(canonical(request)).digest('base64');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join()}}`;
}
