import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRollup } from './rollup.ts';
import { hoursOfSiteDay, rollUpSiteDay, utcDaysOfSiteDay } from './rollup-days.ts';
import { rollUpDay, startOfUtcDay, utcDayOf } from './rollup-making.ts';
import { solarDay } from './testing/solar-day.ts';

const day_s = 86_400;
const zones = [
  'America/Denver',
  'America/Phoenix',
  'America/Los_Angeles',
  'America/Chicago',
  'UTC',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
] as const;
const anyZone = fc.constantFrom(...zones);
const anyDay = fc
  .integer({ min: startOfUtcDay('2024-01-01') / day_s, max: startOfUtcDay('2030-12-31') / day_s })
  .map((n) => utcDayOf(n * day_s));

describe('a day at a site', () => {
  it('is 23, 24 or 25 hours long, and each hour is of one day', () => {
    fc.assert(
      fc.property(anyDay, anyZone, (day, zone) => {
        const hours = hoursOfSiteDay(day, zone);
        expect([23, 24, 25]).toContain(hours.length);
        const next = hoursOfSiteDay(utcDayOf(startOfUtcDay(day) + day_s), zone);
        expect(next[0]).toBe((hours.at(-1) ?? 0) + 3600);
      }),
    );
  });

  it('begins where the site’s clock says so', () => {
    const begins = (day: string, zone: string) => new Date((hoursOfSiteDay(day, zone)[0] ?? 0) * 1000).toISOString().slice(0, 16);
    expect(begins('2026-07-14', 'America/Denver')).toBe('2026-07-14T06:00');
    expect(begins('2026-12-14', 'America/Denver')).toBe('2026-12-14T07:00');
    expect(begins('2026-07-14', 'America/Phoenix')).toBe('2026-07-14T07:00');
    expect(begins('2026-07-14', 'Asia/Kolkata')).toBe('2026-07-13T19:00');
  });

  it('is an hour short in spring and an hour long in autumn, except in Arizona', () => {
    const lengths = (zone: string) => ['2026-03-08', '2026-11-01', '2026-11-02'].map((day) => hoursOfSiteDay(day, zone).length);
    expect(lengths('America/Denver')).toEqual([23, 25, 24]);
    expect(lengths('America/Chicago')).toEqual([23, 25, 24]);
    expect(lengths('America/Phoenix')).toEqual([24, 24, 24]);
  });

  it('needs the rollups of one UTC day or two', () => {
    expect(utcDaysOfSiteDay('2026-11-01', 'America/Denver')).toEqual(['2026-11-01', '2026-11-02']);
    expect(utcDaysOfSiteDay('2026-11-01', 'UTC')).toEqual(['2026-11-01']);
  });

  it('adds up over weeks to what the UTC days hold, whatever the clock does', () => {
    const days = Array.from({ length: 12 }, (_, index) => utcDayOf(startOfUtcDay('2026-10-27') + index * day_s));
    const rollups = new Map(
      days.map((day) => [
        day,
        rollUpDay(
          day,
          solarDay(startOfUtcDay(day), 900).map((document) => ({ document, every_s: 900 })),
        ),
      ]),
    );
    for (const zone of zones) {
      const siteDays = days.slice(2, -2).map((day) => rollUpSiteDay(day, zone, rollups));
      expect(siteDays.every(({ reported_minutes, minutes }) => reported_minutes === minutes)).toBe(true);
      const hours = days.slice(2, -2).flatMap((day) => hoursOfSiteDay(day, zone));
      const solar_wh = hours.reduce((sum, time) => sum + (rollups.get(utcDayOf(time))?.[(time / 3600) % 24]?.solar_wh ?? 0), 0);
      expect(siteDays.reduce((sum, siteDay) => sum + (siteDay.solar_wh ?? 0), 0)).toBe(solar_wh);
    }
  });

  it('knows nothing of hours whose rollup is missing', () => {
    const day = '2026-07-14';
    const samples = solarDay(startOfUtcDay(day)).map((document) => ({ document, every_s: 60 }));
    const siteDay = rollUpSiteDay(day, 'America/Denver', new Map([[day, rollUpDay(day, samples)]]));
    expect(siteDay).toMatchObject({ minutes: 1440, reported_minutes: 1080 });
    expect(rollUpSiteDay('2026-07-20', 'America/Denver', new Map()).solar_wh).toBeNull();
    expect(encodeRollup(rollUpDay('2026-07-20', []))).toContain('"solar_wh":null');
  });

  it('is refused for what is no day and no zone', () => {
    expect(() => hoursOfSiteDay('2026-13-01', 'UTC')).toThrow(/is no day/);
    expect(() => hoursOfSiteDay('2026-07-01', 'Mars/Olympus')).toThrow(RangeError);
  });
});
