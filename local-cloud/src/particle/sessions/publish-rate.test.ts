import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PublishRate } from './publish-rate.ts';

describe('PublishRate', () => {
  it('lets four pass at once, then one a second', () => {
    const rate = new PublishRate(0);
    expect([0, 0, 0, 0, 0].map((at) => rate.take(at))).toEqual([true, true, true, true, false]);
    expect([999, 1000, 1001, 2000].map((at) => rate.take(at))).toEqual([false, true, false, true]);
    expect([60_000, 60_000, 60_000, 60_000, 60_000].filter((at) => rate.take(at))).toHaveLength(4);
  });

  it('never lets more pass than four and one a second', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(700), { maxLength: 200 }), (gaps) => {
        const rate = new PublishRate(0);
        let at = 0;
        let passed = 0;
        for (const gap of gaps) {
          at += gap;
          if (rate.take(at)) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(4 + at / 1000 + 1e-6);
      }),
    );
  });
});
