import type { DatabaseSync } from 'node:sqlite';
import { compileFilterPattern } from './filter-pattern.ts';
import type { MessageTest } from './filter-pattern-regex.ts';
import type { LogGroupRow } from './log-store.ts';

const MINUTE_MS = 60_000;

export interface MetricTransformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number; what a matching event adds to the metric. */
  readonly metricValue: string;
}

export interface MetricFilter {
  readonly filterName: string;
  readonly filterPattern: string;
  readonly metricTransformations: readonly MetricTransformation[];
  readonly creationTime: number;
  readonly logGroupName: string;
}

interface CompiledFilter {
  readonly test: MessageTest;
  readonly transformations: readonly MetricTransformation[];
}

/** The metric filters of one account and region, and what they have counted: the sum of each metric by minute. */
export class MetricFilterStore {
  readonly #database: DatabaseSync;
  readonly #compiled = new Map<number, readonly CompiledFilter[]>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec(`
      CREATE TABLE IF NOT EXISTS log_metric_filters (
        group_id INTEGER NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL, PRIMARY KEY (group_id, name)) WITHOUT ROWID;
      CREATE TRIGGER IF NOT EXISTS log_group_deleted AFTER DELETE ON log_groups
        BEGIN DELETE FROM log_metric_filters WHERE group_id = OLD.id; END;
      CREATE TABLE IF NOT EXISTS log_metric_sums (
        namespace TEXT NOT NULL, name TEXT NOT NULL, minute_ms INTEGER NOT NULL, sum REAL NOT NULL,
        PRIMARY KEY (namespace, name, minute_ms)) WITHOUT ROWID;`);
  }

  put(group: LogGroupRow, filter: MetricFilter): void {
    this.#database
      .prepare('INSERT INTO log_metric_filters VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET filter = excluded.filter')
      .run(group.id, filter.filterName, JSON.stringify(filter));
    this.#compiled.delete(group.id);
  }

  /** True when there was one. */
  delete(group: LogGroupRow, name: string): boolean {
    this.#compiled.delete(group.id);
    return this.#database.prepare('DELETE FROM log_metric_filters WHERE group_id = ? AND name = ?').run(group.id, name).changes > 0;
  }

  /** Those of a group, or all, by name. */
  list(group?: LogGroupRow): MetricFilter[] {
    const rows =
      group === undefined
        ? this.#database.prepare('SELECT filter FROM log_metric_filters ORDER BY name, group_id').all()
        : this.#database.prepare('SELECT filter FROM log_metric_filters WHERE group_id = ? ORDER BY name').all(group.id);
    return rows.map((row) => JSON.parse(String(row['filter'])) as MetricFilter);
  }

  /** Adds what a batch of events means for the group's metrics, each event in its own minute. */
  count(group: LogGroupRow, events: readonly { timestamp: number; message: string }[]): void {
    for (const { test, transformations } of this.#filtersOf(group)) {
      for (const { timestamp, message } of events) {
        if (!test(message)) continue;
        for (const { metricNamespace, metricName, metricValue } of transformations) {
          this.#database
            .prepare('INSERT INTO log_metric_sums VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET sum = sum + excluded.sum')
            .run(metricNamespace, metricName, Math.floor(timestamp / MINUTE_MS) * MINUTE_MS, Number(metricValue));
        }
      }
    }
  }

  /** The sum of a metric over the minutes that begin in a time range, its end exclusive. */
  sum(namespace: string, name: string, from_ms: number, to_ms: number): number {
    const row = this.#database
      .prepare('SELECT TOTAL(sum) AS sum FROM log_metric_sums WHERE namespace = ? AND name = ? AND minute_ms >= ? AND minute_ms < ?')
      .get(namespace, name, from_ms, to_ms);
    return Number(row?.['sum'] ?? 0);
  }

  #filtersOf(group: LogGroupRow): readonly CompiledFilter[] {
    let filters = this.#compiled.get(group.id);
    if (filters === undefined) {
      filters = this.list(group).map(({ filterPattern, metricTransformations }) => ({
        test: compileFilterPattern(filterPattern),
        transformations: metricTransformations,
      }));
      this.#compiled.set(group.id, filters);
    }
    return filters;
  }
}
