/** What a controller can be doing. `waiting` is waiting for sun; `mixed` is solar helped by the grid. */
export const runStates = ['stopped', 'waiting', 'starting', 'solar', 'grid', 'mixed', 'fault'] as const;
export type RunState = (typeof runStates)[number];

export interface TextField {
  readonly name: 'run_state';
  readonly kind: 'text';
  readonly unit: '';
  readonly values: readonly RunState[];
  readonly meaning: string;
}

export type ReadingName = 'dc_bus_v' | 'solar_w' | 'grid_w' | 'motor_w' | 'motor_a' | 'motor_hz' | 'temp_c' | 'fault_code' | 'signal_pct';

export interface NumberField {
  readonly name: ReadingName;
  readonly kind: 'number';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** The smallest step that is told apart: 1 or 0.1. Packs carry differences in whole steps, so that nothing drifts. */
  readonly resolution: 1 | 0.1;
  readonly meaning: string;
}

export type StatusField = TextField | NumberField;

const field = (name: ReadingName, unit: string, min: number, max: number, resolution: 1 | 0.1, meaning: string): NumberField => ({
  name,
  kind: 'number',
  unit,
  min,
  max,
  resolution,
  meaning,
});

export const runStateField: TextField = {
  name: 'run_state',
  kind: 'text',
  unit: '',
  values: runStates,
  meaning: 'What the controller is doing; waiting means waiting for sun, mixed means solar helped by the grid',
};

/**
 * The readings of a status document in the order in which packs and log lines carry them. Ranges fit drives for solar pumps
 * and compressors up to about 110 kW; a value outside is a broken sensor or a broken program, never a reading.
 */
export const numberFields: readonly NumberField[] = [
  field('dc_bus_v', 'V', 0, 1200, 1, 'Voltage of the drive’s DC bus'),
  field('solar_w', 'W', 0, 150_000, 1, 'Power taken from the solar array'),
  field('grid_w', 'W', 0, 150_000, 1, 'Power taken from the grid'),
  field('motor_w', 'W', 0, 150_000, 1, 'Power given to the motor'),
  field('motor_a', 'A', 0, 500, 0.1, 'Motor current, RMS of one phase'),
  field('motor_hz', 'Hz', 0, 400, 0.1, 'Output frequency'),
  field('temp_c', '°C', -40, 150, 1, 'Temperature of the drive’s heat sink'),
  field('fault_code', '', 0, 65_535, 1, 'The drive’s own fault code; 0 means no fault'),
  field('signal_pct', '%', 0, 100, 1, 'Strength of the cellular signal'),
];

/** Every field of a status document after its identity and time, in canonical order. */
export const statusFields: readonly StatusField[] = [runStateField, ...numberFields];

/** Largest value of boot_id and seq: they are unsigned 32-bit counters on the device. */
export const maxCounter = 4_294_967_295;

/** Bounds of `time` in epoch seconds: 2020-01-01, before which no device was built, and the end of 32 bits. */
export const timeRange = { min: 1_577_836_800, max: maxCounter } as const;

/**
 * The value in whole steps of the field's resolution, or undefined when it lies between two steps.
 * 8.1 A is 81 steps. The tolerance only absorbs binary floating point.
 */
export function toSteps(of: NumberField, value: number): number | undefined {
  const scaled = of.resolution === 1 ? value : value * 10;
  const steps = Math.round(scaled) + 0; // no minus zero
  return Math.abs(scaled - steps) < 1e-6 ? steps : undefined;
}

/** The reading for a number of whole steps, as the nearest double (81 steps of 0.1 A are 8.1). */
export function fromSteps(of: NumberField, steps: number): number {
  return of.resolution === 1 ? steps : steps / 10;
}

/** Whether a number of whole steps lies in the field's range. */
export function stepsInRange(of: NumberField, steps: number): boolean {
  const reading = fromSteps(of, steps);
  return reading >= of.min && reading <= of.max;
}
