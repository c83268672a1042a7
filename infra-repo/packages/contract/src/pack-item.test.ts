import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodePack, encodePack, maxPackBytes, PackError } from './pack.ts';
import { packItem } from './pack-item.ts';
import type { StatusDocument } from './status-document.ts';
import { maxCounter, timeRange } from './status-fields.ts';
import { anyReadings, anyRun } from './testing/arbitrary-documents.ts';

/**
 * An item's size as DynamoDB counts it ("DynamoDB item sizes and formats"): names and texts as UTF-8, a number about 1 byte per two
 * significant digits plus 1. Taken at its worst here: one more for a sign, and no digits left out as trailing zeros.
 */
function itemBytes(item: Readonly<Record<string, string | number>>): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum + Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : Math.ceil(String(value).length / 2) + 2),
    0,
  );
}

const longestId = `d${'9'.repeat(30)}`;
/** JSON allows space around everything: a valid pack of exactly 780 bytes, whatever it holds. */
const padded = (text: string) => text.padEnd(maxPackBytes, ' ');

it('any valid pack is one write unit and stands in no index', () => {
  fc.assert(
    fc.property(anyRun(), (documents) => {
      const text = encodedOrUndefined(documents);
      if (text === undefined) return;
      const decoded = decodePack(padded(text));
      if (!decoded.ok) throw new Error(decoded.detail);
      const item = packItem(longestId, padded(text), decoded.documents, maxCounter);
      expect(itemBytes({ ...item })).toBeLessThanOrEqual(1024);
      expect(Object.keys(item)).toEqual(['pk', 'sk', 'pack', 'count', 'received_at', 'ttl']);
    }),
  );
});

it('the largest counters, times and id still leave it within one write unit', () => {
  fc.assert(
    fc.property(anyReadings, (readings) => {
      const document = { boot_id: maxCounter, seq: maxCounter, time: timeRange.max, ...readings };
      const item = packItem(longestId, padded(encodePack([document])), [document], maxCounter);
      expect(itemBytes({ ...item })).toBeLessThanOrEqual(1024);
    }),
  );
});

it('carries the minimum for 35 days', () => {
  const [document] = fc.sample(anyRun(fc.constant(1)), { numRuns: 1, seed: 3 })[0] ?? [];
  if (document === undefined) throw new Error('no document');
  expect(packItem('d1', 'text', [document], 12).ttl).toBe(document.time + 35 * 86_400);
  expect(() => packItem('d1', 'text', [], 12)).toThrow(RangeError);
});

function encodedOrUndefined(documents: readonly StatusDocument[]): string | undefined {
  try {
    return encodePack(documents);
  } catch (error) {
    if (error instanceof PackError && error.reason === 'too_large') return undefined;
    throw error;
  }
}
