import { NotDecodable } from './decoding.ts';
import { fromSteps, type NumberField, type RunState, runStates, stepsInRange, toSteps } from './status-fields.ts';

/** A column of a pack: one value for all documents, or one entry a document. */
export type NumberColumn = number | null | readonly (number | null)[];
export type TextColumn = RunState | null | readonly (RunState | 0 | null)[];

const allEqual = <T>(values: readonly T[]): boolean => values.every((value) => value === values[0]);

/** The shortest column that stands for these readings. Throws a RangeError that names the field for a value the field can't hold. */
export function encodeNumbers(field: NumberField, readings: readonly (number | null)[]): NumberColumn {
  const steps = readings.map((reading) => {
    if (reading === null) return null;
    const whole = toSteps(field, reading);
    if (whole === undefined || !stepsInRange(field, whole)) throw new RangeError(`${field.name} can't be ${reading}`);
    return whole;
  });
  const [first] = steps;
  if (first !== undefined && allEqual(steps)) return first === null ? null : fromSteps(field, first);
  let last = 0;
  return steps.map((value) => {
    if (value === null) return null;
    const difference = value - last;
    last = value;
    return fromSteps(field, difference);
  });
}

/** The `count` readings of a number column, or NotDecodable that names the field. */
export function decodeNumbers(field: NumberField, column: unknown, count: number): (number | null)[] {
  const inSteps = (value: unknown): number => {
    if (typeof value !== 'number') throw new NotDecodable('wrong_type', `${field.name} must hold numbers or null`, field.name);
    const steps = toSteps(field, value);
    if (steps === undefined)
      throw new NotDecodable('wrong_resolution', `${field.name} must be in steps of ${field.resolution}`, field.name);
    return steps;
  };
  const readingOf = (steps: number): number => {
    if (!stepsInRange(field, steps)) {
      throw new NotDecodable(
        'out_of_range',
        `${field.name} must be ${field.min} to ${field.max}; it comes to ${fromSteps(field, steps)}`,
        field.name,
      );
    }
    return fromSteps(field, steps);
  };
  if (!Array.isArray(column)) {
    const same = column === null ? null : readingOf(inSteps(column));
    return Array.from({ length: count }, () => same);
  }
  requireLength(field.name, column, count);
  let last = 0;
  return column.map((entry: unknown) => {
    if (entry === null) return null;
    last += inSteps(entry);
    return readingOf(last);
  });
}

/** The shortest column that stands for these run states; 0 stands for "as before". */
export function encodeRunStates(states: readonly (RunState | null)[]): TextColumn {
  const [first] = states;
  if (first !== undefined && allEqual(states)) return first;
  let last: RunState | null = null;
  return states.map((state) => {
    if (state === null) return null;
    if (state === last) return 0;
    last = state;
    return state;
  });
}

/** The `count` run states of the text column, or NotDecodable. */
export function decodeRunStates(column: unknown, count: number): (RunState | null)[] {
  if (!Array.isArray(column)) {
    const same = column === null ? null : runStateOf(column);
    return Array.from({ length: count }, () => same);
  }
  requireLength('run_state', column, count);
  let last: RunState | null = null;
  return column.map((entry: unknown) => {
    if (entry === null) return null;
    if (entry === 0) {
      if (last === null) throw new NotDecodable('wrong_shape', 'run_state has a 0 (as before) with nothing before it', 'run_state');
      return last;
    }
    last = runStateOf(entry);
    return last;
  });
}

/** A run state, or NotDecodable. */
export function runStateOf(value: unknown): RunState {
  if (typeof value !== 'string') throw new NotDecodable('wrong_type', 'run_state must be a text or null', 'run_state');
  const known = runStates.find((state) => state === value);
  if (known === undefined) throw new NotDecodable('out_of_range', `run_state must be one of ${runStates.join(', ')}`, 'run_state');
  return known;
}

function requireLength(name: string, column: readonly unknown[], count: number): void {
  if (column.length !== count) {
    throw new NotDecodable('wrong_column_length', `${name} has ${column.length} entries where count is ${count}`, name);
  }
}
