import { smoothNoise, smoothStep } from './seeded.ts';
import type { Place, Position } from './sun.ts';

/** A dark patch that somebody asked for. */
export interface Darkening extends Position {
  readonly radius_km: number;
  readonly until_s: number;
}

/** Seconds and kilometres per hour: with which speed and in which direction (1 is east, 1 is north) a layer moves. */
const FRONT = { km: 900, km_h: 30, east: 0.94, north: 0.34 };
const SPELL = { km: 240, km_h: 34, east: 0.97, north: 0.24 };
const CLOUD = { km: 9, km_h: 30, east: 0.96, north: 0.28 };
const TUFT = { km: 2.2, km_h: 30, east: 0.96, north: 0.28 };
type Layer = typeof FRONT;

/**
 * The clouds over the whole region: layers of smooth noise that the wind carries from west-south-west, so that one place darkens after the other. Fronts of 900 km
 * decide whether a day is clear, broken or overcast, as often as the climate has it; clouds of some kilometres pass within minutes.
 * Made up, not meteorology.
 */
export class Clouds {
  readonly #seed: number;
  #darkenings: Darkening[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  #noise(layer: Layer, number: number, place: Place, time_s: number): number {
    const moved = (layer.km_h * time_s) / 3600;
    return smoothNoise(this.#seed + number, (place.x_km - layer.east * moved) / layer.km, (place.y_km - layer.north * moved) / layer.km);
  }

  /** How much of the sky is covered, 0 to 1, at a place whose climate has clouds for this share of the time. */
  cover(place: Place, time_s: number, cloudy: number): number {
    const weather = 0.7 * this.#noise(FRONT, 1, place, time_s) + 0.3 * this.#noise(SPELL, 2, place, time_s);
    // Sums of noise keep to the middle; stretched, every weather is about as frequent as any other.
    const even = 0.5 + (weather - 0.5) * 1.7;
    return smoothStep(cloudy + 0.2, cloudy - 0.2, even);
  }

  /** Share of the direct light that comes through, 0 to 1. */
  beamShare(place: Place, time_s: number, cloudy: number): number {
    const cover = this.cover(place, time_s, cloudy);
    const dark = this.#darkenings.length === 0 ? 1 : this.#darkness(place, time_s);
    if (cover < 0.02) return dark;
    const sky = 0.72 * this.#noise(CLOUD, 3, place, time_s) + 0.28 * this.#noise(TUFT, 4, place, time_s);
    const cloud = smoothStep(-0.04, 0.08 + 0.2 * cover, cover * 1.15 - sky);
    const depth = 0.5 + 0.46 * cover * (1 - 0.5 * sky * sky);
    return dark * (1 - depth * cloud);
  }

  /** Lets it be dark around a place until a time. */
  darken(darkening: Darkening): void {
    this.#darkenings = [...this.#darkenings.slice(-31), darkening];
  }

  /** Forgets what `darken` was asked for. */
  clear(): void {
    this.#darkenings = [];
  }

  #darkness(place: Place, time_s: number): number {
    this.#darkenings = this.#darkenings.filter(({ until_s }) => until_s > time_s);
    const near = this.#darkenings.some(
      ({ lat, lon, radius_km }) => Math.hypot(lat - place.lat, (lon - place.lon) * place.cos_lat) * 111.2 <= radius_km,
    );
    return near ? 0.06 : 1;
  }
}

/** What clouds make of the sky's own light: they scatter some of what they take from the sun. */
export function diffuseFactor(beamShare: number): number {
  return 1 + 0.9 * (1 - beamShare) - 0.5 * (1 - beamShare) ** 4;
}
