import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Collection } from '../../kernel/state.ts';
import { type Alarm, type Watched, watchedBy } from './alarm-record.ts';

/** "Amazon CloudWatch alarms": history is kept for 30 days. */
const HISTORY_MS = 30 * 24 * 3_600_000;

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action';

export interface HistoryItem {
  readonly id: number;
  readonly alarmName: string;
  /** ms since 1970. */
  readonly at_ms: number;
  readonly type: HistoryItemType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** An alarm with what it watches, ready to be evaluated. */
export interface KeptAlarm {
  readonly alarm: Alarm;
  readonly watched: Watched;
}

/** The alarms of one account and region, on disk, and in memory since they are evaluated every second. */
export class AlarmStore {
  readonly #stored: Collection<Alarm>;
  readonly #alarms = new Map<string, KeptAlarm>();
  readonly #sql: Record<'add' | 'forget' | 'list', StatementSync>;

  constructor(database: DatabaseSync) {
    database.exec(`
      CREATE TABLE IF NOT EXISTS alarm_history (
        id INTEGER PRIMARY KEY, alarm TEXT NOT NULL, at_ms INTEGER NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS alarm_history_by_time ON alarm_history (at_ms, id);`);
    this.#stored = new Collection<Alarm>(database, 'alarms');
    for (const alarm of this.#stored.list()) this.#alarms.set(alarm.settings.AlarmName, { alarm, watched: watchedBy(alarm.settings) });
    this.#sql = {
      add: database.prepare('INSERT INTO alarm_history (alarm, at_ms, type, summary, data) VALUES (?, ?, ?, ?, ?)'),
      forget: database.prepare('DELETE FROM alarm_history WHERE at_ms < ?'),
      list: database.prepare('SELECT id, alarm, at_ms, type, summary, data FROM alarm_history ORDER BY at_ms DESC, id DESC'),
    };
  }

  get(name: string): KeptAlarm | undefined {
    return this.#alarms.get(name);
  }

  /** By name. */
  list(): KeptAlarm[] {
    return [...this.#alarms.values()].sort((a, b) => (a.alarm.settings.AlarmName < b.alarm.settings.AlarmName ? -1 : 1));
  }

  /** Throws what `watchedBy` throws. */
  put(alarm: Alarm): void {
    const watched = watchedBy(alarm.settings);
    this.#stored.put(alarm.settings.AlarmName, alarm);
    this.#alarms.set(alarm.settings.AlarmName, { alarm, watched });
  }

  delete(name: string): void {
    this.#stored.delete(name);
    this.#alarms.delete(name);
  }

  addHistory({ alarmName, at_ms, type, summary, data }: Omit<HistoryItem, 'id'>): void {
    this.#sql.add.run(alarmName, at_ms, type, summary, data);
    this.#sql.forget.run(at_ms - HISTORY_MS);
  }

  /** Newest first, of deleted alarms too. */
  history(): HistoryItem[] {
    return this.#sql.list.all().map((row) => ({
      id: Number(row['id']),
      alarmName: String(row['alarm']),
      at_ms: Number(row['at_ms']),
      type: String(row['type']) as HistoryItemType,
      summary: String(row['summary']),
      data: String(row['data']),
    }));
  }
}
