import * as z from 'zod';
import {
  maxCounter,
  type NumberField,
  numberFields,
  type ReadingName,
  type RunState,
  runStates,
  timeRange,
  toSteps,
} from './status-fields.ts';

/** Which document it is: the device counts boots in flash, and documents from 0 within a boot. */
export interface DocumentIdentity {
  /** From 1. 0 stands for documents without a sequence of their own; their seq is then the minute of the epoch. */
  readonly boot_id: number;
  readonly seq: number;
}

/**
 * One sample of a controller. A reading is null when it could not be read: null is never zero.
 * Units, ranges and meaning are in `statusFields`.
 */
export interface StatusDocument extends DocumentIdentity, Readonly<Record<ReadingName, number | null>> {
  /** When the sample was taken, in seconds since 1970-01-01T00:00:00Z. */
  readonly time: number;
  readonly run_state: RunState | null;
}

const counter = (name: string) =>
  z
    .int({ error: `${name} must be a whole number` })
    .min(0, `${name} must be 0 to ${maxCounter}`)
    .max(maxCounter, `${name} must be 0 to ${maxCounter}`);

const reading = (field: NumberField) => {
  const range = `${field.name} must be null or ${field.min} to ${field.max}${field.unit === '' ? '' : ` ${field.unit}`}`;
  return z
    .number({ error: `${field.name} must be a number or null` })
    .min(field.min, range)
    .max(field.max, range)
    .refine((value) => toSteps(field, value) !== undefined, `${field.name} must be a multiple of ${field.resolution}`)
    .nullable();
};

const readings = Object.fromEntries(numberFields.map((field) => [field.name, reading(field)])) as Record<
  ReadingName,
  ReturnType<typeof reading>
>;

export const timeSchema = z
  .int({ error: 'time must be whole seconds since 1970' })
  .min(timeRange.min, `time must be ${timeRange.min} to ${timeRange.max}`)
  .max(timeRange.max, `time must be ${timeRange.min} to ${timeRange.max}`);

export const runStateSchema = z.enum(runStates, { error: `run_state must be null or one of ${runStates.join(', ')}` });

/** A status document, checked strictly; every message names the field. */
export const statusDocumentSchema = z.strictObject({
  boot_id: counter('boot_id'),
  seq: counter('seq'),
  time: timeSchema,
  run_state: runStateSchema.nullable(),
  ...readings,
}) satisfies z.ZodType<StatusDocument>;
