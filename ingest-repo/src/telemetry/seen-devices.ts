import type { DeviceState } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import type { StoredPack } from './device-table.ts';

/** After this long a device's item is read again, so that a change that a crash left out of it is mended. */
const remembered_ms = 20 * 60_000;
const maxRemembered = 10_000;

interface Seen {
  /** The last pack that was stored here. */
  readonly last: Pick<StoredPack['last'], 'boot_id' | 'seq' | 'time'> | undefined;
  /** The state up to which the device's item was brought, if the newest pack was followed here. */
  readonly state: DeviceState | undefined;
  readonly until_ms: number;
}

/**
 * What one environment remembers of devices between invocations, to spare reads in the common case: packs come one after the other
 * and the state stays. It decides nothing alone: whether a pack is there is decided by the condition of its put, and whether a state
 * has changed by the packs in the table.
 */
export class SeenDevices {
  readonly #devices = new Map<string, Seen>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a pack follows the last one that was stored here, within its boot and forward in time. */
  isNext(device_id: string, { first }: StoredPack): boolean {
    const last = this.#get(device_id)?.last;
    return (
      last !== undefined && first.boot_id !== 0 && first.boot_id === last.boot_id && first.seq === last.seq + 1 && first.time > last.time
    );
  }

  stored(device_id: string, { last }: StoredPack): void {
    this.#put(device_id, { last, state: this.#get(device_id)?.state });
  }

  /** Whether all documents of these packs have the state up to which the device's item was brought. */
  isSettled(device_id: string, packs: readonly StoredPack[]): boolean {
    const state = this.#get(device_id)?.state;
    if (state === undefined) return false;
    return packs.every(({ documents }) =>
      documents.every(({ run_state, fault_code }) => run_state === state.run_state && fault_code === state.fault_code),
    );
  }

  /** The device's item has the state of this pack's end. */
  settled(device_id: string, { last: { run_state, fault_code } }: StoredPack): void {
    this.#put(device_id, { last: this.#get(device_id)?.last, state: { run_state, fault_code } });
  }

  #get(device_id: string): Seen | undefined {
    const seen = this.#devices.get(device_id);
    return seen !== undefined && seen.until_ms > this.#clock() ? seen : undefined;
  }

  #put(device_id: string, seen: Pick<Seen, 'last' | 'state'>): void {
    const until_ms = this.#get(device_id)?.until_ms ?? this.#clock() + remembered_ms;
    if (this.#devices.size >= maxRemembered && !this.#devices.has(device_id)) this.#devices.clear();
    this.#devices.set(device_id, { ...seen, until_ms });
  }
}
