import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestRefused } from '../resolver/request-refused.ts';
import { seriesWindow } from './series-window.ts';

const now_s = 1_763_800_000;
const day_s = 86_400;
const at = (text: string): number => Date.parse(text);

describe('the steps of a time', () => {
  it('begin and end with a whole one', () => {
    expect(seriesWindow(at('2025-11-22T06:03:59.5Z'), at('2025-11-22T07:00:00.001Z'), 'five_minutes', now_s)).toEqual({
      from: at('2025-11-22T06:00:00Z') / 1000,
      to: at('2025-11-22T07:05:00Z') / 1000,
      step_s: 300,
      steps: 13,
    });
  });

  it.each([
    [1, 60],
    [day_s, 60],
    [1500 * 60, 60],
    [1500 * 60 + 1, 300],
    [7 * day_s, 900],
    [35 * day_s, 3600],
  ])('are the finest that stays within 1,500: %i s in steps of %i s', (span_s, step_s) => {
    const from = Math.floor((now_s - 35 * day_s) / 3600) * 3600 + 3600;
    expect(seriesWindow(from * 1000, (from + span_s) * 1000, undefined, now_s).step_s).toBe(step_s);
  });

  it('cover the time, by at most 3,000 of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: (now_s - 35 * day_s) * 1000, max: (now_s + day_s) * 1000 }),
        fc.integer({ min: 1, max: 35 * day_s * 1000 }),
        fc.constantFrom(undefined, 'one_minute' as const, 'five_minutes' as const, 'fifteen_minutes' as const, 'one_hour' as const),
        (from, span, resolution) => {
          let window: ReturnType<typeof seriesWindow>;
          try {
            window = seriesWindow(from, from + span, resolution, now_s);
          } catch (error) {
            expect(error).toBeInstanceOf(RequestRefused);
            expect(resolution).toBeDefined();
            return;
          }
          expect(window.from * 1000).toBeLessThanOrEqual(from);
          expect(window.from * 1000).toBeGreaterThan(from - window.step_s * 1000);
          expect(window.to * 1000).toBeGreaterThanOrEqual(from + span);
          expect(window.to * 1000).toBeLessThan(from + span + window.step_s * 1000);
          expect(window.from % window.step_s).toBe(0);
          expect(window.steps).toBe((window.to - window.from) / window.step_s);
          expect(window.steps).toBeLessThanOrEqual(resolution === undefined ? 1500 : 3000);
        },
      ),
    );
  });
});

describe('what is refused', () => {
  it.each([
    [now_s, now_s, undefined, 'from must be before to'],
    [now_s, now_s - 60, undefined, 'from must be before to'],
    [now_s - 35 * day_s - 3601, now_s, undefined, 'from must be at most 35 days ago: readings are kept that long'],
    [now_s + day_s + 1, now_s + 2 * day_s, undefined, 'from must be at most a day ahead'],
    // The end of the year 9999, the last that AWSDateTime has: no key of a pack holds it.
    [253_402_300_000, 253_402_300_799, undefined, 'from must be at most a day ahead'],
    [now_s, now_s + 36 * day_s, undefined, 'to must be at most 35 days after from'],
    [now_s - 7 * day_s, now_s, 'one_minute' as const, 'resolution one_minute gives 10081 steps for this time; at most 3000 are answered'],
  ])('%i to %i, %s: %s', (from, to, resolution, message) => {
    expect(() => seriesWindow(from * 1000, to * 1000, resolution, now_s)).toThrow(new RequestRefused(message));
  });

  it('is not the whole time that readings are kept, even where the request took a moment to arrive', () => {
    expect(seriesWindow((now_s - 35 * day_s) * 1000 - 500, now_s * 1000, undefined, now_s).step_s).toBe(3600);
  });
});
