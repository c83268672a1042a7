import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { sha256 } from './srp-verifier.ts';

/** What a sign-in began, and its refresh token continues. */
export interface Session {
  /** The `origin_jti` of every token of this session. */
  readonly originJti: string;
  readonly poolId: string;
  readonly clientId: string;
  readonly username: string;
  /** The user's `sub`: another user of the same name later is not this one. */
  readonly sub: string;
  /** Seconds since 1970 at which the user signed in. */
  readonly authTime_s: number;
  /** When the refresh token expires (milliseconds since 1970). */
  readonly until_ms: number;
  readonly isRevoked: boolean;
}

const TABLE = `
  CREATE TABLE IF NOT EXISTS sessions (
    origin_jti TEXT PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, pool TEXT NOT NULL, username TEXT NOT NULL, document TEXT NOT NULL,
    until_ms INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (pool, username);
  CREATE INDEX IF NOT EXISTS sessions_by_time ON sessions (until_ms);
`;
/** An access token may outlive the refresh token by its own longest validity. */
const REMEMBERED_MS = 86_400_000;

/** The sessions of one account and region. Of a refresh token its hash alone is kept. */
export class Sessions {
  readonly #put;
  readonly #byToken;
  readonly #byOrigin;
  readonly #revoke;
  readonly #revokeAll;
  readonly #sweep;

  constructor(database: DatabaseSync) {
    database.exec(TABLE);
    const columns = 'SELECT document, revoked FROM sessions';
    this.#put = database.prepare(
      'INSERT INTO sessions (origin_jti, token_hash, pool, username, document, until_ms) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#byToken = database.prepare(`${columns} WHERE token_hash = ?`);
    this.#byOrigin = database.prepare(`${columns} WHERE origin_jti = ?`);
    this.#revoke = database.prepare('UPDATE sessions SET revoked = 1 WHERE origin_jti = ?');
    this.#revokeAll = database.prepare('UPDATE sessions SET revoked = 1 WHERE pool = ? AND username = ?');
    this.#sweep = database.prepare('DELETE FROM sessions WHERE until_ms < ?');
  }

  /** Begins a session and hands out its refresh token, which nobody can read from here again. */
  keep(session: Omit<Session, 'isRevoked'>, now_ms: number): string {
    const refreshToken = randomBytes(96).toString('base64url');
    this.#sweep.run(now_ms - REMEMBERED_MS);
    const { originJti, poolId, username, until_ms } = session;
    this.#put.run(originJti, hashOf(refreshToken), poolId, username, JSON.stringify(session), until_ms);
    return refreshToken;
  }

  byRefreshToken(token: string): Session | undefined {
    return read(this.#byToken.get(hashOf(token)));
  }

  byOrigin(originJti: string): Session | undefined {
    return read(this.#byOrigin.get(originJti));
  }

  revoke({ originJti }: Session): void {
    this.#revoke.run(originJti);
  }

  revokeAll(poolId: string, username: string): void {
    this.#revokeAll.run(poolId, username);
  }
}

function hashOf(token: string): string {
  return sha256(token).toString('hex');
}

function read(row: Record<string, unknown> | undefined): Session | undefined {
  if (row === undefined) return undefined;
  return { ...(JSON.parse(String(row['document'])) as Omit<Session, 'isRevoked'>), isRevoked: row['revoked'] !== 0 };
}
