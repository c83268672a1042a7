import type { DatabaseSync } from 'node:sqlite';

/** One accepted asynchronous invocation. */
export interface QueuedEvent {
  readonly id: number;
  readonly functionName: string;
  readonly requestId: string;
  readonly event: string;
  readonly traceHeader: string;
  readonly invokedArn: string;
  readonly accepted_ms: number;
  /** How often the function was run. */
  readonly attempts: number;
  /** How often it couldn't be run, for want of concurrency or by a failure that isn't the function's. */
  readonly throttles: number;
  /** When it is run next. */
  readonly due_ms: number;
}

/** Accepted events on disk until the function has dealt with them: kill -9 loses none. */
export class EventQueue {
  readonly #insert;
  readonly #due;
  readonly #next;
  readonly #reschedule;
  readonly #remove;
  readonly #clear;
  readonly #names;

  constructor(database: DatabaseSync) {
    database.exec(
      `CREATE TABLE IF NOT EXISTS asynchronous_events (
        id INTEGER PRIMARY KEY, function_name TEXT NOT NULL, request_id TEXT NOT NULL, event TEXT NOT NULL, trace_header TEXT NOT NULL,
        invoked_arn TEXT NOT NULL, accepted_ms INTEGER NOT NULL, attempts INTEGER NOT NULL, throttles INTEGER NOT NULL, due_ms INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS asynchronous_events_due ON asynchronous_events (function_name, due_ms);`,
    );
    this.#insert = database.prepare(
      `INSERT INTO asynchronous_events (function_name, request_id, event, trace_header, invoked_arn, accepted_ms, attempts, throttles, due_ms)
       VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?)`,
    );
    this.#due = database.prepare('SELECT * FROM asynchronous_events WHERE function_name = ? AND due_ms <= ? ORDER BY due_ms, id LIMIT ?');
    this.#next = database.prepare('SELECT MIN(due_ms) AS due_ms FROM asynchronous_events WHERE function_name = ? AND due_ms > ?');
    this.#reschedule = database.prepare('UPDATE asynchronous_events SET attempts = ?, throttles = ?, due_ms = ? WHERE id = ?');
    this.#remove = database.prepare('DELETE FROM asynchronous_events WHERE id = ?');
    this.#clear = database.prepare('DELETE FROM asynchronous_events WHERE function_name = ?');
    this.#names = database.prepare('SELECT DISTINCT function_name FROM asynchronous_events');
  }

  add(event: Omit<QueuedEvent, 'id' | 'attempts' | 'throttles' | 'due_ms'>): void {
    const { functionName, requestId, traceHeader, invokedArn, accepted_ms } = event;
    this.#insert.run(functionName, requestId, event.event, traceHeader, invokedArn, accepted_ms, accepted_ms);
  }

  due(functionName: string, now_ms: number, limit: number): QueuedEvent[] {
    return this.#due.all(functionName, now_ms, limit).map((row) => ({
      id: Number(row['id']),
      functionName,
      requestId: String(row['request_id']),
      event: String(row['event']),
      traceHeader: String(row['trace_header']),
      invokedArn: String(row['invoked_arn']),
      accepted_ms: Number(row['accepted_ms']),
      attempts: Number(row['attempts']),
      throttles: Number(row['throttles']),
      due_ms: Number(row['due_ms']),
    }));
  }

  /** When the next one after `now_ms` is due. */
  nextDue(functionName: string, now_ms: number): number | undefined {
    const due = this.#next.get(functionName, now_ms)?.['due_ms'];
    return due === null || due === undefined ? undefined : Number(due);
  }

  reschedule(event: QueuedEvent): void {
    this.#reschedule.run(event.attempts, event.throttles, event.due_ms, event.id);
  }

  remove(id: number): void {
    this.#remove.run(id);
  }

  /** Forgets what waits for a function that is deleted. */
  clear(functionName: string): void {
    this.#clear.run(functionName);
  }

  functionNames(): string[] {
    return this.#names.all().map((row) => String(row['function_name']));
  }
}
