import type { StoredPack } from './device-table.ts';

const maxRemembered = 20_000;

/**
 * The last pack of each device that one environment has stored, remembered between invocations to spare a read in the common case: packs come one after the other. It
 * decides nothing alone: whether a pack is there is decided by the condition of its put.
 */
export class SeenDevices {
  readonly #last = new Map<string, Pick<StoredPack['last'], 'boot_id' | 'seq' | 'time'>>();

  /** Whether a pack follows the last one that was stored here, within its boot and forward in time, however long ago that was. */
  isNext(device_id: string, { first }: StoredPack): boolean {
    const last = this.#last.get(device_id);
    return (
      last !== undefined && first.boot_id !== 0 && first.boot_id === last.boot_id && first.seq === last.seq + 1 && first.time > last.time
    );
  }

  stored(device_id: string, { last: { boot_id, seq, time } }: StoredPack): void {
    if (this.#last.size >= maxRemembered && !this.#last.has(device_id)) this.#last.clear();
    this.#last.set(device_id, { boot_id, seq, time });
  }
}
