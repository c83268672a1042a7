import { Body, Equator, MakeTime, Observer, SiderealTime } from 'astronomy-engine';

/** Where a device stands, in degrees; north and east are positive. */
export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** What is used of a position again and again. */
export interface Place extends Position {
  readonly sin_lat: number;
  readonly cos_lat: number;
  /** Kilometres east and north of 0, 0 on a map that is right at 35 degrees, where the fleet stands. */
  readonly x_km: number;
  readonly y_km: number;
}

const RADIANS = Math.PI / 180;
const KM_PER_DEGREE = 111.2;

export function placeAt({ lat, lon }: Position): Place {
  return {
    lat,
    lon,
    sin_lat: Math.sin(lat * RADIANS),
    cos_lat: Math.cos(lat * RADIANS),
    x_km: lon * KM_PER_DEGREE * Math.cos(35 * RADIANS),
    y_km: lat * KM_PER_DEGREE,
  };
}

/** The sun over the Earth's middle. */
interface Knot {
  readonly declination: number;
  /** Hour angle at Greenwich. */
  readonly hour_angle: number;
}

/** Declination and hour angle bend so little that straight lines between such knots are right to a hundredth of a degree. */
const KNOT_S = 6 * 3600;
const knots = new Map<number, Knot>();

function knotAt(index: number): Knot {
  let knot = knots.get(index);
  if (knot === undefined) {
    const time = MakeTime(new Date(index * KNOT_S * 1000));
    const { ra, dec } = Equator(Body.Sun, time, new Observer(0, 0, 0), true, true);
    knot = { declination: dec * RADIANS, hour_angle: (SiderealTime(time) - ra) * 15 * RADIANS };
    knots.set(index, knot);
  }
  return knot;
}

let spanStart_s = Number.NaN;
let spanFrom: Knot = { declination: 0, hour_angle: 0 };
let spanTo: Knot = spanFrom;
let spanTurn = 0;

/** Where the sun stands, and what a clear sky lets through; in W/m². */
export interface Sunlight {
  /** Sine of the sun's height over the horizon. */
  sin_height: number;
  /** Direct light on the panel's plane. */
  beam_w_m2: number;
  /** Light of the sky and the ground on the panel's plane. */
  diffuse_w_m2: number;
}

export const darkness = (): Sunlight => ({ sin_height: -1, beam_w_m2: 0, diffuse_w_m2: 0 });

/** Light that grass and dry soil throw back. */
const ALBEDO = 0.2;

/**
 * Writes to `light` what the sun gives at a place and time (epoch seconds) through a clear sky. Position by astronomy-engine; light on the ground by
 * Haurwitz' clear sky model (B. Haurwitz, "Insolation in relation to cloudiness and cloud density", Journal of Meteorology 2, 1945:
 * 1098 · sin h · exp(-0.059 / sin h) W/m²). A share of it is diffuse, 12 % with the sun overhead and half near the horizon. The panel
 * is fixed, tilted by the latitude towards noon: then the cosine of the light's angle to it is cos(declination) · cos(hour angle).
 */
export function clearSky(place: Place, time_s: number, light: Sunlight): void {
  if (!(time_s >= spanStart_s && time_s < spanStart_s + KNOT_S)) {
    const index = Math.floor(time_s / KNOT_S);
    spanStart_s = index * KNOT_S;
    spanFrom = knotAt(index);
    spanTo = knotAt(index + 1);
    const turn = (spanTo.hour_angle - spanFrom.hour_angle) % (2 * Math.PI);
    spanTurn = turn < 0 ? turn + 2 * Math.PI : turn;
  }
  const share = (time_s - spanStart_s) / KNOT_S;
  const declination = spanFrom.declination + (spanTo.declination - spanFrom.declination) * share;
  const cosDeclination = Math.cos(declination);
  const cosHour = Math.cos(spanFrom.hour_angle + spanTurn * share + place.lon * RADIANS);
  const sinHeight = place.sin_lat * Math.sin(declination) + place.cos_lat * cosDeclination * cosHour;
  light.sin_height = sinHeight;
  if (sinHeight <= 0.005) {
    light.beam_w_m2 = 0;
    light.diffuse_w_m2 = 0;
    return;
  }
  const ground = 1098 * sinHeight * Math.exp(-0.059 / sinHeight);
  const diffuse = ground * (0.12 + 0.38 * Math.exp(-8 * sinHeight));
  const cosTilt = Math.abs(place.cos_lat);
  light.beam_w_m2 = ((ground - diffuse) / sinHeight) * Math.max(0, cosDeclination * cosHour);
  light.diffuse_w_m2 = (diffuse * (1 + cosTilt) + ALBEDO * ground * (1 - cosTilt)) / 2;
}
