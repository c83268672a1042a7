import { type DeviceFlash, type FlashArea, type FleetFlash, slotKey } from './flash-areas.ts';

/** Flash that ends with the process: for tests and for fleets that nobody comes back to. */
export class MemoryFlash implements FleetFlash {
  readonly #devices = new Map<string, DeviceFlash>();

  of(deviceId: string): DeviceFlash {
    let flash = this.#devices.get(deviceId);
    if (flash === undefined) {
      flash = new MemoryDeviceFlash();
      this.#devices.set(deviceId, flash);
    }
    return flash;
  }

  commit(): void {}

  close(): void {
    this.#devices.clear();
  }
}

class MemoryDeviceFlash implements DeviceFlash {
  readonly #records = new Map<number, Uint8Array>();

  write(area: FlashArea, slot: number, data: Uint8Array): boolean {
    const key = slotKey(area, slot);
    const old = this.#records.get(key);
    if (old?.length === data.length) old.set(data);
    else this.#records.set(key, data.slice());
    return true;
  }

  read(area: FlashArea, slot: number): Uint8Array | undefined {
    return this.#records.get(slotKey(area, slot));
  }
}
