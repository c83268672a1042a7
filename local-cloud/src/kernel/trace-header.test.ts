import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTraceHeader, newSpanId, newTraceRoot, parseTraceHeader, withParent } from './trace-header.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const header = fc.record({
  root: fc.tuple(hex(8), hex(24)).map(([time, random]) => `1-${time}-${random}`),
  parent: fc.option(hex(16), { nil: undefined }),
  sampled: fc.option(fc.constantFrom('0' as const, '1' as const), { nil: undefined }),
});

describe('a tracing header', () => {
  it('is read as it was written, whatever else stands in it', () => {
    fc.assert(
      fc.property(
        header,
        fc.constantFrom('', 'Self=1-67891234-12456789abcdef012345678;', 'Lineage=a87bd80c:0|68fd508a:5;'),
        (given, more) => {
          expect(parseTraceHeader(`${more}${formatTraceHeader(given)}`)).toEqual(given);
        },
      ),
    );
  });

  it('keeps its trace and decision under another parent', () => {
    fc.assert(
      fc.property(header, hex(16), (given, parent) => {
        expect(parseTraceHeader(withParent(formatTraceHeader(given), parent))).toEqual({ ...given, parent });
      }),
    );
  });

  it('is none without a root in its form', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/Root=1-[0-9a-f]{8}-[0-9a-f]{24}/.test(text));
        expect(parseTraceHeader(text)).toBeUndefined();
        expect(withParent(text, '0123456789abcdef')).toBe(text);
      }),
    );
    expect(parseTraceHeader(undefined)).toBeUndefined();
  });

  it('has a root that tells when the trace began', () => {
    expect(newTraceRoot(1_480_615_200_500)).toMatch(/^1-58406520-[0-9a-f]{24}$/);
    expect(newSpanId()).toMatch(/^[0-9a-f]{16}$/);
  });
});
