import type { RegionalStore } from './regional-store.ts';
import type { Table } from './table.ts';

/** How often expired items are looked for. The service promises "within a few days"; nobody here waits so long. */
const SWEEP_INTERVAL_MS = 2_000;
/** Rows handled in one go: a few milliseconds, so that requests go on between. */
const ROWS_PER_STEP = 200;
/** Expired longer ago than this is left alone (Developer Guide, "Using time to live (TTL) in DynamoDB"). */
const MAX_EXPIRED_S = 5 * 365 * 86_400;

/**
 * What goes on beside the requests: new indexes are filled, expired items deleted, dropped tables purged. Everything
 * goes in small steps that leave a consistent state, and is taken up again after a restart.
 */
export class Maintenance {
  readonly #clock: () => number;
  readonly #stores = new Set<RegionalStore>();
  readonly #running = new Set<RegionalStore>();
  readonly #cursors = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Looks after this store from now on. */
  add(store: RegionalStore): void {
    this.#stores.add(store);
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const store of this.#stores) this.wake(store);
    }, SWEEP_INTERVAL_MS);
    this.#timer.unref();
    for (const store of this.#stores) this.wake(store);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  /** Does the first step at once and the rest between requests, so that small work is done when this returns. */
  wake(store: RegionalStore): void {
    if (this.#running.has(store) || this.#stopped) return;
    this.#running.add(store);
    this.#run(store);
  }

  #run(store: RegionalStore): void {
    let more = false;
    try {
      more = !this.#stopped && this.#step(store);
    } catch (error) {
      console.error('DynamoDB maintenance failed inside the local cloud, it is tried again:', error);
    }
    if (more) setImmediate(() => this.#run(store));
    else this.#running.delete(store);
  }

  /** One bounded piece of work. True when there is more to do now. */
  #step(store: RegionalStore): boolean {
    const now_ms = this.#clock();
    store.tokens.expire(now_ms);
    let more = store.items.transaction(() => store.items.purge(ROWS_PER_STEP));
    for (const table of store.tables) {
      const stepped = [
        this.#fillIndex(store, table),
        this.#noteExpiries(store, table),
        this.#expire(store, table, Math.floor(now_ms / 1000)),
      ];
      more ||= stepped.includes(true);
    }
    return more;
  }

  #fillIndex(store: RegionalStore, table: Table): boolean {
    const index = table.GlobalSecondaryIndexes?.find((candidate) => candidate.status === 'CREATING');
    if (index === undefined) return false;
    const after = this.#cursors.get(index.id) ?? 0;
    const last = store.items.transaction(() => store.items.backfill(table, index, after, ROWS_PER_STEP));
    if (last !== undefined) {
      this.#cursors.set(index.id, last);
      return true;
    }
    this.#cursors.delete(index.id);
    const indexes = table.GlobalSecondaryIndexes?.map((candidate) =>
      candidate === index ? { ...index, status: 'ACTIVE' as const } : candidate,
    );
    store.save({ ...table, GlobalSecondaryIndexes: indexes });
    return false;
  }

  #noteExpiries(store: RegionalStore, table: Table): boolean {
    if (table.timeToLive?.status !== 'ENABLING') return false;
    const after = this.#cursors.get(-table.id) ?? 0;
    const last = store.items.transaction(() => store.items.noteExpiries(table, after, ROWS_PER_STEP));
    if (last !== undefined) {
      this.#cursors.set(-table.id, last);
      return true;
    }
    this.#cursors.delete(-table.id);
    const current = store.find(table.TableName) ?? table;
    store.save({ ...current, timeToLive: { ...table.timeToLive, status: 'ENABLED' } });
    return false;
  }

  #expire(store: RegionalStore, table: Table, now_s: number): boolean {
    if (table.timeToLive?.status !== 'ENABLED') return false;
    const expired = store.items.expired(table, now_s - MAX_EXPIRED_S, now_s, ROWS_PER_STEP);
    if (expired.length === 0) return false;
    store.items.transaction(() => {
      for (const item of expired) store.items.remove(table, item);
    });
    return expired.length === ROWS_PER_STEP;
  }
}
