import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVersion, serves } from './contract-need.ts';

describe('a deployed contract', () => {
  it.each([
    ['1.2.3', '1.2.3', true],
    ['1.3.0', '1.2.3', true],
    ['1.2.2', '1.2.3', false],
    ['2.0.0', '1.2.3', false],
    ['0.1.5', '0.1.0', true],
    ['0.2.0', '0.1.0', false],
    ['1.0.0', '0.1.0', false],
  ])('%s serves who needs %s: %s', (deployed, needed, expected) => {
    expect(serves(deployed, needed)).toBe(expected);
  });

  it('serves who needs the same, and never who needs a later one', () => {
    const version = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
    fc.assert(
      fc.property(version, ([major, minor, patch]) => {
        const text = `${major}.${minor}.${patch}`;
        expect(parseVersion(text)).toEqual([major, minor, patch]);
        expect(serves(text, text)).toBe(true);
        expect(serves(text, `${major}.${minor}.${patch + 1}`)).toBe(false);
        expect(serves(text, `${major}.${minor + 1}.${patch}`)).toBe(false);
        expect(serves(text, `${major + 1}.${minor}.${patch}`)).toBe(false);
      }),
    );
  });

  it.each(['^1.0.0', '1.0', '1.0.0-beta', ''])('"%s" is no version', (text) => {
    expect(() => parseVersion(text)).toThrow(/is no version such as 1\.2\.3/);
  });
});
