import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { type Item, itemSize, itemsEqual } from './attribute-value.ts';
import { type IndexDefinition, indexKeyText, type KeyRange } from './dynalite.ts';
import { type Index, projectedNames, type Table } from './table.ts';

/** An item as it is kept. */
export interface StoredItem {
  readonly id: number;
  readonly item: Item;
  readonly size_bytes: number;
}

/** Units that one write took: of the table, and of each index that it touched. */
export interface WriteUnits {
  readonly table: number;
  readonly indexes: Readonly<Record<string, number>>;
}

export interface Count {
  readonly items: number;
  readonly bytes: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS identities (id INTEGER PRIMARY KEY AUTOINCREMENT);
  CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL, key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL, expires_s INTEGER, value TEXT NOT NULL);
  CREATE UNIQUE INDEX IF NOT EXISTS items_by_key ON items (table_id, key);
  CREATE INDEX IF NOT EXISTS items_by_expiry ON items (table_id, expires_s) WHERE expires_s IS NOT NULL;
  CREATE TABLE IF NOT EXISTS index_entries (
    index_id INTEGER NOT NULL, key TEXT NOT NULL, item_id INTEGER NOT NULL, PRIMARY KEY (index_id, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counts (owner INTEGER PRIMARY KEY, items INTEGER NOT NULL, bytes INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS garbage (owner INTEGER PRIMARY KEY);
`;

/**
 * The items of every table of one account and region, with their index entries. Everything is synchronous: what happens
 * within one `transaction` is one for every other request as well as for kill -9. An index entry points at its item, so
 * that an index never tells another state than its table; in that it is better than the real one, whose indexes follow
 * with a delay.
 */
export class ItemStore {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(SCHEMA);
  }

  /** Does the work as a whole or, when it throws, not at all. */
  transaction<T>(work: () => T): T {
    this.#sql('BEGIN IMMEDIATE').run();
    try {
      const result = work();
      this.#sql('COMMIT').run();
      return result;
    } catch (error) {
      // SQLite has undone it by itself when, say, the disk is full.
      if (this.#database.isTransaction) this.#sql('ROLLBACK').run();
      throw error;
    }
  }

  /** A number that no table or index had before. */
  newIdentity(): number {
    return Number(this.#sql('INSERT INTO identities DEFAULT VALUES').run().lastInsertRowid);
  }

  get(table: Table, key: string): StoredItem | undefined {
    const row = this.#sql('SELECT id, size_bytes, value FROM items WHERE table_id = ? AND key = ?').get(table.id, key);
    return row === undefined ? undefined : stored(row);
  }

  /** Items in the order of their keys, from the table or from an index. Stop reading when there is enough. */
  *read(table: Table, index: Index | undefined, range: KeyRange): Generator<StoredItem> {
    const bounds: string[] = [];
    let where = '';
    for (const [bound, operator] of BOUNDS) {
      const value = range[bound];
      if (value === undefined) continue;
      where += ` AND k.key ${operator} ?`;
      bounds.push(value);
    }
    const order = range.reverse === true ? 'DESC' : 'ASC';
    const source =
      index === undefined
        ? 'SELECT k.id, k.size_bytes, k.value FROM items k WHERE k.table_id = ?'
        : 'SELECT i.id, i.size_bytes, i.value FROM index_entries k CROSS JOIN items i ON i.id = k.item_id WHERE k.index_id = ?';
    const rows = this.#sql(`${source}${where} ORDER BY k.key ${order}`).iterate(index?.id ?? table.id, ...bounds);
    for (const row of rows) yield stored(row);
  }

  /** Puts an item in the place of `before`, which is what `get` gave for its key. */
  put(table: Table, key: string, before: StoredItem | undefined, item: Item, size_bytes: number): WriteUnits {
    const expires_s = expiryOf(table, item);
    const value = JSON.stringify(item);
    let id = before?.id;
    if (id === undefined) {
      const insert = this.#sql('INSERT INTO items (table_id, key, size_bytes, expires_s, value) VALUES (?, ?, ?, ?, ?)');
      id = Number(insert.run(table.id, key, size_bytes, expires_s, value).lastInsertRowid);
    } else {
      this.#sql('UPDATE items SET size_bytes = ?, expires_s = ?, value = ? WHERE id = ?').run(size_bytes, expires_s, value, id);
    }
    this.#count(table.id, before === undefined ? 1 : 0, size_bytes - (before?.size_bytes ?? 0));
    return {
      table: writeUnits(Math.max(size_bytes, before?.size_bytes ?? 0)),
      indexes: this.#moveEntries(table, before, { id, item, size_bytes }),
    };
  }

  /** Removes `before`, which is what `get` gave for its key; removing nothing takes one unit. */
  remove(table: Table, before: StoredItem | undefined): WriteUnits {
    if (before === undefined) return { table: 1, indexes: {} };
    this.#sql('DELETE FROM items WHERE id = ?').run(before.id);
    this.#count(table.id, -1, -before.size_bytes);
    return { table: writeUnits(before.size_bytes), indexes: this.#moveEntries(table, before, undefined) };
  }

  /** Items and bytes of a table or an index, by its identity. */
  count(owner: number): Count {
    const row = this.#sql('SELECT items, bytes FROM counts WHERE owner = ?').get(owner);
    return { items: Number(row?.['items'] ?? 0), bytes: Number(row?.['bytes'] ?? 0) };
  }

  /** Marks everything of a table or index for removal; `purge` removes it bit by bit. */
  discard(owner: number): void {
    this.#sql('INSERT OR IGNORE INTO garbage (owner) VALUES (?)').run(owner);
    this.#sql('DELETE FROM counts WHERE owner = ?').run(owner);
  }

  /** Removes up to `limit` rows of what was discarded. True when there may be more. */
  purge(limit: number): boolean {
    const owner = this.#sql('SELECT owner FROM garbage LIMIT 1').get()?.['owner'];
    if (owner === undefined) return false;
    const items = this.#sql('DELETE FROM items WHERE id IN (SELECT id FROM items WHERE table_id = ? LIMIT ?)').run(Number(owner), limit);
    const entries = this.#sql(
      'DELETE FROM index_entries WHERE index_id = ?1 AND key IN (SELECT key FROM index_entries WHERE index_id = ?1 LIMIT ?2)',
    ).run(Number(owner), limit);
    if (items.changes === 0 && entries.changes === 0) this.#sql('DELETE FROM garbage WHERE owner = ?').run(Number(owner));
    return true;
  }

  /** Enters up to `limit` items with an id above `after` into a new index. The last id seen, or undefined at the end. */
  backfill(table: Table, index: Index, after: number, limit: number): number | undefined {
    let last: number | undefined;
    for (const entry of this.#itemsAfter(table, after, limit)) {
      this.#addEntry(table, index, entry);
      last = entry.id;
    }
    return last;
  }

  /** Notes the expiry of up to `limit` items with an id above `after`. The last id seen, or undefined at the end. */
  noteExpiries(table: Table, after: number, limit: number): number | undefined {
    let last: number | undefined;
    for (const entry of this.#itemsAfter(table, after, limit)) {
      this.#sql('UPDATE items SET expires_s = ? WHERE id = ?').run(expiryOf(table, entry.item), entry.id);
      last = entry.id;
    }
    return last;
  }

  /** Up to `limit` items whose time to live ended after `from_s` and not after `to_s` (seconds since 1970). */
  expired(table: Table, from_s: number, to_s: number, limit: number): StoredItem[] {
    return this.#sql('SELECT id, size_bytes, value FROM items WHERE table_id = ? AND expires_s > ? AND expires_s <= ? LIMIT ?')
      .all(table.id, from_s, to_s, limit)
      .map(stored);
  }

  #itemsAfter(table: Table, after: number, limit: number): StoredItem[] {
    return this.#sql('SELECT id, size_bytes, value FROM items WHERE id > ? AND table_id = ? ORDER BY id LIMIT ?')
      .all(after, table.id, limit)
      .map(stored);
  }

  /**
   * Brings a table's index entries from one state of an item to the next and tells the units that each index took
   * (Developer Guide, "Using Global Secondary Indexes in DynamoDB", "Provisioned throughput considerations").
   */
  #moveEntries(table: Table, before: StoredItem | undefined, after: StoredItem | undefined): Record<string, number> {
    const units: Record<string, number> = {};
    for (const index of table.GlobalSecondaryIndexes ?? []) {
      const oldKey = before === undefined ? undefined : entryKey(before.item, table, index);
      const newKey = after === undefined ? undefined : entryKey(after.item, table, index);
      if (before !== undefined && oldKey !== undefined && index.status === 'CREATING') this.#addEntry(table, index, before);
      let taken = 0;
      if (oldKey !== undefined && oldKey === newKey && before !== undefined && after !== undefined) {
        taken = this.#changeEntry(table, index, before, after);
      } else {
        if (before !== undefined && oldKey !== undefined) taken += this.#removeEntry(table, index, oldKey, before);
        if (after !== undefined && newKey !== undefined) taken += writeUnits(this.#addEntry(table, index, after, newKey));
      }
      if (taken > 0) units[index.IndexName] = taken;
    }
    return units;
  }

  #changeEntry(table: Table, index: Index, before: StoredItem, after: StoredItem): number {
    const old = projected(before.item, table, index);
    const fresh = projected(after.item, table, index);
    if (itemsEqual(old, fresh)) return 0;
    const oldSize = itemSize(old);
    const newSize = itemSize(fresh);
    this.#count(index.id, 0, newSize - oldSize);
    return writeUnits(Math.max(oldSize, newSize));
  }

  #removeEntry(table: Table, index: Index, key: string, before: StoredItem): number {
    const size = projectedSize(before, table, index);
    this.#sql('DELETE FROM index_entries WHERE index_id = ? AND key = ?').run(index.id, key);
    this.#count(index.id, -1, -size);
    return writeUnits(size);
  }

  /** Adds the entry unless it is there or the item hasn't the index's keys; the entry's size in bytes. */
  #addEntry(table: Table, index: Index, entry: StoredItem, key = entryKey(entry.item, table, index)): number {
    if (key === undefined) return 0;
    const size = projectedSize(entry, table, index);
    const { changes } = this.#sql('INSERT OR IGNORE INTO index_entries (index_id, key, item_id) VALUES (?, ?, ?)').run(
      index.id,
      key,
      entry.id,
    );
    if (changes > 0) this.#count(index.id, 1, size);
    return size;
  }

  #count(owner: number, items: number, bytes: number): void {
    if (items === 0 && bytes === 0) return;
    this.#sql(
      `INSERT INTO counts (owner, items, bytes) VALUES (?, ?, ?)
       ON CONFLICT (owner) DO UPDATE SET items = items + excluded.items, bytes = bytes + excluded.bytes`,
    ).run(owner, items, bytes);
  }

  #sql(text: string): StatementSync {
    let statement = this.#prepared.get(text);
    if (statement === undefined) {
      statement = this.#database.prepare(text);
      this.#prepared.set(text, statement);
    }
    return statement;
  }
}

const BOUNDS = [
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
] as const;

function stored(row: Record<string, unknown>): StoredItem {
  return { id: Number(row['id']), size_bytes: Number(row['size_bytes']), item: JSON.parse(String(row['value'])) as Item };
}

/** Write units of so many bytes: one for each started KB. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** The entry's key, when the item has every key attribute of the index in its type: indexes are sparse. */
function entryKey(item: Item, table: Table, index: IndexDefinition): string | undefined {
  for (const { AttributeName } of index.KeySchema) {
    const type = table.AttributeDefinitions.find((definition) => definition.AttributeName === AttributeName)?.AttributeType;
    const value = type === undefined ? undefined : item[AttributeName]?.[type];
    if (value === undefined || value === '') return undefined;
  }
  return indexKeyText(item, table, index);
}

/** What an index shows of an item. */
export function projected(item: Item, table: Table, index: IndexDefinition): Item {
  const names = projectedNames(table, index);
  if (names === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

function projectedSize(entry: StoredItem, table: Table, index: IndexDefinition): number {
  return index.Projection.ProjectionType === 'ALL' ? entry.size_bytes : itemSize(projected(entry.item, table, index));
}

function expiryOf(table: Table, item: Item): number | null {
  const text = table.timeToLive === undefined ? undefined : item[table.timeToLive.attribute]?.N;
  const seconds = text === undefined ? Number.NaN : Math.floor(Number(text));
  return Number.isSafeInteger(seconds) ? seconds : null;
}
