import { maxLive_s_per_day } from '@enstratus/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lease, renewed } from './lease.ts';

const none: Lease = { watched_until: undefined, live_until: undefined, live_day: undefined, live_s: undefined };
const noon = Date.parse('2025-11-22T12:00:00Z') / 1000;
const day_s = 86_400;

describe('a lease', () => {
  it('lasts five minutes, watched and live', () => {
    expect(renewed(none, noon)).toEqual({
      lease: { watched_until: noon + 300, live_until: noon + 300, live_day: '2025-11-22', live_s: 300 },
      live_until: noon + 300,
      live_left_s: 4 * 3600 - 300,
    });
  });

  it('counts what it is longer by, whoever renews it', () => {
    const first = renewed(none, noon);
    const second = renewed(first.lease, noon);
    expect(second.lease.live_s).toBe(300);
    const third = renewed(second.lease, noon + 120);
    expect(third.lease).toMatchObject({ live_until: noon + 420, live_s: 420 });
    expect(renewed(third.lease, noon + 1000).lease.live_s).toBe(720);
  });

  it('ends with the allowance of the day, and goes on being watched', () => {
    const used = { ...none, live_day: '2025-11-22', live_s: maxLive_s_per_day - 100 };
    expect(renewed(used, noon)).toEqual({
      lease: { watched_until: noon + 300, live_until: noon + 100, live_day: '2025-11-22', live_s: maxLive_s_per_day },
      live_until: noon + 100,
      live_left_s: 0,
    });
    const over = { ...used, live_until: noon - 10, live_s: maxLive_s_per_day };
    expect(renewed(over, noon)).toEqual({
      lease: { watched_until: noon + 300, live_until: noon - 10, live_day: '2025-11-22', live_s: maxLive_s_per_day },
      live_until: undefined,
      live_left_s: 0,
    });
  });

  it('has a new allowance on a new day (UTC), which counts from there', () => {
    const midnight = Date.parse('2025-11-23T00:00:00Z') / 1000;
    const last = renewed({ ...none, live_day: '2025-11-22', live_s: 1000 }, midnight - 60);
    expect(last.lease).toMatchObject({ live_until: midnight + 240, live_day: '2025-11-22', live_s: 1300 });
    expect(renewed(last.lease, midnight).lease).toMatchObject({ live_until: midnight + 300, live_day: '2025-11-23', live_s: 60 });
  });

  it('is never shorter than it was, nor longer than five minutes, and a day never has more than four hours', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 60, 120, 299, 300, 301, 1000), { minLength: 1, maxLength: 400 }), (pauses) => {
        let lease: Lease = none;
        let now = noon;
        const live = new Map<string, number>();
        for (const pause of pauses) {
          now += pause;
          const before = lease;
          const next = renewed(before, now);
          expect(next.lease.watched_until).toBe(now + 300);
          expect(next.live_until ?? now).toBeLessThanOrEqual(now + 300);
          expect(next.lease.live_until ?? 0).toBeGreaterThanOrEqual(before.live_until ?? 0);
          const added = Math.max(0, (next.live_until ?? now) - Math.max(now, before.live_until ?? 0));
          live.set(next.lease.live_day, (live.get(next.lease.live_day) ?? 0) + added);
          expect(next.lease.live_s).toBe(live.get(next.lease.live_day));
          expect(next.live_left_s).toBe(maxLive_s_per_day - next.lease.live_s);
          lease = next.lease;
        }
        for (const seconds of live.values()) expect(seconds).toBeLessThanOrEqual(maxLive_s_per_day);
      }),
    );
  });

  it('that was kept for as long as there are days still means what it says', () => {
    const old = { watched_until: noon - 9 * day_s, live_until: noon - 9 * day_s, live_day: '2025-11-13', live_s: maxLive_s_per_day };
    expect(renewed(old, noon)).toEqual(renewed(none, noon));
  });
});
