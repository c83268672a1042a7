import type { Character } from './character.ts';
import { airTemperature_c, type Climate, climateOf } from './climate.ts';
import { type Clouds, diffuseFactor } from './clouds.ts';
import { clearSky, darkness, type Place, type Position, placeAt } from './sun.ts';

/** Losses between the cells and the drive: dirt, cables, cells that differ. */
const ARRAY_LOSSES = 0.06;
const POWER_PER_K = -0.004;
const VOLTAGE_PER_K = -0.003;
/** How much warmer than the air cells get for each W/m². */
const CELL_K_PER_W_M2 = 0.028;

/** The weather at one device: asked again for the same second it costs nothing. */
export class Weather {
  readonly climate: Climate;
  readonly place: Place;
  readonly #clouds: Clouds;
  readonly #seed: number;
  readonly #light = darkness();
  #time_s = Number.NaN;
  /** Light on the panel, W/m². */
  irradiance_w_m2 = 0;
  air_c = 0;
  cell_c = 0;

  /** `seed` is the region's: neighbours have one air. */
  constructor(position: Position, clouds: Clouds, seed: number) {
    this.place = placeAt(position);
    this.climate = climateOf(position);
    this.#clouds = clouds;
    this.#seed = seed;
  }

  /** Takes the weather of a time, epoch seconds. */
  at(time_s: number): void {
    if (time_s === this.#time_s) return;
    this.#time_s = time_s;
    const light = this.#light;
    clearSky(this.place, time_s, light);
    let irradiance = 0;
    if (light.beam_w_m2 + light.diffuse_w_m2 > 0) {
      const { cloudy } = this.climate;
      const share = this.#clouds.beamShare(this.place, time_s, cloudy[monthOf(time_s)] ?? 0.3);
      irradiance = light.beam_w_m2 * share + light.diffuse_w_m2 * diffuseFactor(share);
    }
    this.irradiance_w_m2 = irradiance;
    this.air_c = airTemperature_c(this.climate, this.place.lon, this.#seed, time_s);
    this.cell_c = this.air_c + CELL_K_PER_W_M2 * irradiance;
  }

  /** What an array could give now, W. */
  arrayPower_w({ array_w }: Character): number {
    const heat = 1 + POWER_PER_K * (this.cell_c - 25);
    return Math.max(0, (array_w * this.irradiance_w_m2 * heat * (1 - ARRAY_LOSSES)) / 1000);
  }

  /** The array's voltage while `load` of what it could give is taken, 0 to 1; weak light has less, and none below dusk. */
  arrayVoltage_v({ array_v, open_v }: Character, load: number): number {
    if (this.irradiance_w_m2 < 1) return 0;
    const light = 1 + 0.045 * Math.log(Math.min(1, this.irradiance_w_m2 / 1000));
    const heat = 1 + VOLTAGE_PER_K * (this.cell_c - 25);
    return Math.max(0, (open_v - (open_v - array_v) * load ** 1.6) * light * heat);
  }
}

let monthStart_s = Number.NaN;
let monthEnd_s = Number.NaN;
let month = 0;

/** 0 is January; asked so often that making a date each time would show. */
function monthOf(time_s: number): number {
  if (!(time_s >= monthStart_s && time_s < monthEnd_s)) {
    const date = new Date(time_s * 1000);
    month = date.getUTCMonth();
    monthStart_s = Date.UTC(date.getUTCFullYear(), month) / 1000;
    monthEnd_s = Date.UTC(date.getUTCFullYear(), month + 1) / 1000;
  }
  return month;
}
