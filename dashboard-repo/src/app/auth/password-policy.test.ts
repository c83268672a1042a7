import { expect, it } from 'vitest';
import { meetsPolicy, passwordRules } from './password-policy.ts';

it('lets through what meets every rule', () => {
  expect(meetsPolicy('Sunny-Field-2026')).toBe(true);
  expect(meetsPolicy('Sunny Field 2026')).toBe(true);
});

it.each([
  ['Short-1', 'At least 12 characters'],
  ['SUNNY-FIELD-2026', 'A lower-case letter'],
  ['sunny-field-2026', 'A capital letter'],
  ['Sunny-Field-Year', 'A digit'],
  ['SunnyField2026x', 'A symbol, such as ! ? - or #'],
  [' SunnyField2026', 'A symbol, such as ! ? - or #'],
])('%s lacks one: %s', (password, lacking) => {
  expect(passwordRules.filter(({ holds }) => !holds(password)).map(({ words }) => words)).toEqual([lacking]);
});
