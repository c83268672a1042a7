import { expect, it } from 'vitest';
import { zoneOffset_s } from './time-zones.ts';

it('knows a zone hour by hour, over the ends of summer time', () => {
  for (const time_zone of ['America/Denver', 'America/Phoenix', 'America/Chicago', 'UTC']) {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, hour: '2-digit', hourCycle: 'h23' });
    for (let time_s = Date.parse('2026-10-30T00:00:00Z') / 1000; time_s < Date.parse('2026-11-03T00:00:00Z') / 1000; time_s += 1800) {
      const hour = Math.floor((((time_s + zoneOffset_s(time_zone, time_s)) % 86_400) + 86_400) / 3600) % 24;
      expect(hour, `${time_zone} ${time_s}`).toBe(Number(format.format(time_s * 1000)));
    }
  }
});
