import { parameterNames } from '@enstratus/contract';
import { FleetHistory } from '../history/fleet-history.ts';
import { HistoryWriter } from '../history/history-writer.ts';
import { PastDaysPool } from '../history/past-days-pool.ts';
import { TableCalls } from '../history/table-calls.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { Field } from './field.ts';
import { type FleetPlan, inTheField, pathOf } from './fleet-plan.ts';
import { lastAlive, noteAlive } from './last-alive.ts';
import { readParameter } from './parameters.ts';
import type { Progress } from './progress.ts';
import { listenOnOwnPort, particleCloud } from './remembered-port.ts';

export interface FleetPlace {
  readonly cloud: Cloud;
  readonly caller: Caller;
  /** Where the state is kept. */
  readonly directory: string;
  /** Of the Particle cloud's port: 0 for a free one, undefined for the usual one. */
  readonly port: number | undefined;
  readonly howToForget: string;
  /** A file to which every sampled document is told. */
  readonly sampled?: string;
}

/** Decides, with a device's id, everything about a simulated device. */
const FLEET_SEED = 1;

/** The field's process and what this one does for its devices: their ids, their pasts, and the note of how long they lived. */
export class RunningFleet {
  readonly field: Field;
  readonly #plan: FleetPlan;
  readonly #place: FleetPlace;
  #pool: PastDaysPool | undefined;
  #history: FleetHistory | undefined;
  #endNotes: (() => void) | undefined;

  private constructor(field: Field, plan: FleetPlan, place: FleetPlace) {
    this.field = field;
    this.#plan = plan;
    this.#place = place;
  }

  /** Starts the field on the port that the directory remembers, with the ids of all devices made. Rejects with StartError like `listenOnOwnPort` and `Field.start`. */
  static async start(plan: FleetPlan, place: FleetPlace): Promise<RunningFleet> {
    const { directory, port, howToForget, sampled } = place;
    const field = await listenOnOwnPort({ directory, asked: port, howToForget, server: particleCloud }, (wanted) =>
      Field.start({ directory: `${directory}/field`, port: wanted, seed: FLEET_SEED, ...(sampled === undefined ? {} : { sampled }) }),
    );
    field.onSpan = (span) => place.cloud.recordSpan(span);
    await field.manufacture(plan.registered.map(({ particleId }) => particleId));
    return new RunningFleet(field, plan, place);
  }

  /** Begins to make the devices' pasts up to now, while other work goes on. */
  async beginHistory(): Promise<void> {
    if (!this.#plan.hasHistory) return;
    const { cloud, caller, directory } = this.#place;
    const alive = lastAlive(directory);
    const devices = this.#plan.live.map((device) => ({ device: inTheField(device), path: pathOf(device), alive_s: alive(device.number) }));
    const tableName = await readParameter(cloud, caller, parameterNames.tableName);
    const table = tableName === undefined ? undefined : new TableCalls(cloud, caller, tableName);
    this.#pool = new PastDaysPool(FLEET_SEED);
    const now_s = Math.floor(Date.now() / 1000);
    this.#history = new FleetHistory(devices, { field: this.field, pool: this.#pool }, { now_s, table });
  }

  /** Loads the pasts into the table and the logs, which must stand by now. */
  async loadHistory(tableName: string, progress: Progress): Promise<void> {
    const history = this.#history;
    if (history === undefined) return;
    const { cloud, caller } = this.#place;
    await progress.step(`Loading the past of ${this.#plan.live.length} devices`, async (tell) => {
      const { documents, days } = await history.load(new HistoryWriter(cloud, caller, tableName), tell);
      tell(`${documents.toLocaleString('en')} documents of the last 48 hours, rollups of ${days.toLocaleString('en')} days before`);
    });
    this.#history = undefined;
    await this.#pool?.stop();
  }

  /** Gives the devices power. */
  async goLive(): Promise<void> {
    if (this.#plan.live.length === 0) return;
    await this.field.live(this.#plan.live.map(inTheField));
    this.#endNotes = noteAlive(this.#place.directory, this.#plan.live.length);
  }

  async stop(): Promise<void> {
    await this.#pool?.stop();
    await this.field.stop();
    this.#endNotes?.();
  }
}
