import type { Clock } from '../log.ts';
import type { DeviceProfile, StoredPack } from './device-table.ts';

/** As long as a link is remembered: nothing changes a device's path, and its settings seldom. */
const remembered_ms = 60 * 60_000;
const maxRemembered = 10_000;

interface Seen {
  /** The last pack that was stored here. */
  readonly last?: Pick<StoredPack['last'], 'boot_id' | 'seq' | 'time'>;
  /** The device as it was read, and until when that counts. */
  readonly profile?: DeviceProfile;
  readonly profile_until_ms?: number;
}

/**
 * What one environment remembers of devices between invocations, to spare reads in the common case: packs come one after the other. It decides nothing alone:
 * whether a pack is there is decided by the condition of its put.
 */
export class SeenDevices {
  readonly #devices = new Map<string, Seen>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a pack follows the last one that was stored here, within its boot and forward in time, however long ago that was. */
  isNext(device_id: string, { first }: StoredPack): boolean {
    const last = this.#devices.get(device_id)?.last;
    return (
      last !== undefined && first.boot_id !== 0 && first.boot_id === last.boot_id && first.seq === last.seq + 1 && first.time > last.time
    );
  }

  stored(device_id: string, { last }: StoredPack): void {
    this.#put(device_id, { last });
  }

  /** What hardly ever changes of a device, by `read` where it isn't remembered. */
  async profile(device_id: string, read: () => Promise<DeviceProfile>): Promise<DeviceProfile> {
    const { profile: known, profile_until_ms = 0 } = this.#devices.get(device_id) ?? {};
    if (known !== undefined && profile_until_ms > this.#clock()) return known;
    const profile = await read();
    this.#put(device_id, { profile, profile_until_ms: this.#clock() + remembered_ms });
    return profile;
  }

  #put(device_id: string, changed: Seen): void {
    if (this.#devices.size >= maxRemembered && !this.#devices.has(device_id)) this.#devices.clear();
    this.#devices.set(device_id, { ...this.#devices.get(device_id), ...changed });
  }
}
