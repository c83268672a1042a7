import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addDecimals, compareDecimals, subtractDecimals } from './decimal.ts';

const scaled = fc.record({ digits: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), scale: fc.nat(12) });

/** The digits with a point `scale` places from their end. */
function text({ digits, scale }: { digits: bigint; scale: number }): string {
  const all = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const point = all.length - scale;
  return `${digits < 0n ? '-' : ''}${all.slice(0, point)}${scale === 0 ? '' : `.${all.slice(point)}`}`;
}

const at = (value: { digits: bigint; scale: number }) => value.digits * 10n ** BigInt(12 - value.scale);

it('orders, adds and subtracts as whole numbers of the smallest unit do', () => {
  fc.assert(
    fc.property(scaled, scaled, (a, b) => {
      const [left, right] = [text(a), text(b)];
      expect(Math.sign(compareDecimals(left, right))).toBe(at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0);
      expect(compareDecimals(addDecimals(left, right), text({ digits: at(a) + at(b), scale: 12 }))).toBe(0);
      expect(compareDecimals(subtractDecimals(left, right), text({ digits: at(a) - at(b), scale: 12 }))).toBe(0);
    }),
  );
});

it('writes plain text without needless zeros', () => {
  expect(addDecimals('0.5', '0.50')).toBe('1');
  expect(addDecimals('100', '-100.0')).toBe('0');
  expect(addDecimals('-1.25', '0.05')).toBe('-1.2');
  expect(addDecimals('1e3', '0.001')).toBe('1000.001');
  expect(subtractDecimals('0.001', '0.002')).toBe('-0.001');
});

it('stays within 38 digits and the range of DynamoDB (Developer Guide, "Supported data types and naming rules in DynamoDB")', () => {
  expect(addDecimals('12345678901234567890123456789012345678', '0')).toHaveLength(38);
  expect(() => addDecimals('100000000000000000000000000000000000000', '1')).toThrow('more than 38 significant digits');
  expect(() => addDecimals('9e125', '9e125')).toThrow('Number overflow');
  expect(() => subtractDecimals('1.1e-129', '1.05e-129')).toThrow('Number underflow');
});
