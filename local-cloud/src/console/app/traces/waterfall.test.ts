import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Span } from '../data/shapes.ts';
import { ticksOf, waterfallOf } from './waterfall.ts';

const span = (span_id: string, parent_id: string | undefined, start_ms: number, duration_ms = 1): Span => ({
  trace_id: 't',
  span_id,
  ...(parent_id === undefined ? {} : { parent_id }),
  account: 'a',
  region: 'r',
  service: 's',
  operation: 'o',
  start_ms,
  duration_ms,
});

it('puts each span below the one that asked for it, in the order of their starts', () => {
  const spans = [span('late', 'root', 5), span('child', 'early', 3), span('early', 'root', 2), span('root', 'elsewhere', 1, 9)];
  const { rows, start_ms, duration_ms } = waterfallOf(spans, new Set());
  expect(rows.map(({ span: { span_id }, depth }) => [span_id, depth])).toEqual([
    ['root', 0],
    ['early', 1],
    ['child', 2],
    ['late', 1],
  ]);
  expect([start_ms, duration_ms]).toEqual([1, 9]);
  expect(waterfallOf(spans, new Set(['early'])).rows).toHaveLength(3);
});

it('ends on any ids, and shows no span twice', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.option(id, { nil: undefined }), fc.nat(9))), (given) => {
      const { rows } = waterfallOf(
        given.map(([own, parent, start]) => span(own, parent, start)),
        new Set(),
      );
      const shown = rows.map(({ span: { span_id } }) => span_id);
      expect(new Set(shown).size).toBe(shown.length);
    }),
  );
});

it('marks round times within the trace', () => {
  expect(ticksOf(5.8)).toEqual([0, 1, 2, 3, 4, 5]);
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e7, noNaN: true }), (duration_ms) => {
      const ticks = ticksOf(duration_ms);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.at(-1)).toBeLessThanOrEqual(duration_ms);
    }),
  );
});
