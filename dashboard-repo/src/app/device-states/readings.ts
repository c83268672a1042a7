import type { SampleFragment } from '../graphql/operations.generated.ts';

export type ReadingName = Exclude<keyof SampleFragment, 'boot_id' | 'seq' | 'time' | 'run_state'>;

/** A reading on screen. `name`, `unit` and `meaning` are the contract's, `words` is what stands above the figure. */
export interface Reading {
  readonly name: ReadingName;
  readonly words: string;
  readonly unit: string;
  readonly meaning: string;
  readonly decimals: 0 | 1;
}

export const readings: Readonly<Record<ReadingName, Reading>> = {
  solar_w: { name: 'solar_w', words: 'Solar power', unit: 'W', meaning: 'Power taken from the solar array', decimals: 0 },
  grid_w: { name: 'grid_w', words: 'Grid power', unit: 'W', meaning: 'Power taken from the grid', decimals: 0 },
  motor_w: { name: 'motor_w', words: 'Motor power', unit: 'W', meaning: 'Power given to the motor', decimals: 0 },
  motor_a: { name: 'motor_a', words: 'Motor current', unit: 'A', meaning: 'Motor current, RMS of one phase', decimals: 1 },
  motor_hz: { name: 'motor_hz', words: 'Frequency', unit: 'Hz', meaning: 'Output frequency', decimals: 1 },
  dc_bus_v: { name: 'dc_bus_v', words: 'Bus voltage', unit: 'V', meaning: 'Voltage of the drive’s DC bus', decimals: 0 },
  temp_c: { name: 'temp_c', words: 'Temperature', unit: '°C', meaning: 'Temperature of the drive’s heat sink', decimals: 0 },
  fault_code: { name: 'fault_code', words: 'Fault code', unit: '', meaning: 'The drive’s own fault code; 0 means no fault', decimals: 0 },
  signal_pct: { name: 'signal_pct', words: 'Signal', unit: '%', meaning: 'Strength of the cellular signal', decimals: 0 },
};

/** A figure and its unit, apart, because they are set in different type. */
export interface Quantity {
  readonly figure: string;
  readonly unit: string;
}

/** A power as people read it: whole watts below 1 kW, from there on three figures of kW or MW. */
export function power(watts: number): Quantity {
  const size = Math.abs(watts);
  if (size < 999.5) return { figure: String(Math.round(watts)), unit: 'W' };
  return size < 999_500 ? { figure: threeFigures(watts / 1000), unit: 'kW' } : { figure: threeFigures(watts / 1_000_000), unit: 'MW' };
}

/** An energy: Wh below 1 kWh, from there on three figures of kWh or MWh. */
export function energy(watt_hours: number): Quantity {
  const { figure, unit } = power(watt_hours);
  return { figure, unit: `${unit}h` };
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** A reading's figure and unit. */
export function quantity(of: Reading, value: number): Quantity {
  if (of.unit === 'W') return power(value);
  return { figure: value.toFixed(of.decimals), unit: of.unit };
}

/** A figure and its unit as one text, with a space that does not break. */
export const asText = ({ figure, unit }: Quantity): string => (unit === '' ? figure : `${figure} ${unit}`);
