import { utcDayOf } from '@enstratus/contract';
import type { FleetDevice } from '../fleet/fleet-device.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { PastDaysPool } from './past-days-pool.ts';
import { type HistoryPlan, latestTime, planHistory } from './plan.ts';
import type { DayRollup } from './rollup-maker.ts';
import { newestRollupDay } from './stored-days.ts';
import type { TableCalls } from './table-calls.ts';

/** Who lets the newest part of a device's past happen: on the flash with which it lives on. */
export interface PastOfDevices {
  history(device: FleetDevice, from_s: number, to_s: number): Promise<string[]>;
}

export interface HistoryDevice {
  readonly device: FleetDevice;
  /** The device's own. */
  readonly path: string;
  /** Until when it lived, epoch seconds; undefined when it never did. */
  readonly alive_s: number | undefined;
}

interface Making {
  readonly plan: HistoryPlan;
  readonly rollups: Promise<readonly DayRollup[]>;
  readonly packs: Promise<readonly string[]>;
}

/** The first so many devices get 13 months of rollups: a thread needs most of a second for each. All get packs of 48 hours. */
const withRollups = 50;
/** So many devices' pasts may be made and not yet loaded: about 100 kB each. */
const ahead = 300;

/** The pasts of a fleet: made while the system is deployed, loaded when it stands. */
export class FleetHistory {
  readonly #devices: readonly HistoryDevice[];
  readonly #field: PastOfDevices;
  readonly #pool: PastDaysPool;
  readonly #now_s: number;
  readonly #making: Promise<Making>[] = [];
  /** What is known of the table before the deployment; undefined when there is no table yet. */
  readonly #table: TableCalls | undefined;

  constructor(
    devices: readonly HistoryDevice[],
    makers: { readonly field: PastOfDevices; readonly pool: PastDaysPool },
    known: { readonly now_s: number; readonly table: TableCalls | undefined },
  ) {
    this.#devices = devices;
    this.#field = makers.field;
    this.#pool = makers.pool;
    this.#now_s = known.now_s;
    this.#table = known.table;
    for (let index = 0; index < Math.min(ahead, devices.length); index += 1) this.#make(index);
  }

  /** Loads every device's past. Resolves to how many documents it had, and how many days of rollups. Rejects with what went wrong at the first of them. */
  async load(writer: HistoryWriter, tell: (line: string) => void): Promise<{ documents: number; days: number }> {
    let [documents, days] = [0, 0];
    let lastTold = performance.now();
    for (const [index, { device, path }] of this.#devices.entries()) {
      const { plan, ...made } = await (this.#making[index] as Promise<Making>);
      const [rollups, packs] = await Promise.all([made.rollups, made.packs]);
      this.#making[index] = Promise.resolve({ plan, rollups: Promise.resolve([]), packs: Promise.resolve([]) });
      if (index + ahead < this.#devices.length) this.#make(index + ahead);
      const { device_id } = device;
      await writer.clearUnfinished(device_id, plan.known_s);
      const today = utcDayOf(this.#now_s);
      const newest = plan.known_s === undefined ? undefined : ((await newestRollupDay(writer.table, device_id)) ?? utcDayOf(plan.known_s));
      const first = newest ?? utcDayOf(plan.packs?.from_s ?? this.#now_s);
      documents += await writer.write({ device_id, path, rollups, packs, packDays: { first, last: today } });
      days += rollups.length;
      if (performance.now() - lastTold < 5000) continue;
      lastTold = performance.now();
      tell(`${index + 1} of ${this.#devices.length} devices have their past`);
    }
    return { documents, days };
  }

  #make(index: number): void {
    const making = this.#begin(index);
    // Heard when it is loaded.
    making.catch(() => {});
    this.#making[index] = making;
  }

  async #begin(index: number): Promise<Making> {
    const { device, path, alive_s } = this.#devices[index] as HistoryDevice;
    const latest_s = this.#table === undefined ? undefined : await latestTime(this.#table, path);
    const plan = planHistory(this.#now_s, { latest_s, alive_s, isRollupWanted: index < withRollups });
    const rollups = plan.rollups === undefined ? Promise.resolve([]) : this.#pool.rollups(device, plan.rollups);
    const packs = plan.packs === undefined ? Promise.resolve([]) : this.#field.history(device, plan.packs.from_s, plan.packs.to_s);
    for (const promise of [rollups, packs]) promise.catch(() => {});
    return { plan, rollups, packs };
  }
}
