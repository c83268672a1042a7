import type { DatabaseSync } from 'node:sqlite';
import type { ServerSecret } from './srp-server.ts';

/** A sign-in that waits for its next step. Kept, so that a restart in between is not felt. */
export type Challenge = (
  | {
      readonly name: 'PASSWORD_VERIFIER';
      /** The client's public value, hexadecimal. */
      readonly A: string;
      readonly secret: ServerSecret;
      /** By what a user who doesn't exist wanted to sign in. */
      readonly simulatedName?: string;
    }
  | { readonly name: 'NEW_PASSWORD_REQUIRED' }
) & {
  readonly poolId: string;
  readonly clientId: string;
  readonly username: string;
};

const TABLE = `
  CREATE TABLE IF NOT EXISTS challenges (
    id TEXT PRIMARY KEY, pool TEXT NOT NULL, document TEXT NOT NULL, until_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS challenges_by_time ON challenges (until_ms);
`;
/** So long after its end a challenge is still known, to tell that it has expired. */
const REMEMBERED_MS = 3_600_000;

/** The open challenges of one account and region, by what the client holds of them: a secret block or a session. */
export class Challenges {
  readonly #put;
  readonly #get;
  readonly #end;
  readonly #sweep;

  constructor(database: DatabaseSync) {
    database.exec(TABLE);
    this.#put = database.prepare('INSERT INTO challenges (id, pool, document, until_ms) VALUES (?, ?, ?, ?)');
    this.#get = database.prepare('SELECT document, until_ms FROM challenges WHERE id = ?');
    this.#end = database.prepare('DELETE FROM challenges WHERE id = ?');
    this.#sweep = database.prepare('DELETE FROM challenges WHERE until_ms < ?');
  }

  open(id: string, challenge: Challenge, now_ms: number, validity_ms: number): void {
    this.#sweep.run(now_ms - REMEMBERED_MS);
    this.#put.run(id, challenge.poolId, JSON.stringify(challenge), now_ms + validity_ms);
  }

  find(id: string): { challenge: Challenge; until_ms: number } | undefined {
    const row = this.#get.get(id);
    if (row === undefined) return undefined;
    return { challenge: JSON.parse(String(row['document'])) as Challenge, until_ms: Number(row['until_ms']) };
  }

  /** True for the one who ends it: an answer counts once. */
  end(id: string): boolean {
    return this.#end.run(id).changes > 0;
  }
}
