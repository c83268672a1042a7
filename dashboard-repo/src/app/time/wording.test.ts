import { describe, expect, it } from 'vitest';
import { ageInWords, clockTime, dayAndTime, durationInWords, exactDurationInWords, timeInBothZones, zoneName } from './wording.ts';

const s = 1000;
const min = 60 * s;
const h = 60 * min;

it.each([
  [0, 'just now'],
  [4.9 * s, 'just now'],
  [42 * s, '42 s ago'],
  [12.9 * min, '12 min ago'],
  [60 * min, '1 h ago'],
  [47.9 * h, '47 h ago'],
  [72 * h, '3 days ago'],
])('%d ms are %s', (age, words) => {
  expect(ageInWords(age)).toBe(words);
});

it('says lengths of time roughly and exactly', () => {
  expect([durationInWords(-5), durationInWords(90 * min)]).toEqual(['0 s', '1 h']);
  expect([12 * min, 2 * h, 3 * h + 12 * min, 50 * h, 72 * h].map(exactDurationInWords)).toEqual([
    '12 min',
    '2 h',
    '3 h 12 min',
    '2 days 2 h',
    '3 days',
  ]);
});

describe('a time at a site', () => {
  const time = Date.parse('2026-07-04T05:30:10Z');
  it('is told in the zone of the site, which is named', () => {
    expect(clockTime(time, 'America/Phoenix')).toBe('22:30');
    expect(dayAndTime(time, 'America/Phoenix')).toBe('Fri 3 Jul, 22:30');
    expect(zoneName(time, 'America/Phoenix')).toBe('MST');
    expect(timeInBothZones(time, 'America/Phoenix')).toContain('Fri, 3 Jul 2026, 22:30:10 MST at the site (America/Phoenix)');
  });

  it('is told in UTC, and says so, where this browser does not know the zone', () => {
    expect(clockTime(time, 'Mars/Olympus_Mons')).toBe('05:30');
    expect(zoneName(time, 'Mars/Olympus_Mons')).toBe('UTC');
  });
});
