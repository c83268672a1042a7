import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../app/system/layout.ts';
import { logFamilies, mayMean } from './nodes.ts';
import { Rates } from './rates.ts';

describe('counts of the last minute', () => {
  it('forget what is older, and keep the total', () => {
    let now = 1_000_000;
    const rates = new Rates(() => now);
    const seen = () => rates.of((key) => key === 'a');
    rates.note('a', false, 3);
    now += 30_000;
    rates.note('a', true);
    rates.note('b', false);
    expect(seen()).toEqual({ per_minute: 4, errors_per_minute: 1, total: 4 });
    now += 31_000;
    expect(seen()).toEqual({ per_minute: 1, errors_per_minute: 1, total: 4 });
    now += 3_600_000;
    expect(seen()).toEqual({ per_minute: 0, errors_per_minute: 0, total: 4 });
  });

  it('are those of a plain sum over the last twelve steps', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 1, max: 9 })), { maxLength: 40 }), (notes) => {
        let now = 0;
        const rates = new Rates(() => now);
        const noted = notes.map(([wait, count]) => {
          now += wait;
          rates.note('a', false, count);
          return [Math.floor(now / 5000), count] as const;
        });
        const first = Math.floor(now / 5000) - 11;
        const expected = noted.filter(([step]) => step >= first).reduce((sum, [, count]) => sum + count, 0);
        expect(rates.of(() => true).per_minute).toBe(expected);
      }),
    );
  });
});

describe('a grant', () => {
  it.each([
    ['arn:aws:dynamodb:r:1:table/T', 'arn:aws:dynamodb:r:1:table/T', true],
    ['arn:aws:dynamodb:r:1:table/T/index/*', 'arn:aws:dynamodb:r:1:table/T', true],
    ['arn:aws:s3:::bucket/raw/*', 'arn:aws:s3:::bucket', true],
    ['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket-two', false],
    ['arn:aws:logs:r:1:log-group:/e/devices/*:log-stream:status', 'arn:aws:logs:r:1:log-group:/e/devices/pump-1', true],
    ['arn:aws:logs:r:1:log-group:/e/functions/*', 'arn:aws:logs:r:1:log-group:/e/devices/pump-1', false],
    ['arn:aws:dynamodb:r:1:table/T.x', 'arn:aws:dynamodb:r:1:table/Tyx', false],
  ])('on %s is drawn to %s: %s', (pattern, arn, expected) => {
    expect(mayMean(pattern, arn)).toBe(expected);
  });
});

it('draws log groups below one path together', () => {
  const families = logFamilies(['/e/devices/a', '/e/devices/b', '/e/other']);
  expect([...families]).toEqual([
    ['/e/devices/*', ['/e/devices/a', '/e/devices/b']],
    ['/e/other', ['/e/other']],
  ]);
});

describe('the layout', () => {
  const node = (id: string) => ({ id, kind: 'function' as const, name: id });
  const edge = (from: string, to: string) => ({ from, to, verb: 'calls', per_minute: 0, total: 0, errors_per_minute: 0 });

  it('goes from left to right, and takes a circle', () => {
    const { nodes, edges } = layOut({ nodes: ['a', 'b', 'c'].map(node), edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'b')] });
    const x = (id: string) => nodes.find((one) => one.id === id)?.x ?? Number.NaN;
    expect(x('a')).toBeLessThan(x('b'));
    expect(x('b')).toBeLessThan(x('c'));
    expect(edges.map(({ isBack }) => isBack)).toEqual([false, false, true]);
  });

  it('places every node once and none on another, whatever leads where', () => {
    const ids = fc.constantFrom(...'abcdefgh');
    fc.assert(
      fc.property(fc.uniqueArray(ids), fc.array(fc.tuple(ids, ids)), (names, pairs) => {
        const { nodes, width, height } = layOut({ nodes: names.map(node), edges: pairs.map(([from, to]) => edge(from, to)) });
        expect(nodes.map(({ id }) => id).toSorted()).toEqual(names.toSorted());
        expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(names.length);
        for (const { x, y } of nodes) expect(x >= 0 && y >= 0 && x < width && y < height).toBe(true);
      }),
    );
  });
});
