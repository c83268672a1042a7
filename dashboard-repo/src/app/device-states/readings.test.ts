import { numberFields, runStates } from '@enstratus/contract';
import { expect, it } from 'vitest';
import { asText, energy, power, quantity, readings } from './readings.ts';
import { isCurrent, shownState, shownStates, stateWords } from './shown-state.ts';

it('has the names, units, meanings and resolutions of the contract', () => {
  const ours = Object.values(readings).map(({ name, unit, meaning, decimals }) => ({
    name,
    unit,
    meaning,
    resolution: decimals === 1 ? 0.1 : 1,
  }));
  const theirs = numberFields.map(({ name, unit, meaning, resolution }) => ({ name, unit, meaning, resolution }));
  expect(new Set(ours.map((each) => JSON.stringify(each)))).toEqual(new Set(theirs.map((each) => JSON.stringify(each))));
});

it('knows every state of the contract, by its name', () => {
  expect(new Set(shownStates)).toEqual(new Set([...runStates, 'unknown', 'silent', 'never']));
  for (const state of runStates) expect(stateWords[state].meaning).toContain(`run_state ${state}`);
});

it.each([
  [0, '0 W'],
  [840.4, '840 W'],
  [999.6, '1.00 kW'],
  [4214, '4.21 kW'],
  [42_140, '42.1 kW'],
  [99_960, '100 kW'],
  [999_400, '999 kW'],
  [24_200_000, '24.2 MW'],
])('%d W is read as %s', (watts, text) => {
  expect(asText(power(watts))).toBe(text);
});

it('sets units and decimals by reading', () => {
  expect(asText(quantity(readings.motor_a, 8.1))).toBe('8.1 A');
  expect(asText(quantity(readings.dc_bus_v, 548))).toBe('548 V');
  expect(asText(quantity(readings.fault_code, 17))).toBe('17');
  expect(asText(energy(65_100))).toBe('65.1 kWh');
});

it('shows a device as what it can be now', () => {
  const device = { run_state: 'solar', last_contact: 1000, silent_at: 2000 } as const;
  expect([shownState(device, 1999), shownState(device, 2000)]).toEqual(['solar', 'silent']);
  expect(shownState({ ...device, last_contact: null, silent_at: null }, 5000)).toBe('never');
  expect(shownStates.filter((state) => !isCurrent(state))).toEqual(['silent', 'never']);
});
