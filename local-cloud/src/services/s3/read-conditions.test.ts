import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteRange } from './read-conditions.ts';

it('names the bytes that slice() would give', () => {
  const bytes = Array.from({ length: 50 }, (_, index) => index);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 49 }), fc.integer({ min: 0, max: 80 }), (first, length) => {
      const last = first + length;
      const closed = byteRange(`bytes=${first}-${last}`, bytes.length);
      expect(bytes.slice(closed?.start, closed?.end)).toEqual(bytes.slice(first, last + 1));
      const open = byteRange(`bytes=${first}-`, bytes.length);
      expect(bytes.slice(open?.start, open?.end)).toEqual(bytes.slice(first));
      const suffix = byteRange(`bytes=-${length + 1}`, bytes.length);
      expect(bytes.slice(suffix?.start, suffix?.end)).toEqual(bytes.slice(-(length + 1)));
    }),
  );
});

it('takes what is no single byte range for all', () => {
  for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=1-2,4-5', 'items=1-2']) {
    expect(byteRange(header, 10)).toBeUndefined();
  }
});

it('refuses a range behind the end', () => {
  for (const header of ['bytes=10-', 'bytes=10-20', 'bytes=-0']) expect(() => byteRange(header, 10)).toThrow('not satisfiable');
  expect(() => byteRange('bytes=0-', 0)).toThrow('not satisfiable');
});
