import type { DeviceState } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import type { Device, DeviceProfile, StoredPack } from './device-table.ts';

/** After this long a device's item is read again, so that a change that a crash left out of it is mended, and one of its profile is seen. */
const remembered_ms = 20 * 60_000;
const maxRemembered = 10_000;

interface Seen {
  /** The last pack that was stored here. */
  readonly last: Pick<StoredPack['last'], 'boot_id' | 'seq' | 'time'> | undefined;
  /** The device as it was read. */
  readonly profile: DeviceProfile | undefined;
  /** The state up to which its item was brought, if the newest pack was followed here, and as of when its state was when it was read. */
  readonly settled: { readonly device: DeviceProfile; readonly state: DeviceState; readonly state_time: number } | undefined;
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
    this.#put(device_id, { last });
  }

  /** What hardly ever changes of a device, by `read` where it isn't remembered. */
  async profile(device_id: string, read: () => Promise<DeviceProfile>): Promise<DeviceProfile> {
    const known = this.#get(device_id)?.profile;
    if (known !== undefined) return known;
    const profile = profileOf(await read());
    this.#put(device_id, { profile });
    return profile;
  }

  /**
   * The device, if all documents of these packs have the state up to which its item was brought: then nothing of it needs to be read, unless the device
   * has told a change at once after `state_time` (epoch seconds).
   */
  settledDevice(
    device_id: string,
    packs: readonly StoredPack[],
  ): { readonly device: DeviceProfile; readonly state_time: number } | undefined {
    const settled = this.#get(device_id)?.settled;
    if (settled === undefined) return undefined;
    const { device, state, state_time } = settled;
    const isSettled = packs.every(({ documents }) =>
      documents.every(({ run_state, fault_code }) => run_state === state.run_state && fault_code === state.fault_code),
    );
    return isSettled ? { device, state_time } : undefined;
  }

  /** A pack was followed. The device's item has the state of its end now, unless it told a newer one when it was read. */
  settled(device: Device, { last: { run_state, fault_code, time } }: StoredPack): void {
    const profile = profileOf(device);
    const state_time = device.state_time ?? 0;
    const settled = state_time > time ? undefined : { device: profile, state: { run_state, fault_code }, state_time };
    this.#put(device.device_id, { profile, settled });
  }

  #get(device_id: string): Seen | undefined {
    const seen = this.#devices.get(device_id);
    return seen !== undefined && seen.until_ms > this.#clock() ? seen : undefined;
  }

  #put(device_id: string, changed: Partial<Omit<Seen, 'until_ms'>>): void {
    const seen = this.#get(device_id) ?? {
      last: undefined,
      profile: undefined,
      settled: undefined,
      until_ms: this.#clock() + remembered_ms,
    };
    if (this.#devices.size >= maxRemembered && !this.#devices.has(device_id)) this.#devices.clear();
    this.#devices.set(device_id, { ...seen, ...changed });
  }
}

const profileOf = ({ device_id, path, pack_minutes }: DeviceProfile): DeviceProfile => ({ device_id, path, pack_minutes });
