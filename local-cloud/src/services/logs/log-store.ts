import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { perScope } from '../../kernel/state.ts';

/** What CloudWatch Logs adds to each event's message in the size of a batch ("PutLogEvents"); taken to be billed too, which no page could be found to say. */
export const EVENT_OVERHEAD_BYTES = 26;
export const DAY_MS = 24 * 60 * 60 * 1000;

/** "CreateLogGroup": the class of a group, for its whole life. DELIVERY, for Lambda's logs on their way to elsewhere, is none of ours. */
export const LOG_GROUP_CLASSES = ['STANDARD', 'INFREQUENT_ACCESS'] as const;
export type LogGroupClass = (typeof LOG_GROUP_CLASSES)[number];

export interface LogGroupRow {
  readonly id: number;
  readonly name: string;
  readonly class: LogGroupClass;
  readonly created_ms: number;
  readonly retention_days: number | null;
  readonly deletion_protected: number;
  readonly stored_bytes: number;
  readonly tags: string;
}

export interface LogStreamRow {
  readonly id: number;
  readonly group_id: number;
  readonly name: string;
  readonly created_ms: number;
  readonly first_event_ms: number | null;
  readonly last_event_ms: number | null;
  readonly last_ingestion_ms: number | null;
}

/** One stored event; `id` grows with every event, so that (timestamp_ms, id) is a total order. */
export interface LogEventRow {
  readonly id: number;
  readonly timestamp_ms: number;
  readonly ingested_ms: number;
  readonly stream_name: string;
  readonly message: string;
}

export interface EventPosition {
  readonly timestamp_ms: number;
  readonly id: number;
}

export interface EventScan {
  readonly groupId: number;
  /** Only these streams; absent: all of the group. */
  readonly streamIds?: readonly number[];
  /** Both inclusive. */
  readonly from_ms: number;
  readonly to_ms: number;
  /** Only what follows this position in the direction of the scan. */
  readonly after?: EventPosition | undefined;
  readonly descending?: boolean;
  readonly limit: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS log_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created_ms INTEGER NOT NULL, retention_days INTEGER,
    deletion_protected INTEGER NOT NULL DEFAULT 0, stored_bytes INTEGER NOT NULL DEFAULT 0, tags TEXT NOT NULL DEFAULT '{}',
    class TEXT NOT NULL DEFAULT 'STANDARD');
  CREATE TABLE IF NOT EXISTS log_streams (
    id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, name TEXT NOT NULL, created_ms INTEGER NOT NULL,
    first_event_ms INTEGER, last_event_ms INTEGER, last_ingestion_ms INTEGER, UNIQUE (group_id, name));
  CREATE TABLE IF NOT EXISTS log_events (
    group_id INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, id INTEGER NOT NULL, stream_id INTEGER NOT NULL,
    ingested_ms INTEGER NOT NULL, message TEXT NOT NULL, PRIMARY KEY (group_id, timestamp_ms, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS log_totals (
    only INTEGER PRIMARY KEY CHECK (only = 1), next_event_id INTEGER NOT NULL, ingested_bytes INTEGER NOT NULL, scanned_bytes INTEGER NOT NULL);
  INSERT OR IGNORE INTO log_totals VALUES (1, 1, 0, 0);
`;

/** State from before there were classes: its groups are of the one that there was. */
function addClasses(database: DatabaseSync): void {
  const columns = database.prepare('PRAGMA table_info(log_groups)').all();
  if (!columns.some(({ name }) => name === 'class'))
    database.exec("ALTER TABLE log_groups ADD COLUMN class TEXT NOT NULL DEFAULT 'STANDARD'");
}

/** The log groups, streams and events of one account and region. */
export class LogStore {
  readonly scope: Scope;
  readonly database: DatabaseSync;
  readonly #clock: () => number;
  readonly #statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();

  constructor(scope: Scope, database: DatabaseSync, clock: () => number) {
    this.scope = scope;
    this.database = database;
    this.#clock = clock;
    // Every device's log group is appended to in turn: the pages at the groups' ends have to stay in memory.
    database.exec('PRAGMA cache_size = -65536');
    database.exec(SCHEMA);
    addClasses(database);
  }

  createGroup(name: string, options: { class: LogGroupClass; deletionProtected: boolean; tags: Readonly<Record<string, string>> }): void {
    this.#run(
      'INSERT INTO log_groups (name, class, created_ms, deletion_protected, tags) VALUES (?, ?, ?, ?, ?)',
      name,
      options.class,
      this.#clock(),
      options.deletionProtected ? 1 : 0,
      JSON.stringify(options.tags),
    );
  }

  group(name: string): LogGroupRow | undefined {
    return this.#get('SELECT * FROM log_groups WHERE name = ?', name) as LogGroupRow | undefined;
  }

  /** Every group, by name. */
  groups(): LogGroupRow[] {
    return this.#all('SELECT * FROM log_groups ORDER BY name') as unknown as LogGroupRow[];
  }

  groupById(id: number): LogGroupRow | undefined {
    return this.#get('SELECT * FROM log_groups WHERE id = ?', id) as LogGroupRow | undefined;
  }

  deleteGroup(group: LogGroupRow): void {
    this.#transaction(() => {
      this.#run('DELETE FROM log_events WHERE group_id = ?', group.id);
      this.#run('DELETE FROM log_streams WHERE group_id = ?', group.id);
      this.#run('DELETE FROM log_groups WHERE id = ?', group.id);
    });
  }

  setRetention(group: LogGroupRow, retention_days: number | null): void {
    this.#run('UPDATE log_groups SET retention_days = ? WHERE id = ?', retention_days, group.id);
  }

  setDeletionProtection(group: LogGroupRow, enabled: boolean): void {
    this.#run('UPDATE log_groups SET deletion_protected = ? WHERE id = ?', enabled ? 1 : 0, group.id);
  }

  setTags(group: LogGroupRow, tags: Readonly<Record<string, string>>): void {
    this.#run('UPDATE log_groups SET tags = ? WHERE id = ?', JSON.stringify(tags), group.id);
  }

  createStream(group: LogGroupRow, name: string): void {
    this.#run('INSERT INTO log_streams (group_id, name, created_ms) VALUES (?, ?, ?)', group.id, name, this.#clock());
  }

  stream(group: LogGroupRow, name: string): LogStreamRow | undefined {
    return this.#get('SELECT * FROM log_streams WHERE group_id = ? AND name = ?', group.id, name) as LogStreamRow | undefined;
  }

  /** The group's streams, by name. */
  streams(group: LogGroupRow): LogStreamRow[] {
    return this.#all('SELECT * FROM log_streams WHERE group_id = ? ORDER BY name', group.id) as unknown as LogStreamRow[];
  }

  deleteStream(group: LogGroupRow, stream: LogStreamRow): void {
    this.#transaction(() => {
      const freed = this.#get(
        `SELECT COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + ${EVENT_OVERHEAD_BYTES}), 0) AS bytes FROM log_events
         WHERE group_id = ? AND stream_id = ?`,
        group.id,
        stream.id,
      ) as { bytes: number };
      this.#run('DELETE FROM log_events WHERE group_id = ? AND stream_id = ?', group.id, stream.id);
      this.#run('DELETE FROM log_streams WHERE id = ?', stream.id);
      this.#run('UPDATE log_groups SET stored_bytes = stored_bytes - ? WHERE id = ?', freed.bytes, group.id);
    });
  }

  /**
   * Appends events of one stream in one transaction, `also` with them; returns the id of the last. `events` are in
   * chronological order and `bytes` is their size with the overhead.
   */
  append(
    group: LogGroupRow,
    stream: LogStreamRow,
    events: readonly { timestamp: number; message: string }[],
    bytes: number,
    also: () => void,
  ): number {
    const first = events[0];
    const last = events.at(-1);
    if (first === undefined || last === undefined) return 0;
    const now_ms = this.#clock();
    return this.#transaction(() => {
      const total = this.#get(
        'UPDATE log_totals SET next_event_id = next_event_id + ?, ingested_bytes = ingested_bytes + ? RETURNING next_event_id',
        events.length,
        bytes,
      ) as { next_event_id: number };
      let id = total.next_event_id - events.length;
      const insert = this.#statement(
        'INSERT INTO log_events (group_id, timestamp_ms, id, stream_id, ingested_ms, message) VALUES (?, ?, ?, ?, ?, ?)',
      );
      for (const event of events) insert.run(group.id, event.timestamp, id++, stream.id, now_ms, storable(event.message));
      this.#run(
        `UPDATE log_streams SET first_event_ms = MIN(COALESCE(first_event_ms, ?1), ?1),
           last_event_ms = MAX(COALESCE(last_event_ms, ?2), ?2), last_ingestion_ms = ?3 WHERE id = ?4`,
        first.timestamp,
        last.timestamp,
        now_ms,
        stream.id,
      );
      this.#run('UPDATE log_groups SET stored_bytes = stored_bytes + ? WHERE id = ?', bytes, group.id);
      also();
      return id - 1;
    });
  }

  /** Events in the order of (timestamp, id), or its reverse. What the group's retention has expired is left out. */
  scan(group: LogGroupRow, scan: EventScan): LogEventRow[] {
    const from_ms = Math.max(scan.from_ms, this.retentionCutoff(group));
    const [compare, order] = scan.descending === true ? ['<', 'DESC'] : ['>', 'ASC'];
    // The position narrows the range on the key's first column too, or SQLite would walk over what was already read.
    const lower = scan.after !== undefined && scan.descending !== true ? Math.max(from_ms, scan.after.timestamp_ms) : from_ms;
    const upper = scan.after !== undefined && scan.descending === true ? Math.min(scan.to_ms, scan.after.timestamp_ms) : scan.to_ms;
    const parameters: SQLInputValue[] = [scan.groupId, lower, upper];
    let where = 'e.group_id = ? AND e.timestamp_ms >= ? AND e.timestamp_ms <= ?';
    if (scan.after !== undefined) {
      where += ` AND (e.timestamp_ms, e.id) ${compare} (?, ?)`;
      parameters.push(scan.after.timestamp_ms, scan.after.id);
    }
    if (scan.streamIds !== undefined) where += ` AND e.stream_id IN (${scan.streamIds.map(Number).join(', ')})`;
    parameters.push(scan.limit);
    const sql = `SELECT e.id, e.timestamp_ms, e.ingested_ms, s.name AS stream_name, e.message
      FROM log_events e CROSS JOIN log_streams s ON s.id = e.stream_id
      WHERE ${where} ORDER BY e.timestamp_ms ${order}, e.id ${order} LIMIT ?`;
    const statement = scan.streamIds === undefined ? this.#statement(sql) : this.database.prepare(sql);
    const rows = statement.all(...parameters) as unknown as (Omit<LogEventRow, 'message'> & { message: string | Uint8Array })[];
    return rows.map((row) => ({ ...row, message: typeof row.message === 'string' ? row.message : Buffer.from(row.message).toString() }));
  }

  /** Events before this time are expired. */
  retentionCutoff(group: LogGroupRow): number {
    return group.retention_days === null ? 0 : this.#clock() - group.retention_days * DAY_MS;
  }

  /** Deletes what retention has expired; returns how many events. */
  sweep(): number {
    let deleted = 0;
    for (const group of this.groups()) {
      if (group.retention_days === null) continue;
      deleted += this.#transaction(() => {
        const cutoff = this.retentionCutoff(group);
        const expired = this.#get(
          `SELECT COUNT(*) AS events, COALESCE(SUM(LENGTH(CAST(message AS BLOB)) + ${EVENT_OVERHEAD_BYTES}), 0) AS bytes
           FROM log_events WHERE group_id = ? AND timestamp_ms < ?`,
          group.id,
          cutoff,
        ) as { events: number; bytes: number };
        if (expired.events === 0) return 0;
        this.#run('DELETE FROM log_events WHERE group_id = ? AND timestamp_ms < ?', group.id, cutoff);
        this.#run('UPDATE log_groups SET stored_bytes = stored_bytes - ? WHERE id = ?', expired.bytes, group.id);
        return expired.events;
      });
    }
    return deleted;
  }

  addScannedBytes(bytes: number): void {
    this.#run('UPDATE log_totals SET scanned_bytes = scanned_bytes + ?', bytes);
  }

  /** What a bill needs: bytes ever taken in, bytes stored now, bytes ever scanned by Logs Insights; each event with its 26 bytes. */
  usage(): { ingested_bytes: number; stored_bytes: number; scanned_bytes: number } {
    return this.#get(`SELECT ingested_bytes, scanned_bytes, (SELECT COALESCE(SUM(stored_bytes), 0) FROM log_groups) AS stored_bytes
      FROM log_totals`) as unknown as { ingested_bytes: number; stored_bytes: number; scanned_bytes: number };
  }

  #statement(sql: string): ReturnType<DatabaseSync['prepare']> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #run(sql: string, ...parameters: SQLInputValue[]): void {
    this.#statement(sql).run(...parameters);
  }

  #get(sql: string, ...parameters: SQLInputValue[]): unknown {
    return this.#statement(sql).get(...parameters);
  }

  #all(sql: string, ...parameters: SQLInputValue[]): unknown[] {
    return this.#statement(sql).all(...parameters);
  }

  #transaction<T>(work: () => T): T {
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.database.exec('ROLLBACK');
      throw error;
    }
  }
}

/** SQLite's text ends at a NUL character when it is read: such a message is kept as bytes. */
function storable(message: string): string | Uint8Array {
  return message.includes('\0') ? Buffer.from(message) : message;
}

export type LogStoreOf = (scope: Scope) => LogStore;

const storesOf = new WeakMap<Cloud, LogStoreOf>();

/** The log stores of a cloud, one for each account and region: also for a meter, which asks for `usage()`. */
export function logStores(cloud: Cloud): LogStoreOf {
  let stores = storesOf.get(cloud);
  if (stores === undefined) {
    stores = perScope((scope) => new LogStore(scope, cloud.state.database(scope, 'logs'), cloud.clock));
    storesOf.set(cloud, stores);
  }
  return stores;
}
