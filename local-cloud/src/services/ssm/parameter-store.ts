import type { DatabaseSync } from 'node:sqlite';

export type ParameterType = 'String' | 'StringList' | 'SecureString';

/** One version of a parameter. */
export interface ParameterVersion {
  readonly version: number;
  readonly type: ParameterType;
  /** Encrypted for a SecureString. */
  readonly value: string;
  readonly modified_ms: number;
  readonly modifiedBy: string;
  readonly tier: 'Standard' | 'Advanced';
  readonly description?: string;
  readonly allowedPattern?: string;
}

/** A parameter with its latest version. */
export interface Parameter {
  readonly name: string;
  readonly latest: ParameterVersion;
  readonly tags: Readonly<Record<string, string>>;
}

/** A parameter keeps its 100 latest versions (AWS Systems Manager User Guide, "Working with parameter versions"). */
const MAX_VERSIONS = 100;

/** The parameters of one account and region. */
export class ParameterStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS parameter (name TEXT PRIMARY KEY, version INTEGER NOT NULL, tags TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS parameter_version (
        name TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL, PRIMARY KEY (name, version)) WITHOUT ROWID;
    `);
  }

  get(name: string): Parameter | undefined {
    const row = this.#database
      .prepare('SELECT name, tags, value FROM parameter JOIN parameter_version USING (name, version) WHERE name = ?')
      .get(name);
    return row === undefined ? undefined : parameter(row);
  }

  version(name: string, version: number): ParameterVersion | undefined {
    const row = this.#database.prepare('SELECT value FROM parameter_version WHERE name = ? AND version = ?').get(name, version);
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as ParameterVersion);
  }

  /** Up to `limit` versions above `afterVersion`, oldest first. */
  history(name: string, afterVersion: number, limit: number): ParameterVersion[] {
    return this.#database
      .prepare('SELECT value FROM parameter_version WHERE name = ? AND version > ? ORDER BY version LIMIT ?')
      .all(name, afterVersion, limit)
      .map((row) => JSON.parse(String(row['value'])) as ParameterVersion);
  }

  /** Makes this the latest version; `tags` for a new parameter only. */
  put(name: string, version: ParameterVersion, tags: Readonly<Record<string, string>>): void {
    this.#atomically(() => {
      this.#database
        .prepare('INSERT INTO parameter (name, version, tags) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version')
        .run(name, version.version, JSON.stringify(tags));
      this.#database
        .prepare('INSERT INTO parameter_version (name, version, value) VALUES (?, ?, ?)')
        .run(name, version.version, JSON.stringify(version));
      this.#database.prepare('DELETE FROM parameter_version WHERE name = ? AND version <= ?').run(name, version.version - MAX_VERSIONS);
    });
  }

  setTags(name: string, tags: Readonly<Record<string, string>>): void {
    this.#database.prepare('UPDATE parameter SET tags = ? WHERE name = ?').run(JSON.stringify(tags), name);
  }

  /** True when there was one. */
  delete(name: string): boolean {
    return this.#atomically(() => {
      this.#database.prepare('DELETE FROM parameter_version WHERE name = ?').run(name);
      return this.#database.prepare('DELETE FROM parameter WHERE name = ?').run(name).changes > 0;
    });
  }

  /** Every parameter behind `afterName`, by name. */
  *after(afterName: string): Generator<Parameter> {
    const rows = this.#database
      .prepare('SELECT name, tags, value FROM parameter JOIN parameter_version USING (name, version) WHERE name > ? ORDER BY name')
      .iterate(afterName);
    for (const row of rows) yield parameter(row);
  }

  #atomically<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function parameter(row: Record<string, unknown>): Parameter {
  return {
    name: String(row['name']),
    tags: JSON.parse(String(row['tags'])) as Record<string, string>,
    latest: JSON.parse(String(row['value'])) as ParameterVersion,
  };
}
