import type { Character } from './character.ts';
import type { FleetDevice } from './fleet-device.ts';
import { chance, seedOf, smoothNoise } from './seeded.ts';

const DAY_S = 86_400;

/** A time in which something is away. */
interface Gap {
  readonly what: 'power' | 'network';
  readonly from_s: number;
  readonly to_s: number;
}

/** Whether a device has power and its modem a network. */
export interface Surroundings {
  readonly has_power: boolean;
  readonly has_network: boolean;
  /** When this may change next, epoch seconds. */
  readonly until_s: number;
}

/**
 * Power cuts and network outages of a device, a day at a time: the same for the same seed. A site's power and its mast are lost by all of its devices
 * together; what else goes wrong with the radio is the device's own.
 */
export class Network {
  readonly #seed: number;
  readonly #siteSeed: number;
  readonly #character: Character;
  readonly #calm: boolean;
  #day = Number.NaN;
  #gaps: Gap[] = [];
  #ordered: Gap[] = [];
  #now: Surroundings = { has_power: true, has_network: true, until_s: Number.NEGATIVE_INFINITY };
  #since_s = Number.POSITIVE_INFINITY;

  /** @param calm Nothing is away unless somebody asks for it. */
  constructor(device: FleetDevice, character: Character, fleetSeed: number, calm = false) {
    this.#calm = calm;
    this.#seed = character.seed;
    this.#siteSeed = seedOf(device.site, fleetSeed);
    this.#character = character;
  }

  /** How things are at a time. */
  at(time_s: number): Surroundings {
    if (time_s >= this.#since_s && time_s < this.#now.until_s) return this.#now;
    const day = Math.floor(time_s / DAY_S);
    if (day !== this.#day) {
      this.#day = day;
      this.#gaps = [...this.#gapsOf(day - 1), ...this.#gapsOf(day)];
    }
    this.#ordered = this.#ordered.filter(({ to_s }) => to_s > time_s);
    const gaps = this.#ordered.length === 0 ? this.#gaps : [...this.#gaps, ...this.#ordered];
    let until_s = (day + 1) * DAY_S;
    let has_power = true;
    let has_network = true;
    for (const { what, from_s, to_s } of gaps) {
      if (from_s > time_s) until_s = Math.min(until_s, from_s);
      else if (to_s > time_s) {
        until_s = Math.min(until_s, to_s);
        if (what === 'power') has_power = false;
        else has_network = false;
      }
    }
    this.#since_s = time_s;
    this.#now = { has_power, has_network: has_network && has_power, until_s };
    return this.#now;
  }

  /** Takes something away for a time, because somebody asked for it. */
  cut(what: Gap['what'], from_s: number, to_s: number): void {
    this.#ordered.push({ what, from_s, to_s });
    this.#since_s = Number.POSITIVE_INFINITY;
  }

  /** Gives back what `cut` took. */
  mend(): void {
    this.#ordered = [];
    this.#since_s = Number.POSITIVE_INFINITY;
  }

  /** Signal strength in %, -1 without a network. */
  signal_pct(time_s: number): number {
    if (!this.at(time_s).has_network) return -1;
    const change =
      12 * (smoothNoise(this.#seed + 1, time_s / 5400, 0.5) - 0.5) + 5 * (smoothNoise(this.#seed + 2, time_s / 700, 0.5) - 0.5);
    return Math.round(Math.min(98, Math.max(4, this.#character.signal_pct + change)));
  }

  #gapsOf(day: number): Gap[] {
    const gaps: Gap[] = [];
    if (this.#calm) return gaps;
    const start_s = day * DAY_S;
    const add = (what: Gap['what'], seed: number, key: number, a_day: number, least_min: number, most_min: number) => {
      if (chance(seed, key, day) >= a_day) return;
      const from_s = Math.floor(start_s + DAY_S * chance(seed, key + 1, day));
      const share = chance(seed, key + 2, day);
      gaps.push({ what, from_s, to_s: from_s + Math.round(60 * (least_min + (most_min - least_min) * share ** 3)) });
    };
    const site = this.#siteSeed;
    add('power', site, 600, 0.012, 1, 220);
    add('network', site, 610, 0.03, 6, 380);
    const { outages } = this.#character;
    for (let index = 0; index < 4; index += 1) add('network', this.#seed, 620 + 10 * index, 0.05 * outages, 1, index === 0 ? 260 : 35);
    // A flat battery or a pulled plug at one controller alone.
    add('power', this.#seed, 670, 0.004, 1, 90);
    // The watchdog restarts it.
    add('power', this.#seed, 680, 0.012, 0.1, 0.2);
    return gaps;
  }
}
