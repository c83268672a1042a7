/** Zones change their offset at whole hours, so one answer serves six of them but around a change: the hours are asked one by one there. */
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat>();

/** Seconds that a zone's clocks are ahead of UTC at a time (epoch seconds). Throws RangeError for a zone that doesn't exist. */
export function zoneOffset_s(time_zone: string, time_s: number): number {
  let known = offsets.get(time_zone);
  if (known === undefined) {
    known = new Map();
    offsets.set(time_zone, known);
  }
  const hour = Math.floor(time_s / 3600);
  const six = Math.floor(hour / 6);
  let offset = known.get(six);
  if (offset === undefined) {
    const start = offsetAt_s(time_zone, six * 6 * 3600);
    const end = offsetAt_s(time_zone, (six * 6 + 6) * 3600 - 1);
    offset = start === end ? start : Number.NaN;
    if (known.size > 4096) known.clear();
    known.set(six, offset);
  }
  return Number.isNaN(offset) ? offsetAt_s(time_zone, time_s) : offset;
}

function offsetAt_s(time_zone: string, time_s: number): number {
  let format = formats.get(time_zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: time_zone, timeZoneName: 'longOffset' });
    formats.set(time_zone, format);
  }
  const name = format.formatToParts(time_s * 1000).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const found = /GMT([+-])(\d\d):(\d\d)/.exec(name);
  if (found === null) return 0;
  const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60;
  return found[1] === '-' ? -seconds : seconds;
}
