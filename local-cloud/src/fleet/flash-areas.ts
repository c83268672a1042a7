/** Where something of a device lies: the core's areas, and the simulator's own notes on the machine around the core. */
export const flashAreas = ['state', 'journal', 'packs', 'schedule', 'machine'] as const;
export type FlashArea = (typeof flashAreas)[number];

/** What one device keeps over power cuts. */
export interface DeviceFlash {
  /** `data` is copied. False: it could not be written. */
  write(area: FlashArea, slot: number, data: Uint8Array): boolean;
  /** Valid until the next write of the same slot. */
  read(area: FlashArea, slot: number): Uint8Array | undefined;
}

/** The flash of a whole fleet. */
export interface FleetFlash {
  /** A device's flash, empty the first time. */
  of(deviceId: string): DeviceFlash;
  /** After this everything written so far outlives the process, however it ends. */
  commit(): void;
  close(): void;
}

const numbers: Readonly<Record<FlashArea, number>> = { state: 0, journal: 1, packs: 2, schedule: 3, machine: 4 };
export const areaNumber = (area: FlashArea): number => numbers[area];

const SLOTS = 0x1000000;
/** A slot of an area as one number, for maps, and back. */
export const slotKey = (area: FlashArea, slot: number): number => numbers[area] * SLOTS + slot;
export const areaOfKey = (key: number): number => Math.floor(key / SLOTS);
export const slotOfKey = (key: number): number => key % SLOTS;
