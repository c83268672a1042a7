import type { DeviceState } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import type { Device, DeviceProfile, StoredPack } from './device-table.ts';

/** After this long a device's item is read again, so that a change that a crash left out of it is mended, and one of its profile is seen. */
const remembered_ms = 20 * 60_000;
const maxRemembered = 10_000;

interface Seen {
  /** The last pack that was stored here. */
  readonly last: Pick<StoredPack['last'], 'boot_id' | 'seq' | 'time'> | undefined;
  /** The device as it was read, and the state up to which its item was brought, if the newest pack was followed here. */
  readonly settled: { readonly device: DeviceProfile; readonly state: DeviceState } | undefined;
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
    this.#put(device_id, { last, settled: this.#get(device_id)?.settled });
  }

  /** The device, if all documents of these packs have the state up to which its item was brought: then nothing of it needs to be read. */
  settledDevice(device_id: string, packs: readonly StoredPack[]): DeviceProfile | undefined {
    const settled = this.#get(device_id)?.settled;
    if (settled === undefined) return undefined;
    const { device, state } = settled;
    const isSettled = packs.every(({ documents }) =>
      documents.every(({ run_state, fault_code }) => run_state === state.run_state && fault_code === state.fault_code),
    );
    return isSettled ? device : undefined;
  }

  /** The device's item has the state of this pack's end. */
  settled({ device_id, path, pack_minutes }: Device, { last: { run_state, fault_code } }: StoredPack): void {
    const settled = { device: { device_id, path, pack_minutes }, state: { run_state, fault_code } };
    this.#put(device_id, { last: this.#get(device_id)?.last, settled });
  }

  #get(device_id: string): Seen | undefined {
    const seen = this.#devices.get(device_id);
    return seen !== undefined && seen.until_ms > this.#clock() ? seen : undefined;
  }

  #put(device_id: string, seen: Pick<Seen, 'last' | 'settled'>): void {
    const until_ms = this.#get(device_id)?.until_ms ?? this.#clock() + remembered_ms;
    if (this.#devices.size >= maxRemembered && !this.#devices.has(device_id)) this.#devices.clear();
    this.#devices.set(device_id, { ...seen, until_ms });
  }
}
