import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../kernel/state.ts';
import { areaNumber, areaOfKey, type DeviceFlash, type FlashArea, type FleetFlash, slotKey, slotOfKey } from './flash-areas.ts';

/**
 * Flash in a SQLite file: what a turn wrote goes there in one transaction, before anybody else hears of it, so that kill -9 of the process loses nothing that
 * a device had written.
 */
export class SqliteFlash implements FleetFlash {
  readonly #database: DatabaseSync;
  readonly #devices = new Map<string, SqliteDeviceFlash>();
  readonly #unwritten = new Set<SqliteDeviceFlash>();
  readonly #write;
  readonly #read;
  readonly #number;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#database = new DatabaseSync(file);
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS devices (number INTEGER PRIMARY KEY, device_id TEXT NOT NULL UNIQUE);
      CREATE TABLE IF NOT EXISTS flash (
        device INTEGER NOT NULL, area INTEGER NOT NULL, slot INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (device, area, slot)
      ) WITHOUT ROWID;
    `);
    this.#write = this.#database.prepare(
      'INSERT INTO flash (device, area, slot, data) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data',
    );
    this.#read = this.#database.prepare('SELECT data FROM flash WHERE device = ? AND area = ? AND slot = ?');
    this.#number = this.#database.prepare(
      'INSERT INTO devices (device_id) VALUES (?) ON CONFLICT DO UPDATE SET device_id = device_id RETURNING number',
    );
  }

  of(deviceId: string): DeviceFlash {
    let flash = this.#devices.get(deviceId);
    if (flash === undefined) {
      flash = new SqliteDeviceFlash(Number(this.#number.get(deviceId)?.['number']), this);
      this.#devices.set(deviceId, flash);
    }
    return flash;
  }

  /** For SqliteDeviceFlash: it has something to be written. */
  waits(device: SqliteDeviceFlash): void {
    this.#unwritten.add(device);
  }

  /** For SqliteDeviceFlash. */
  get(device: number, area: number, slot: number): Uint8Array | undefined {
    const data = this.#read.get(device, area, slot)?.['data'];
    return data instanceof Uint8Array ? data : undefined;
  }

  commit(): void {
    if (this.#unwritten.size === 0) return;
    inTransaction(this.#database, () => {
      for (const device of this.#unwritten) device.save((area, slot, data) => this.#write.run(device.number, area, slot, data));
    });
    for (const device of this.#unwritten) device.saved();
    this.#unwritten.clear();
  }

  close(): void {
    this.commit();
    this.#database.close();
  }
}

class SqliteDeviceFlash implements DeviceFlash {
  readonly number: number;
  readonly #flash: SqliteFlash;
  readonly #waiting = new Map<number, Uint8Array>();

  constructor(number: number, flash: SqliteFlash) {
    this.number = number;
    this.#flash = flash;
  }

  write(area: FlashArea, slot: number, data: Uint8Array): boolean {
    const key = slotKey(area, slot);
    const waiting = this.#waiting.get(key);
    if (waiting?.length === data.length) waiting.set(data);
    else this.#waiting.set(key, data.slice());
    this.#flash.waits(this);
    return true;
  }

  read(area: FlashArea, slot: number): Uint8Array | undefined {
    return this.#waiting.get(slotKey(area, slot)) ?? this.#flash.get(this.number, areaNumber(area), slot);
  }

  save(write: (area: number, slot: number, data: Uint8Array) => void): void {
    for (const [key, data] of this.#waiting) write(areaOfKey(key), slotOfKey(key), data);
  }

  saved(): void {
    this.#waiting.clear();
  }
}
