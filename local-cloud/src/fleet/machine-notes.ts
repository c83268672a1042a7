import { z } from 'zod';
import type { DeviceFlash } from './flash-areas.ts';

/** What the simulator notes beside a device's own flash: the machine that stands around the core goes on, too. */
const machineNotes = z.strictObject({
  boots: z.number().int().min(0),
  every_s: z.number().int().min(1).max(3600),
  /** What was taken from the ledger `settings` last. */
  ledger_settings: z.string().nullable(),
  /** SHA-256 of the firmware that came over the air last; null: the factory's. */
  firmware: z.string().nullable().default(null),
  /** PRODUCT_VERSION of the firmware that has published and was acknowledged last; null: none yet. */
  confirmed: z.number().int().nullable().default(null),
  drive: z
    .strictObject({
      level: z.number(),
      told_to_run: z.boolean(),
      mode: z.enum(['auto', 'solar', 'grid']),
      limit_hz: z.number(),
      fault: z.strictObject({ code: z.number().int(), until_s: z.number() }).nullable(),
    })
    .nullable(),
});
export type MachineNotes = z.output<typeof machineNotes>;

const text = new TextDecoder();
const bytes = new TextEncoder();

/** Throws when what stands there isn't what was written. */
export function readNotes(flash: DeviceFlash): MachineNotes {
  const record = flash.read('machine', 0);
  if (record === undefined) return { boots: 0, every_s: 60, ledger_settings: null, firmware: null, confirmed: null, drive: null };
  return machineNotes.parse(JSON.parse(text.decode(record)));
}

export function writeNotes(flash: DeviceFlash, notes: MachineNotes): void {
  flash.write('machine', 0, bytes.encode(JSON.stringify(notes)));
}
