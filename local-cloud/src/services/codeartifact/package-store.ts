import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../kernel/state.ts';

/** One published version of an npm package. */
export interface PackageVersion {
  readonly version: string;
  /** The package.json that npm sent, without `dist`. */
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The asset's name on disk, its file name in addresses, and its size in bytes. */
  readonly asset: string;
  readonly fileName: string;
  readonly size_bytes: number;
  readonly shasum: string;
  readonly integrity: string;
  readonly revision: string;
  readonly published_ms: number;
}

/** The npm packages of one account's and region's repositories; `repository` is `<domain>/<repository>`. */
export class PackageStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS versions (
        repository TEXT NOT NULL, package TEXT NOT NULL, version TEXT NOT NULL, published_ms INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
        value TEXT NOT NULL, PRIMARY KEY (repository, package, version)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS dist_tags (
        repository TEXT NOT NULL, package TEXT NOT NULL, tag TEXT NOT NULL, version TEXT NOT NULL,
        PRIMARY KEY (repository, package, tag)) WITHOUT ROWID;
    `);
  }

  /** Names, in order. */
  packages(repository: string): string[] {
    const rows = this.#database.prepare('SELECT DISTINCT package FROM versions WHERE repository = ? ORDER BY package').all(repository);
    return rows.map((row) => String(row['package']));
  }

  /** Oldest first; empty for a package that isn't there. */
  versions(repository: string, name: string): PackageVersion[] {
    return this.#database
      .prepare('SELECT value FROM versions WHERE repository = ? AND package = ? ORDER BY published_ms, version')
      .all(repository, name)
      .map((row) => JSON.parse(String(row['value'])) as PackageVersion);
  }

  version(repository: string, name: string, version: string): PackageVersion | undefined {
    const row = this.#database
      .prepare('SELECT value FROM versions WHERE repository = ? AND package = ? AND version = ?')
      .get(repository, name, version);
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as PackageVersion);
  }

  tags(repository: string, name: string): Record<string, string> {
    const rows = this.#database
      .prepare('SELECT tag, version FROM dist_tags WHERE repository = ? AND package = ? ORDER BY tag')
      .all(repository, name);
    return Object.fromEntries(rows.map((row) => [String(row['tag']), String(row['version'])]));
  }

  /** Versions and tags together, all or nothing. Throws SQLite's constraint error for a version that is there already. */
  publish(repository: string, name: string, versions: readonly PackageVersion[], tags: Readonly<Record<string, string>>): void {
    inTransaction(this.#database, () => {
      const insert = this.#database.prepare(
        'INSERT INTO versions (repository, package, version, published_ms, size_bytes, value) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const one of versions) insert.run(repository, name, one.version, one.published_ms, one.size_bytes, JSON.stringify(one));
      for (const [tag, version] of Object.entries(tags)) this.setTag(repository, name, tag, version);
    });
  }

  setTag(repository: string, name: string, tag: string, version: string): void {
    this.#database
      .prepare(
        `INSERT INTO dist_tags (repository, package, tag, version) VALUES (?, ?, ?, ?)
         ON CONFLICT (repository, package, tag) DO UPDATE SET version = excluded.version`,
      )
      .run(repository, name, tag, version);
  }

  deleteTag(repository: string, name: string, tag: string): void {
    this.#database.prepare('DELETE FROM dist_tags WHERE repository = ? AND package = ? AND tag = ?').run(repository, name, tag);
  }

  /** Takes a version away with the tags on it. */
  deleteVersion(repository: string, name: string, version: string): void {
    inTransaction(this.#database, () => {
      this.#database.prepare('DELETE FROM versions WHERE repository = ? AND package = ? AND version = ?').run(repository, name, version);
      this.#database.prepare('DELETE FROM dist_tags WHERE repository = ? AND package = ? AND version = ?').run(repository, name, version);
    });
  }

  /** Takes everything of a repository away, and answers the assets that nothing needs any more. */
  deleteAll(repository: string): string[] {
    const assets = this.#database
      .prepare('SELECT value FROM versions WHERE repository = ?')
      .all(repository)
      .map((row) => (JSON.parse(String(row['value'])) as PackageVersion).asset);
    inTransaction(this.#database, () => {
      this.#database.prepare('DELETE FROM versions WHERE repository = ?').run(repository);
      this.#database.prepare('DELETE FROM dist_tags WHERE repository = ?').run(repository);
    });
    return assets;
  }

  /** What lies in the repositories of a domain. */
  stored(domain: string): { bytes: number; items: number } {
    const row = this.#database
      .prepare(`SELECT coalesce(sum(size_bytes), 0) AS bytes, count(*) AS items FROM versions WHERE repository GLOB ? || '/*'`)
      .get(domain);
    return { bytes: Number(row?.['bytes'] ?? 0), items: Number(row?.['items'] ?? 0) };
  }
}
