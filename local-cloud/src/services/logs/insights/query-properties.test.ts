import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MalformedQuery } from './malformed-query.ts';
import { QueryRun } from './query-run.ts';

const PIECES = [
  'fields',
  'display',
  'filter',
  'stats',
  'sort',
  'limit',
  'dedup',
  'parse',
  '|',
  ',',
  '(',
  ')',
  '[',
  ']',
  '*',
  '/',
  '/a(?<b>.)/',
  '"x"',
  "'y",
  '`q`',
  'a',
  '@timestamp',
  'a.b.0',
  'bin(5m)',
  'avg(a)',
  'count(*)',
  'by',
  'as',
  'like',
  'in',
  'not',
  'and',
  'or',
  'desc',
  '=',
  '=~',
  '!=',
  '<',
  '5',
  '1.5',
  '5m',
  '-',
  '^',
  '%',
  '#',
  '\n',
];

/** Runs a query over one event; undefined when it is malformed, and everything else that is thrown goes through. */
function attempt(text: string): unknown {
  try {
    const query = new QueryRun(text, { now_ms: 0 });
    query.add({ timestamp_ms: 0, ingested_ms: 0, message: '{"a":1}', logStream: 's', log: 'l', pointer: 'p' });
    return query.results();
  } catch (error) {
    if (!(error instanceof MalformedQuery)) throw error;
    const { location } = error.members['queryCompileError'] as { location: { startCharOffset: number; endCharOffset: number } };
    expect(location.startCharOffset).toBeGreaterThanOrEqual(0);
    expect(location.endCharOffset).toBeGreaterThanOrEqual(location.startCharOffset);
    return undefined;
  }
}

it('any text is a query or a MalformedQuery', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => void attempt(text)),
    { numRuns: 300 },
  );
});

it('any words of the language are a query or a MalformedQuery, however deep they nest', () => {
  const words = fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(words, (text) => void attempt(text)),
    { numRuns: 1_000 },
  );
  for (const long of ['a + ', '2 ^ ', 'a or ', '1 - -']) {
    expect(attempt(`filter ${long.repeat(900)}a`)).toBeDefined();
    expect(attempt(`filter ${long.repeat(1_900)}a`)).toBeUndefined();
  }
  for (const deep of ['(', '-', 'not ', 'abs(', '2^', 'a + ']) expect(attempt(`filter ${deep.repeat(2_000)}`)).toBeUndefined();
});

const samples = fc.array(
  fc.record({ minute: fc.integer({ min: 0, max: 3_000 }), watts: fc.double({ min: -1e6, max: 1e6, noNaN: true }) }),
  {
    maxLength: 200,
  },
);

it('avg, min, max and count in bins are what a straightforward computation finds', () => {
  const start_ms = Date.UTC(2026, 9, 31, 23, 58);
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 90 }), (taken, width) => {
      const query = new QueryRun(`stats avg(w) as a, min(w) as lo, max(w) as hi, count(w) as n by bin(${width}m) as t | sort t asc`, {
        now_ms: 0,
      });
      const bins = new Map<number, number[]>();
      for (const { minute, watts } of taken) {
        const timestamp_ms = start_ms + minute * 60_000;
        query.add({ timestamp_ms, ingested_ms: 0, message: JSON.stringify({ w: watts }), logStream: 's', log: 'l', pointer: 'p' });
        const bin = timestamp_ms - (timestamp_ms % (width * 60_000));
        bins.set(bin, [...(bins.get(bin) ?? []), watts]);
      }
      const rows = query.results().map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value])));
      const expected = [...bins].sort(([a], [b]) => a - b);
      expect(rows.map(({ t }) => t)).toEqual(expected.map(([bin]) => new Date(bin).toISOString().replace('T', ' ').slice(0, 23)));
      for (const [index, [, values]] of expected.entries()) {
        const row = rows[index];
        expect(Number(row?.['n'])).toBe(values.length);
        expect(Number(row?.['lo'])).toBeCloseTo(Math.min(...values), 3);
        expect(Number(row?.['hi'])).toBeCloseTo(Math.max(...values), 3);
        expect(Number(row?.['a'])).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 3);
      }
    }),
    { numRuns: 100 },
  );
});
