import { emptyHour, type RollupHour, type RollupHours, sumHours } from './rollup.ts';
import { startOfUtcDay, utcDayOf } from './rollup-making.ts';

const hour_s = 3600;
/** No zone is further from UTC than 14 hours (Pacific/Kiritimati). */
const furthest_h = 14;

/**
 * The UTC hours of which a day at a site consists, as epoch seconds of their beginnings: 24 of them, 23 or 25 where the clock is set. In a zone that is not whole hours
 * from UTC an hour belongs to the day in which it begins.
 *
 * @param day `YYYY-MM-DD` as the site's calendar says. Throws RangeError for another text or an unknown zone.
 */
export function hoursOfSiteDay(day: string, time_zone: string): number[] {
  const start = startOfUtcDay(day);
  const dayAt = calendarOf(time_zone);
  const hours: number[] = [];
  for (let hour = -furthest_h; hour < 24 + furthest_h; hour += 1) {
    const time = start + hour * hour_s;
    if (dayAt(time) === day) hours.push(time);
  }
  return hours;
}

/** The UTC days, `YYYY-MM-DD` in order, whose rollups hold a day at a site: one, or two. */
export function utcDaysOfSiteDay(day: string, time_zone: string): string[] {
  return [...new Set(hoursOfSiteDay(day, time_zone).map(utcDayOf))];
}

/** A day at a site. */
export interface SiteDay extends RollupHour {
  /** How long it lasts, 1380 to 1500: what `reported_minutes` lacks of it nobody reported. */
  readonly minutes: number;
}

/**
 * A day at a site from the rollups of UTC days; of one that isn't there nothing is known. Throws RangeError like `hoursOfSiteDay`.
 *
 * @param rollups By UTC day, `YYYY-MM-DD`; at least `utcDaysOfSiteDay`.
 */
export function rollUpSiteDay(day: string, time_zone: string, rollups: ReadonlyMap<string, RollupHours>): SiteDay {
  const hours = hoursOfSiteDay(day, time_zone);
  const known = hours.map((time) => rollups.get(utcDayOf(time))?.[Math.floor(time / hour_s) % 24] ?? emptyHour);
  return { ...sumHours(known), minutes: hours.length * 60 };
}

const calendars = new Map<string, (time: number) => string>();

/** What a site's calendar says at a time in epoch seconds. Making a format takes a thousand times as long as using it. */
function calendarOf(timeZone: string): (time: number) => string {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  // Swedish writes days as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dayAt = (time: number) => format.format(time * 1000);
  calendars.set(timeZone, dayAt);
  return dayAt;
}
