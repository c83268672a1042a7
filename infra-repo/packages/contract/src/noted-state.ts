import * as z from 'zod';
import type { DeviceState } from './events.ts';
import { runStateSchema } from './status-document.ts';
import { maxCounter } from './status-fields.ts';

/*
 * What ingest notes of a device's run state and fault code. It stands in the item of the device's newest status, which is in no index and is written with every
 * pack: a change that is told at once is one write of it, together with the document that tells it.
 */

const instant = z.int().min(0);
const counter = z.int().min(0).max(maxCounter);
const faultCode = z.int().min(0).max(65_535);

/** A change of state that a device told at once. Where from and to are the same it said what was known, and no event went out. */
export interface ToldChange {
  /** Epoch seconds. */
  readonly time: number;
  readonly boot_id: number;
  /** Of the document that comes next. */
  readonly seq: number;
  readonly from: DeviceState;
  readonly to: DeviceState;
}

/**
 * A told change as it is stored: time, boot_id, seq, run state and fault code before, run state and fault code after. A list, because each of them would carry its names: ten of
 * them as maps would make the item a second write unit.
 */
export const storedToldChangeSchema = z.tuple([
  instant,
  counter,
  counter,
  runStateSchema.nullable(),
  faultCode.nullable(),
  runStateSchema.nullable(),
  faultCode.nullable(),
]);
export type StoredToldChange = z.infer<typeof storedToldChangeSchema>;

/** How a told change is stored. */
export const storedToldChange = ({ time, boot_id, seq, from, to }: ToldChange): StoredToldChange => [
  time,
  boot_id,
  seq,
  from.run_state,
  from.fault_code,
  to.run_state,
  to.fault_code,
];

/** A told change as it was before it was stored. */
export const toldChangeOf = ([time, boot_id, seq, from_state, from_fault, to_state, to_fault]: StoredToldChange): ToldChange => ({
  time,
  boot_id,
  seq,
  from: { run_state: from_state, fault_code: from_fault },
  to: { run_state: to_state, fault_code: to_fault },
});

/** The attributes of the item. All of them are missing before the device's first state; a reading that never was is missing for good. */
export const notedStateAttributes = {
  run_state: runStateSchema.optional(),
  fault_code: faultCode.optional(),
  /** As of when run_state and fault_code are, epoch seconds: the end of the pack that brought them, or when a change was told at once. They never go back behind it. */
  state_time: instant.optional(),
  /** Time of the last document of the newest pack that changed something and whose changes were all told, epoch seconds. */
  followed_until: instant.optional(),
  /** The newest changes that were told at once, oldest first: with followed_until they make that a change is told once. */
  told_changes: z.array(storedToldChangeSchema).optional(),
} as const;

/** The attributes that say a state, as of a time in epoch seconds. */
export function stateAttributes({ run_state, fault_code }: DeviceState, state_time: number) {
  return {
    ...(run_state === null ? {} : { run_state }),
    ...(fault_code === null ? {} : { fault_code }),
    state_time,
  };
}
