import type { DatabaseSync } from 'node:sqlite';
import type { ResultField } from './insights/query-run.ts';
import { DAY_MS } from './log-store.ts';

export type QueryStatus = 'Scheduled' | 'Running' | 'Complete' | 'Failed' | 'Cancelled';

/** "CloudWatch Logs quotas": results of a query are available for seven days. */
const RESULTS_KEPT_MS = 7 * DAY_MS;

export interface QueryStatistics {
  readonly recordsMatched: number;
  readonly recordsScanned: number;
  readonly bytesScanned: number;
  readonly logGroupsScanned: number;
  readonly resultCount: number;
}

/** A query as it was asked for. Times are seconds since 1970. */
export interface QueryRequest {
  readonly queryString: string;
  readonly logGroupNames: readonly string[];
  readonly startTime: number;
  readonly endTime: number;
  readonly limit?: number | undefined;
  readonly userIdentity: string;
}

export interface StoredQuery {
  readonly id: string;
  readonly created_ms: number;
  readonly status: QueryStatus;
  readonly request: QueryRequest;
  readonly statistics: QueryStatistics;
  readonly duration_ms: number;
}

export const NO_STATISTICS: QueryStatistics = {
  recordsMatched: 0,
  recordsScanned: 0,
  bytesScanned: 0,
  logGroupsScanned: 0,
  resultCount: 0,
};

/** The queries of one account and region, and the results of the finished ones. */
export class QueryStore {
  readonly #database: DatabaseSync;
  readonly #clock: () => number;

  constructor(database: DatabaseSync, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
    database.exec(`CREATE TABLE IF NOT EXISTS log_queries (
      id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, status TEXT NOT NULL, request TEXT NOT NULL,
      statistics TEXT NOT NULL, duration_ms INTEGER NOT NULL DEFAULT 0, results TEXT NOT NULL DEFAULT '[]')`);
  }

  add(id: string, request: QueryRequest): void {
    this.#database.prepare('DELETE FROM log_queries WHERE created_ms < ?').run(this.#clock() - RESULTS_KEPT_MS);
    this.#database
      .prepare(`INSERT INTO log_queries (id, created_ms, status, request, statistics) VALUES (?, ?, 'Scheduled', ?, ?)`)
      .run(id, this.#clock(), JSON.stringify(request), JSON.stringify(NO_STATISTICS));
  }

  setStatus(id: string, status: QueryStatus): void {
    this.#database.prepare('UPDATE log_queries SET status = ? WHERE id = ?').run(status, id);
  }

  complete(id: string, results: readonly (readonly ResultField[])[], statistics: QueryStatistics, duration_ms: number): void {
    this.#database
      .prepare(`UPDATE log_queries SET status = 'Complete', results = ?, statistics = ?, duration_ms = ? WHERE id = ?`)
      .run(JSON.stringify(results), JSON.stringify(statistics), Math.round(duration_ms), id);
  }

  get(id: string): StoredQuery | undefined {
    const row = this.#database.prepare(`SELECT ${COLUMNS} FROM log_queries WHERE id = ?`).get(id);
    return row === undefined ? undefined : fromRow(row);
  }

  results(id: string): ResultField[][] {
    const row = this.#database.prepare('SELECT results FROM log_queries WHERE id = ?').get(id);
    return JSON.parse(String(row?.['results'] ?? '[]')) as ResultField[][];
  }

  /** The newest first. */
  list(): StoredQuery[] {
    return this.#database.prepare(`SELECT ${COLUMNS} FROM log_queries ORDER BY created_ms DESC, id`).all().map(fromRow);
  }
}

const COLUMNS = 'id, created_ms, status, request, statistics, duration_ms';

function fromRow(row: Record<string, unknown>): StoredQuery {
  return {
    id: String(row['id']),
    created_ms: Number(row['created_ms']),
    status: String(row['status']) as QueryStatus,
    request: JSON.parse(String(row['request'])) as QueryRequest,
    statistics: JSON.parse(String(row['statistics'])) as QueryStatistics,
    duration_ms: Number(row['duration_ms']),
  };
}
