import { packDocuments, statusDocumentSchema } from '@enstratus/contract';
import { expect, it } from 'vitest';
import { demoDevices } from '../demo/demo-devices.ts';
import { madeUpDay } from './made-up-day.ts';

it('a made-up day holds documents that the contract takes, one a minute, with sun by day only', () => {
  const to = Math.floor(Date.parse('2026-11-21T20:00:00Z') / 1000);
  for (const { deviceId, time_zone } of demoDevices()) {
    const documents = madeUpDay(deviceId, { from: to - 86_400, to, time_zone, boot_id: 1, seq: 0 });
    for (const document of documents) statusDocumentSchema.parse(document);
    expect(documents.map(({ seq }) => seq)).toEqual(documents.map((_, index) => index));
    expect(packDocuments(documents, { pack_minutes: 15 }).length).toBeGreaterThan(70);
    const atNight = documents.filter(({ time }) => ['22', '23', '00', '01', '02', '03'].includes(hourAt(time, time_zone)));
    expect(atNight.every(({ solar_w }) => solar_w === 0)).toBe(true);
    expect(documents.some(({ solar_w }) => (solar_w ?? 0) > 1000)).toBe(true);
  }
});

const hourAt = (time: number, timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(time * 1000);
