import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearSky, darkness, placeAt } from './sun.ts';

const at = (text: string) => Date.parse(text) / 1000;
const denver = placeAt({ lat: 39.74, lon: -104.99 });

function light(place: ReturnType<typeof placeAt>, time_s: number) {
  const found = darkness();
  clearSky(place, time_s, found);
  return found;
}

const height = (time_s: number, place = denver) => (Math.asin(light(place, time_s).sin_height) * 180) / Math.PI;

describe('the sun', () => {
  it('stands at its highest as high as latitude and declination say', () => {
    // At the solstices the declination is 23.44 degrees; noon by the sun at 105 degrees west is close to 19:00Z.
    const noons = (day: string) => Array.from({ length: 120 }, (_, minute) => height(at(`${day}T18:00:00Z`) + minute * 60));
    expect(Math.max(...noons('2026-06-21'))).toBeCloseTo(90 - 39.74 + 23.44, 1);
    expect(Math.max(...noons('2026-12-21'))).toBeCloseTo(90 - 39.74 - 23.44, 1);
  });

  it('rises in Denver on 22 November 2026 at about 06:52 and sets at about 16:39 (MST; without refraction some minutes less)', () => {
    expect(height(at('2026-11-22T13:45:00Z'))).toBeLessThan(0);
    expect(height(at('2026-11-22T14:05:00Z'))).toBeGreaterThan(0);
    expect(height(at('2026-11-22T23:25:00Z'))).toBeGreaterThan(0);
    expect(height(at('2026-11-22T23:45:00Z'))).toBeLessThan(0);
  });

  it('gives a tilted panel a little under 1000 W/m² at a clear noon, and nothing at night', () => {
    const noon = light(denver, at('2026-03-20T19:00:00Z'));
    expect(noon.beam_w_m2 + noon.diffuse_w_m2).toBeGreaterThan(900);
    expect(noon.beam_w_m2 + noon.diffuse_w_m2).toBeLessThan(1150);
    expect(light(denver, at('2026-03-20T07:00:00Z'))).toMatchObject({ beam_w_m2: 0, diffuse_w_m2: 0 });
  });

  it('moves without a leap, whichever moment was asked for before', () => {
    const time = fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });
    fc.assert(
      fc.property(time, time, (moment, other) => {
        const before = height(moment);
        height(other);
        // A quarter of a degree a minute.
        expect(Math.abs(height(moment + 60) - before)).toBeLessThan(0.26);
        expect(height(moment)).toBe(before);
      }),
    );
  });
});
