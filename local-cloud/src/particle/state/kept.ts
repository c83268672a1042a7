import type { DatabaseSync } from 'node:sqlite';
import { Collection } from '../../kernel/state.ts';

/**
 * A keyed set of records that lies in memory and in a SQLite table. `put` is with the operating system before it returns;
 * `touch` only marks a record that was changed in place, to be written by the next `writeTouched`.
 */
export class Kept<T> {
  readonly #records = new Map<string, T>();
  readonly #touched = new Set<string>();
  readonly #collection: Collection<{ key: string; value: T }>;

  /** `name` is a table name of letters and underscores. */
  constructor(database: DatabaseSync, name: string) {
    this.#collection = new Collection(database, name);
    for (const { key, value } of this.#collection.list()) this.#records.set(key, value);
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<T> {
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  put(key: string, value: T): T {
    this.#records.set(key, value);
    this.#touched.delete(key);
    this.#collection.put(key, { key, value });
    return value;
  }

  /** True when there was one. */
  delete(key: string): boolean {
    this.#touched.delete(key);
    this.#collection.delete(key);
    return this.#records.delete(key);
  }

  touch(key: string): void {
    this.#touched.add(key);
  }

  get touched(): number {
    return this.#touched.size;
  }

  writeTouched(): void {
    for (const key of this.#touched) {
      const value = this.#records.get(key);
      if (value !== undefined) this.#collection.put(key, { key, value });
    }
    this.#touched.clear();
  }
}
