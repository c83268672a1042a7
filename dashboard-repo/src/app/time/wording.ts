const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago something was, as people say it: "just now", "42 s ago", "12 min ago", "5 h ago", "3 days ago". @param age In milliseconds. */
export function ageInWords(age: number): string {
  if (age < 5_000) return 'just now';
  return `${durationInWords(age)} ago`;
}

/** A length of time in its largest whole unit: "42 s", "12 min", "5 h", "3 days". @param duration In milliseconds. */
export function durationInWords(duration: number): string {
  if (duration < minute) return `${Math.max(0, Math.floor(duration / 1000))} s`;
  if (duration < hour) return `${Math.floor(duration / minute)} min`;
  if (duration < 2 * day) return `${Math.floor(duration / hour)} h`;
  return `${Math.floor(duration / day)} days`;
}

/** A length of time to the minute: "3 h 12 min", "12 min", "2 days 4 h". @param duration In milliseconds. */
export function exactDurationInWords(duration: number): string {
  if (duration < hour) return durationInWords(duration);
  const [large, unit, small, smallUnit] = duration < 2 * day ? ([hour, 'h', minute, 'min'] as const) : ([day, 'days', hour, 'h'] as const);
  const rest = Math.floor((duration % large) / small);
  return `${Math.floor(duration / large)} ${unit}${rest === 0 ? '' : ` ${rest} ${smallUnit}`}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** English with the day before the month, as all of the dashboard has it; only the short names of zones are American, where there are any. */
const usual = 'en-GB';

/** Making a format takes longer than using it a thousand times, and a table asks for the same few over and over. */
function format(key: string, time_zone: string | undefined, options: Intl.DateTimeFormatOptions, language = usual): Intl.DateTimeFormat {
  const id = `${key} ${time_zone ?? ''}`;
  let found = formats.get(id);
  if (found === undefined) {
    try {
      found = new Intl.DateTimeFormat(language, { ...options, ...(time_zone === undefined ? {} : { timeZone: time_zone }) });
    } catch {
      // A zone newer than this browser: its own zone would be a wrong time under a right name, so UTC, which says that it is.
      found = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' });
    }
    formats.set(id, found);
  }
  return found;
}

/** A time of day to the minute in a zone, the viewer's own where none is given: "14:32". @param time Epoch milliseconds. */
export const clockTime = (time: number, time_zone?: string): string =>
  format('clock', time_zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(time);

/** A time of day to the second: "14:32:10". */
export const exactClockTime = (time: number, time_zone?: string): string =>
  format('exact-clock', time_zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(time);

/** Day and time of day: "Sun 22 Nov, 14:32". */
export const dayAndTime = (time: number, time_zone?: string): string =>
  format('day', time_zone, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(time);

/** A date: "22 November 2026". */
export const longDate = (time: number, time_zone?: string): string =>
  format('date', time_zone, { day: 'numeric', month: 'long', year: 'numeric' }).format(time);

/** A zone's short name at a time: "MST", "GMT+1". */
export function zoneName(time: number, time_zone?: string): string {
  const parts = format('zone', time_zone, { timeZoneName: 'short', hour: '2-digit' }, 'en-US').formatToParts(time);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? time_zone ?? '';
}

const fullTime = (time: number, time_zone?: string): string =>
  `${format('full', time_zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(time)} ${zoneName(time, time_zone)}`;

/** A time exactly, in the viewer's zone and in the site's. @param time Epoch milliseconds. @param time_zone The site's. */
export function timeInBothZones(time: number, time_zone: string): string {
  const here = fullTime(time);
  const there = fullTime(time, time_zone);
  return here === there ? `${here} (${time_zone})` : `${here} where you are\n${there} at the site (${time_zone})`;
}
