import type { DatabaseSync } from 'node:sqlite';
import { compileFilterPattern } from './filter-pattern.ts';
import type { MessageTest } from './filter-pattern-regex.ts';
import type { LogGroupRow } from './log-store.ts';

export interface MetricTransformation {
  readonly metricName: string;
  readonly metricNamespace: string;
  /** A number; what a matching event is worth. */
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

/** Told of each match: a value of a metric, at the event's own time (ms since 1970). */
export type OnMatch = (metricNamespace: string, metricName: string, value: number, at_ms: number) => void;

/** The metric filters of one account and region. */
export class MetricFilterStore {
  readonly #database: DatabaseSync;
  readonly #onMatch: OnMatch;
  readonly #compiled = new Map<number, readonly CompiledFilter[]>();

  constructor(database: DatabaseSync, onMatch: OnMatch) {
    this.#database = database;
    this.#onMatch = onMatch;
    database.exec(`
      CREATE TABLE IF NOT EXISTS log_metric_filters (
        group_id INTEGER NOT NULL, name TEXT NOT NULL, filter TEXT NOT NULL, PRIMARY KEY (group_id, name)) WITHOUT ROWID;
      CREATE TRIGGER IF NOT EXISTS log_group_deleted AFTER DELETE ON log_groups
        BEGIN DELETE FROM log_metric_filters WHERE group_id = OLD.id; END;`);
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

  /** Tells what a batch of events means for the group's metrics. */
  count(group: LogGroupRow, events: readonly { timestamp: number; message: string }[]): void {
    for (const { test, transformations } of this.#filtersOf(group)) {
      for (const { timestamp, message } of events) {
        if (!test(message)) continue;
        for (const { metricNamespace, metricName, metricValue } of transformations)
          this.#onMatch(metricNamespace, metricName, Number(metricValue), timestamp);
      }
    }
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
