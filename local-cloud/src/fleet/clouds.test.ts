import { describe, expect, it } from 'vitest';
import { Clouds } from './clouds.ts';
import { placeAt } from './sun.ts';

const start = Date.parse('2026-11-14T00:00:00Z') / 1000;
const west = placeAt({ lat: 38.9, lon: -108 });
/** 15 km to the east and 4.4 to the north: half an hour with the wind. */
const east = placeAt({ lat: 38.9 + 4.2 / 111.2, lon: -108 + 14.4 / 91.1 });

const series = (clouds: Clouds, place: typeof west, count: number, delay_s = 0) =>
  Array.from({ length: count }, (_, minute) => clouds.beamShare(place, start + minute * 60 + delay_s, 0.5));

const difference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;

describe('the clouds', () => {
  it('are the same for the same seed and others for another', () => {
    expect(series(new Clouds(4), west, 500)).toEqual(series(new Clouds(4), west, 500));
    expect(series(new Clouds(5), west, 500)).not.toEqual(series(new Clouds(4), west, 500));
  });

  it('come to a place down the wind later', () => {
    const clouds = new Clouds(4);
    const now = series(clouds, west, 4000);
    const later = series(clouds, east, 4000, 1800);
    const atOnce = series(clouds, east, 4000);
    expect(difference(now, later)).toBeLessThan(0.35 * difference(now, atOnce));
  });

  it('cover the sky about as often as the climate has it', () => {
    const clouds = new Clouds(1);
    for (const cloudy of [0.1, 0.3, 0.5]) {
      const covers = Array.from({ length: 20_000 }, (_, index) => clouds.cover(west, start + index * 3600, cloudy));
      const mean = covers.reduce((sum, cover) => sum + cover, 0) / covers.length;
      expect(Math.abs(mean - cloudy)).toBeLessThan(0.12);
    }
  });

  it('can be brought to a place for a time', () => {
    const clouds = new Clouds(1);
    const before = clouds.beamShare(west, start, 0);
    clouds.darken({ lat: 38.9, lon: -108, radius_km: 10, until_s: start + 600 });
    expect(clouds.beamShare(west, start + 60, 0)).toBeLessThan(0.1);
    expect(clouds.beamShare(east, start + 60, 0)).toBe(before);
    expect(clouds.beamShare(west, start + 600, 0)).toBe(before);
  });
});
