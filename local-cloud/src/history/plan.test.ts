import fc from 'fast-check';
import { expect, it } from 'vitest';
import { planHistory } from './plan.ts';

const hour = 3600;
const day = 24 * hour;
const now = Date.parse('2026-11-22T12:34:56Z') / 1000;
const iso = (time: number | undefined) => new Date((time ?? 0) * 1000).toISOString().slice(0, 16);

it('a device without a past gets 13 months of rollups and 48 hours of packs', () => {
  const { known_s, rollups, packs } = planHistory(now, { latest_s: undefined, alive_s: undefined, isRollupWanted: true });
  expect(known_s).toBeUndefined();
  expect([iso(rollups?.from_s), iso(rollups?.to_s)]).toEqual(['2025-10-22T00:00', '2026-11-20T12:00']);
  expect([iso(packs?.from_s), packs?.to_s]).toEqual(['2026-11-20T12:00', now]);
  expect(planHistory(now, { latest_s: undefined, alive_s: now - 5, isRollupWanted: false }).rollups).toBeUndefined();
});

it('a device that was here a while ago gets what lies between', () => {
  const plan = (known: { latest_s: number; alive_s?: number }) => planHistory(now, { alive_s: undefined, isRollupWanted: false, ...known });
  expect(plan({ latest_s: now - 2 * hour })).toEqual({
    known_s: now - 2 * hour,
    rollups: undefined,
    packs: { from_s: now - 2 * hour, to_s: now },
  });
  expect(plan({ latest_s: now - 2 * hour, alive_s: now - hour }).packs?.from_s).toBe(now - hour);
  const long = plan({ latest_s: now - 20 * day });
  expect([long.rollups?.from_s, iso(long.rollups?.to_s), iso(long.packs?.from_s)]).toEqual([
    now - 20 * day,
    '2026-11-20T12:00',
    '2026-11-20T12:00',
  ]);
  expect(plan({ latest_s: now - 10, alive_s: now + 5 }).packs).toBeUndefined();
});

it('leaves no hole and nothing twice, whatever is known', () => {
  const anyTime = fc.option(fc.integer({ min: now - 400 * day, max: now + 10 }), { nil: undefined });
  fc.assert(
    fc.property(anyTime, anyTime, (latest_s, alive_s) => {
      const { known_s, rollups, packs } = planHistory(now, { latest_s, alive_s, isRollupWanted: true });
      if (latest_s === undefined) expect(known_s).toBeUndefined();
      else expect(rollups?.from_s ?? packs?.from_s ?? known_s).toBe(known_s);
      if (rollups !== undefined) expect(rollups.to_s).toBe(packs?.from_s);
      for (const stretch of [rollups, packs]) if (stretch !== undefined) expect(stretch.to_s).toBeGreaterThan(stretch.from_s);
      expect(packs?.to_s ?? Math.max(now, known_s ?? 0)).toBeGreaterThanOrEqual(now);
    }),
  );
});
