import { smoothNoise } from './seeded.ts';
import type { Position } from './sun.ts';

/** How the weather of a region is over the year. */
export interface Climate {
  readonly name: string;
  /** Mean temperature of the coldest and the warmest month, °C. */
  readonly winter_c: number;
  readonly summer_c: number;
  /** From a clear day's coldest to its warmest hour, K. */
  readonly daily_swing_k: number;
  /** By month from January: the share of the sun's time that clouds take. */
  readonly cloudy: readonly number[];
  /** By month from January: how much the fields want water, 0 to 1. */
  readonly thirst: readonly number[];
}

interface Station extends Position {
  readonly climate: Climate;
}

/**
 * Regions of the fleet, by a station in each. Temperatures and sunshine are rounded from what is generally published of Grand Junction, Fresno, Amarillo
 * and Yuma (NOAA, "Comparative Climatic Data"), from memory, good enough for charts that look right and for nothing else. In the low desert
 * vegetables grow in winter.
 */
const stations: readonly Station[] = [
  {
    lat: 39.1,
    lon: -108.5,
    climate: {
      name: 'western slope',
      winter_c: -2,
      summer_c: 26,
      daily_swing_k: 15,
      cloudy: [0.4, 0.36, 0.35, 0.31, 0.27, 0.19, 0.22, 0.24, 0.21, 0.26, 0.37, 0.4],
      thirst: [0.05, 0.05, 0.15, 0.45, 0.8, 1, 1, 0.95, 0.65, 0.35, 0.2, 0.08],
    },
  },
  {
    lat: 36.8,
    lon: -119.7,
    climate: {
      name: 'central valley',
      winter_c: 8,
      summer_c: 28,
      daily_swing_k: 14,
      cloudy: [0.52, 0.36, 0.24, 0.16, 0.1, 0.05, 0.03, 0.04, 0.06, 0.12, 0.34, 0.54],
      thirst: [0.1, 0.2, 0.35, 0.6, 0.85, 1, 1, 0.95, 0.75, 0.55, 0.35, 0.15],
    },
  },
  {
    lat: 35.2,
    lon: -101.8,
    climate: {
      name: 'high plains',
      winter_c: 3,
      summer_c: 27,
      daily_swing_k: 15,
      cloudy: [0.31, 0.32, 0.28, 0.26, 0.29, 0.23, 0.22, 0.23, 0.27, 0.25, 0.27, 0.33],
      thirst: [0.15, 0.25, 0.45, 0.6, 0.8, 1, 1, 0.95, 0.6, 0.4, 0.35, 0.2],
    },
  },
  {
    lat: 32.7,
    lon: -114.2,
    climate: {
      name: 'low desert',
      winter_c: 13.5,
      summer_c: 34.5,
      daily_swing_k: 15,
      cloudy: [0.17, 0.13, 0.1, 0.06, 0.03, 0.03, 0.09, 0.1, 0.07, 0.08, 0.1, 0.17],
      thirst: [0.7, 0.8, 0.85, 0.6, 0.4, 0.35, 0.4, 0.5, 0.85, 1, 0.95, 0.8],
    },
  },
];

/** The climate of the nearest region. */
export function climateOf({ lat, lon }: Position): Climate {
  let nearest: Station | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const station of stations) {
    const distance = Math.hypot(station.lat - lat, (station.lon - lon) * 0.8);
    if (distance < least) [nearest, least] = [station, distance];
  }
  if (nearest === undefined) throw new Error('there is no climate');
  return nearest.climate;
}

const YEAR_S = 365.2425 * 86_400;

/** Share of the year that has passed, 0 at the turn of the year. */
export function yearShare(time_s: number): number {
  // 2020-01-01T00:00:00Z
  const share = ((time_s - 1_577_836_800) / YEAR_S) % 1;
  return share < 0 ? share + 1 : share;
}

/** What a list by month says at a time, straight lines between the middles of the months. */
export function byMonth(months: readonly number[], time_s: number): number {
  const at = yearShare(time_s) * 12 - 0.5;
  const month = Math.floor(at);
  const share = at - month;
  return (months[(month + 12) % 12] ?? 0) * (1 - share) + (months[(month + 13) % 12] ?? 0) * share;
}

/** Air temperature in °C: the season, the hour (warmest about three in the afternoon by the sun), and warm and cold spells of some days. */
export function airTemperature_c(climate: Climate, lon: number, seed: number, time_s: number): number {
  const season = 0.5 - 0.5 * Math.cos(2 * Math.PI * (yearShare(time_s) - 0.055));
  const hour = time_s / 3600 + lon / 15;
  const daily = Math.cos(((hour - 15) / 24) * 2 * Math.PI);
  const spell = smoothNoise(seed, time_s / 200_000, lon / 12) - 0.5;
  return climate.winter_c + (climate.summer_c - climate.winter_c) * season + (climate.daily_swing_k / 2) * daily + spell * 14;
}
