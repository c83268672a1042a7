import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Scope } from './service.ts';

/**
 * Where every service keeps what it was told, apart by account and region: `<root>/<account>/<region>/<service>…`.
 * Each write is with the operating system before the request is answered, so that kill -9 loses nothing acknowledged.
 */
export class State {
  readonly root: string;
  readonly #databases = new Map<string, DatabaseSync>();

  constructor(root: string) {
    this.root = root;
  }

  /** Throws for a name that would lead out of the state's folder: whoever makes a scope of a request checks it before. */
  #scopeDirectory({ account, region }: Scope): string {
    for (const name of [account, region]) if (!/^[a-z0-9-]{1,64}$/.test(name)) throw new Error(`not an account or a region: ${name}`);
    return join(this.root, account, region);
  }

  /** A folder of the service's own, created when missing. */
  directory(scope: Scope, service: string): string {
    const path = join(this.#scopeDirectory(scope), service);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** The service's SQLite database for this account and region: write-ahead log, opened once. */
  database(scope: Scope, service: string): DatabaseSync {
    const directory = this.#scopeDirectory(scope);
    const path = join(directory, `${service}.sqlite`);
    let database = this.#databases.get(path);
    if (database === undefined) {
      mkdirSync(directory, { recursive: true });
      database = new DatabaseSync(path);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
      this.#databases.set(path, database);
    }
    return database;
  }

  /** Every account and region in which this service has a database, so that it continues there after a restart. */
  scopesOf(service: string): Scope[] {
    return folders(this.root).flatMap((account) =>
      folders(join(this.root, account))
        .filter((region) => existsSync(join(this.root, account, region, `${service}.sqlite`)))
        .map((region) => ({ account, region })),
    );
  }

  close(): void {
    for (const database of this.#databases.values()) database.close();
    this.#databases.clear();
  }
}

function folders(path: string): string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/** Does `work` in one transaction: all of it is kept, or, when it throws, nothing. Not to be nested. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** A keyed set of JSON documents in a SQLite table; for a service's resources, not for its bulk data. */
export class Collection<T> {
  readonly #get;
  readonly #put;
  readonly #delete;
  readonly #list;

  /** `name` is a table name of letters and underscores. */
  constructor(database: DatabaseSync, name: string) {
    if (!/^[a-z_]+$/.test(name)) throw new Error(`not a table name: ${name}`);
    database.exec(`CREATE TABLE IF NOT EXISTS ${name} (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID`);
    this.#get = database.prepare(`SELECT value FROM ${name} WHERE key = ?`);
    this.#put = database.prepare(`INSERT INTO ${name} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
    this.#delete = database.prepare(`DELETE FROM ${name} WHERE key = ?`);
    this.#list = database.prepare(`SELECT key, value FROM ${name} ORDER BY key`);
  }

  get(key: string): T | undefined {
    const row = this.#get.get(key);
    return row === undefined ? undefined : (JSON.parse(String(row['value'])) as T);
  }

  put(key: string, value: T): void {
    this.#put.run(key, JSON.stringify(value));
  }

  /** True when there was one. */
  delete(key: string): boolean {
    return this.#delete.run(key).changes > 0;
  }

  /** Every document, by key in binary order. */
  list(): T[] {
    return this.#list.all().map((row) => JSON.parse(String(row['value'])) as T);
  }
}

/** One value per account and region, made when first asked for. */
export function perScope<T>(make: (scope: Scope) => T): (scope: Scope) => T {
  const made = new Map<string, T>();
  return ({ account, region }) => {
    const key = `${account}/${region}`;
    let value = made.get(key);
    if (value === undefined) {
      value = make({ account, region });
      made.set(key, value);
    }
    return value;
  };
}
