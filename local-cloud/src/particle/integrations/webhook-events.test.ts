import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunks } from './webhook-events.ts';

describe('chunks of a response', () => {
  it('are of 512 bytes, but for the last, and the whole of it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,3000}$/), (text) => {
        const pieces = chunks(text);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces.slice(0, -1)) expect(piece).toHaveLength(512);
        expect(pieces.at(-1)?.length).toBeLessThanOrEqual(512);
      }),
    );
  });
});
