import * as z from 'zod';
import { rollupKey } from './keys.ts';
import { type RunState, runStates } from './status-fields.ts';

/** The powers of which a rollup keeps energies, by the names of the energies. */
export const rollupEnergies = { solar_wh: 'solar_w', grid_wh: 'grid_w', motor_wh: 'motor_w' } as const;
export type EnergyName = keyof typeof rollupEnergies;
export const energyNames = Object.keys(rollupEnergies) as readonly EnergyName[];

/** The readings of which a rollup keeps the largest, by the names of the maxima. */
export const rollupMaxima = { solar_w_max: 'solar_w', temp_c_max: 'temp_c' } as const;
export type MaximumName = keyof typeof rollupMaxima;
export const maximumNames = Object.keys(rollupMaxima) as readonly MaximumName[];

/**
 * What a device did in one hour, or in several together. What no document tells is null, never zero: an hour without documents has 0
 * `reported_minutes` and no energies. Minutes go to tenths, energies are whole watt-hours.
 */
export interface RollupHour extends Readonly<Record<EnergyName | MaximumName, number | null>> {
  /** Minutes for which there are documents. */
  readonly reported_minutes: number;
  /** Minutes behind each energy: fewer than reported where the power could not be read. */
  readonly energy_minutes: Readonly<Record<EnergyName, number>>;
  /** Minutes in each run state. Together fewer than reported where the state could not be read. */
  readonly state_minutes: Readonly<Record<RunState, number>>;
  /** How often the motor began to run. */
  readonly starts: number;
  /** How often a fault code came that was not there before. */
  readonly faults: number;
}

/** The 24 hours of a UTC day, from 00:00Z on. */
export type RollupHours = readonly RollupHour[];

export const hoursOfDay = 24;

const noEnergies = (): Record<EnergyName, number> => ({ solar_wh: 0, grid_wh: 0, motor_wh: 0 });
const noStates = (): Record<RunState, number> => ({ stopped: 0, waiting: 0, starting: 0, solar: 0, grid: 0, mixed: 0, fault: 0 });

/** An hour of which nothing is known. */
export const emptyHour: RollupHour = {
  reported_minutes: 0,
  solar_wh: null,
  grid_wh: null,
  motor_wh: null,
  energy_minutes: noEnergies(),
  state_minutes: noStates(),
  solar_w_max: null,
  temp_c_max: null,
  starts: 0,
  faults: 0,
};

/*
 * The text of a day: compact JSON with one column a value, as in packs: a scalar stands for all 24 hours, an array has 24 entries. State minutes of
 * states that never were, and minutes of an energy that are the reported ones, are left out.
 */
const column = (entry: z.ZodType<number | null>) => z.union([entry, z.array(entry).length(hoursOfDay)]);
const minutes = column(z.number().min(0).max(60));
const count = column(z.int().min(0));
const reading = column(z.int().nullable());

const rollupTextSchema = z.strictObject({
  v: z.literal(1),
  minutes,
  solar_wh: reading,
  grid_wh: reading,
  motor_wh: reading,
  solar_w_max: reading,
  temp_c_max: reading,
  starts: count,
  faults: count,
  energy_minutes: z.partialRecord(z.enum(['solar_wh', 'grid_wh', 'motor_wh']), minutes).optional(),
  state_minutes: z.partialRecord(z.enum(runStates), minutes),
});

type Column = number | null | (number | null)[];

function toColumn(entries: readonly (number | null)[]): Column {
  const [first = null] = entries;
  return entries.every((entry) => entry === first) ? first : [...entries];
}

const entryOf = (of: Column, hour: number): number | null => (Array.isArray(of) ? (of[hour] ?? null) : of);

/** The text of a day's hours; the same hours give the same text. Throws RangeError unless they are 24. */
export function encodeRollup(hours: RollupHours): string {
  if (hours.length !== hoursOfDay) throw new RangeError(`a day has ${hoursOfDay} hours, not ${hours.length}`);
  const columnOf = (value: (hour: RollupHour) => number | null) => toColumn(hours.map(value));
  const energies = energyNames.filter((name) => hours.some((hour) => hour.energy_minutes[name] !== hour.reported_minutes));
  const states = runStates.filter((state) => hours.some((hour) => hour.state_minutes[state] !== 0));
  return JSON.stringify({
    v: 1,
    minutes: columnOf((hour) => hour.reported_minutes),
    ...Object.fromEntries([...energyNames, ...maximumNames].map((name) => [name, columnOf((hour) => hour[name])])),
    starts: columnOf((hour) => hour.starts),
    faults: columnOf((hour) => hour.faults),
    ...(energies.length === 0
      ? {}
      : { energy_minutes: Object.fromEntries(energies.map((name) => [name, columnOf((hour) => hour.energy_minutes[name])])) }),
    state_minutes: Object.fromEntries(states.map((state) => [state, columnOf((hour) => hour.state_minutes[state])])),
  });
}

/** The hours of a day from its text. Throws ZodError, or SyntaxError when the text isn't JSON: only `encodeRollup` writes it. */
export function decodeRollup(text: string): RollupHours {
  const day = rollupTextSchema.parse(JSON.parse(text));
  return Array.from({ length: hoursOfDay }, (_, hour) => {
    const reported_minutes = entryOf(day.minutes, hour) ?? 0;
    const energy_minutes = noEnergies();
    for (const name of energyNames) energy_minutes[name] = entryOf(day.energy_minutes?.[name] ?? reported_minutes, hour) ?? 0;
    const state_minutes = noStates();
    for (const state of runStates) state_minutes[state] = entryOf(day.state_minutes[state] ?? 0, hour) ?? 0;
    return {
      reported_minutes,
      solar_wh: entryOf(day.solar_wh, hour),
      grid_wh: entryOf(day.grid_wh, hour),
      motor_wh: entryOf(day.motor_wh, hour),
      energy_minutes,
      state_minutes,
      solar_w_max: entryOf(day.solar_w_max, hour),
      temp_c_max: entryOf(day.temp_c_max, hour),
      starts: entryOf(day.starts, hour) ?? 0,
      faults: entryOf(day.faults, hour) ?? 0,
    };
  });
}

/** A device's UTC day in the table, in no index. A usual day is one write unit (below 1 KB); it has no time to live. */
export interface RollupItem {
  readonly pk: string;
  readonly sk: string;
  /** The hours as `encodeRollup` writes them. */
  readonly rollup: string;
}

/** The item of a device's UTC day. @param day `YYYY-MM-DD`. */
export function rollupItem(device_id: string, day: string, hours: RollupHours): RollupItem {
  return { ...rollupKey(device_id, day), rollup: encodeRollup(hours) };
}

const storedRollup = z.object({ sk: z.string().regex(/^ROLLUP#\d{4}-\d\d-\d\d$/), rollup: z.string() });

/** The day and its hours from a stored item. Throws ZodError when it is none. */
export function readRollupItem(item: unknown): { readonly day: string; readonly hours: RollupHours } {
  const { sk, rollup } = storedRollup.parse(item);
  return { day: sk.slice('ROLLUP#'.length), hours: decodeRollup(rollup) };
}

/** Several hours as one: sums and maxima. A value is null only where no hour has it. */
export function sumHours(hours: RollupHours): RollupHour {
  const sum = (value: (hour: RollupHour) => number) => tenths(hours.reduce((total, hour) => total + value(hour), 0));
  const known = (name: EnergyName | MaximumName) => hours.flatMap((hour) => (hour[name] === null ? [] : [hour[name]]));
  const energy = (name: EnergyName) => (known(name).length === 0 ? null : known(name).reduce((a, b) => a + b, 0));
  const maximum = (name: MaximumName) => (known(name).length === 0 ? null : Math.max(...known(name)));
  const energy_minutes = noEnergies();
  for (const name of energyNames) energy_minutes[name] = sum((hour) => hour.energy_minutes[name]);
  const state_minutes = noStates();
  for (const state of runStates) state_minutes[state] = sum((hour) => hour.state_minutes[state]);
  return {
    reported_minutes: sum((hour) => hour.reported_minutes),
    solar_wh: energy('solar_wh'),
    grid_wh: energy('grid_wh'),
    motor_wh: energy('motor_wh'),
    energy_minutes,
    state_minutes,
    solar_w_max: maximum('solar_w_max'),
    temp_c_max: maximum('temp_c_max'),
    starts: sum((hour) => hour.starts),
    faults: sum((hour) => hour.faults),
  };
}

/** Sums of tenths would drift in binary. */
const tenths = (value: number): number => Math.round(value * 10) / 10;
