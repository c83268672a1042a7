import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileExpression } from './metric-math.ts';

const value = (text: string, values: Record<string, number> = {}) => compileExpression(text).evaluate((id) => values[id]);

it.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['-a * 2', -10],
  ['a / b', 2.5],
  ['FILL(errors, 0) + FILL(a, 0) - FILL(b, 1)', 3],
  ['FILL(errors + a, -1)', -1],
  ['errors + a', undefined],
  ['a / 0', undefined],
])('%s', (text, expected) => {
  expect(value(text, { a: 5, b: 2 })).toBe(expected);
});

it('names what it reads', () => {
  expect([...compileExpression('FILL(errors, 0) + m1 * errors').names]).toEqual(['errors', 'm1']);
});

it.each(['', '1 +', '(1', '1 2', 'a b', 'FILL(a)', 'FILL(a, b)', '1 $ 2', ')'])('refuses %j as no expression', (text) => {
  expect(() => compileExpression(text)).toThrow(expect.objectContaining({ code: 'ValidationError' }));
});

it.each(['RATE(m1)', 'FILL(m1, REPEAT)', 'SELECT AVG(x) FROM y', 'm1 > 3', 'm1 ^ 2', 'METRICS'])(
  'names what of %s is not carried out',
  (text) => {
    expect(() => compileExpression(text)).toThrow(expect.objectContaining({ code: 'NotCarriedOut' }));
  },
);

it('computes as JavaScript does', () => {
  const operator = fc.constantFrom('+', '-', '*');
  const numbers = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(numbers, fc.array(operator, { minLength: 8, maxLength: 8 }), (list, signs) => {
      const text = list.map((number, index) => (index === 0 ? String(number) : `${signs[index]} ${number}`)).join(' ');
      expect(value(text)).toBe(Number(new Function(`return ${text}`)()));
    }),
  );
});
