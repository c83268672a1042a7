import { setImmediate as nextTurn } from 'node:timers/promises';
import { QueryRun } from './insights/query-run.ts';
import { EVENT_OVERHEAD_BYTES, type EventPosition, type LogEventRow, type LogGroupRow, type LogStore } from './log-store.ts';
import type { QueryStore, StoredQuery } from './query-store.ts';

/** Events read at once; between two such reads other requests are served. */
const BATCH_EVENTS = 2_000;

/** Carries out the queries of one account and region in the background. */
export class QueryRunner {
  readonly #store: LogStore;
  readonly #queries: QueryStore;
  readonly #scanned: (logGroup: string, bytes: number) => void;
  readonly #running = new Map<string, AbortController>();

  /** `scanned` is told of every group that a query read, with the bytes. */
  constructor(store: LogStore, queries: QueryStore, scanned: (logGroup: string, bytes: number) => void) {
    this.#scanned = scanned;
    this.#store = store;
    this.#queries = queries;
  }

  get running(): number {
    return this.#running.size;
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** Begins a query whose text is known to be valid; its end is read from the query store. */
  start(query: StoredQuery): void {
    const stop = new AbortController();
    this.#running.set(query.id, stop);
    void this.#run(query, stop.signal)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        console.error(`query ${query.id} failed inside the local cloud:`, error);
        this.#queries.setStatus(query.id, 'Failed');
      })
      .finally(() => this.#running.delete(query.id));
  }

  /** True when the query was going on. */
  stop(id: string): boolean {
    const found = this.#running.get(id);
    if (found === undefined) return false;
    found.abort();
    this.#running.delete(id);
    this.#queries.setStatus(id, 'Cancelled');
    return true;
  }

  /** Lets go of everything at the end of the process; what was going on is begun again when it is asked for. */
  abandon(): void {
    for (const stop of this.#running.values()) stop.abort();
    this.#running.clear();
  }

  async #run(query: StoredQuery, signal: AbortSignal): Promise<void> {
    await nextTurn(undefined, { signal });
    const started = performance.now();
    this.#queries.setStatus(query.id, 'Running');
    const { request } = query;
    const run = new QueryRun(request.queryString, { now_ms: query.created_ms, limit: request.limit });
    const groups = request.logGroupNames.map((name) => this.#store.group(name)).filter((group) => group !== undefined);
    const readers = groups.map((group) => new GroupReader(this.#store, group, request.startTime * 1000, request.endTime * 1000 + 999));
    let recordsScanned = 0;
    try {
      for (;;) {
        const reader = await newest(readers, signal);
        if (reader === undefined) break;
        const row = reader.take();
        recordsScanned++;
        run.add({
          timestamp_ms: row.timestamp_ms,
          ingested_ms: row.ingested_ms,
          message: row.message,
          logStream: row.stream_name,
          log: `${this.#store.scope.account}:${reader.group.name}`,
          pointer: recordPointer(reader.group.id, { timestamp_ms: row.timestamp_ms, id: row.id }),
        });
      }
    } finally {
      // One that was stopped is billed for what it had read.
      for (const { group, scanned_bytes } of readers) this.#scanned(group.name, scanned_bytes);
    }
    const results = run.results();
    const bytesScanned = readers.reduce((sum, { scanned_bytes }) => sum + scanned_bytes, 0);
    this.#store.addScannedBytes(bytesScanned);
    const statistics = {
      recordsMatched: run.matched,
      recordsScanned,
      bytesScanned,
      logGroupsScanned: groups.length,
      resultCount: results.length,
    };
    this.#queries.complete(query.id, results, statistics, performance.now() - started);
  }
}

/** Reads one group's events of a time range, newest first. */
class GroupReader {
  readonly group: LogGroupRow;
  /** Of the events taken so far, with their overhead. */
  scanned_bytes = 0;
  readonly #store: LogStore;
  readonly #from_ms: number;
  readonly #to_ms: number;
  #rows: LogEventRow[] = [];
  #next = 0;
  #position: EventPosition | undefined;
  #ended = false;

  constructor(store: LogStore, group: LogGroupRow, from_ms: number, to_ms: number) {
    this.#store = store;
    this.group = group;
    this.#from_ms = from_ms;
    this.#to_ms = to_ms;
  }

  /** True when the next batch has to be read before `head` is known. */
  get isDry(): boolean {
    return this.#next >= this.#rows.length && !this.#ended;
  }

  get head(): LogEventRow | undefined {
    return this.#rows[this.#next];
  }

  take(): LogEventRow {
    const row = this.#rows[this.#next++];
    if (row === undefined) throw new Error('took from a group reader that is at its end');
    this.scanned_bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD_BYTES;
    return row;
  }

  fill(): void {
    this.#rows = this.#store.scan(this.group, {
      groupId: this.group.id,
      from_ms: this.#from_ms,
      to_ms: this.#to_ms,
      after: this.#position,
      descending: true,
      limit: BATCH_EVENTS,
    });
    this.#next = 0;
    this.#ended = this.#rows.length < BATCH_EVENTS;
    const last = this.#rows.at(-1);
    if (last !== undefined) this.#position = { timestamp_ms: last.timestamp_ms, id: last.id };
  }
}

async function newest(readers: readonly GroupReader[], signal: AbortSignal): Promise<GroupReader | undefined> {
  let found: GroupReader | undefined;
  for (const reader of readers) {
    if (reader.isDry) {
      await nextTurn(undefined, { signal });
      reader.fill();
    }
    if (reader.head !== undefined && (found?.head === undefined || reader.head.timestamp_ms > found.head.timestamp_ms)) found = reader;
  }
  return found;
}

/** The value of @ptr: names one event of this account and region. */
export function recordPointer(groupId: number, { timestamp_ms, id }: EventPosition): string {
  return Buffer.from(`${groupId}.${timestamp_ms}.${id}`).toString('base64');
}

/** The group and place that a @ptr names, or undefined when it is none. */
export function readRecordPointer(pointer: string): (EventPosition & { groupId: number }) | undefined {
  const [, groupId, timestamp, id] = /^(\d+)\.(\d+)\.(\d+)$/.exec(Buffer.from(pointer, 'base64').toString()) ?? [];
  if (groupId === undefined) return undefined;
  return { groupId: Number(groupId), timestamp_ms: Number(timestamp), id: Number(id) };
}
