import type { Character } from './character.ts';
import { byMonth, type Climate } from './climate.ts';
import { chance } from './seeded.ts';

const DAY_S = 86_400;

/** What decides whether a motor is wanted. */
export interface Circumstances {
  readonly time_s: number;
  /** Seconds since 1970 on the site's own clock. */
  readonly local_s: number;
  readonly climate: Climate;
  readonly air_c: number;
}

/** Whether the work of a machine is wanted. The tank's level is all that it remembers. */
export class Demand {
  readonly #character: Character;
  /** 0 empty, 1 full. */
  level: number;
  #isFilling = true;

  constructor(character: Character) {
    this.#character = character;
    this.level = 0.55 + 0.4 * chance(character.seed, 900);
  }

  /** Lets `passed_s` seconds pass in which the pump gave `flow` of its full flow, up to the time of `now`. */
  pass(now: Circumstances, passed_s: number, flow: number): void {
    if (this.#character.kind !== 'tank') return;
    const { tank_days, fill_h } = this.#character;
    const filled = (flow * passed_s) / (fill_h * 3600 * tank_days);
    const drunk = (thirst(this.#character, now) * passed_s) / (DAY_S * tank_days);
    this.level = Math.min(1, Math.max(0, this.level + filled - drunk));
  }

  isWanted(now: Circumstances): boolean {
    switch (this.#character.kind) {
      case 'tank':
        if (this.level >= 0.995) this.#isFilling = false;
        else if (this.level < 0.86) this.#isFilling = true;
        return this.#isFilling;
      case 'irrigation':
        return isWatering(this.#character, now);
      case 'fan':
        return isBlowing(this.#character, now);
      default:
        return isWorking(this.#character, now);
    }
  }
}

const hourOf = ({ local_s }: Circumstances) => (local_s % DAY_S) / 3600;
const dayOf = ({ local_s }: Circumstances) => Math.floor(local_s / DAY_S);
/** 0 is Sunday; 1970-01-01 was a Thursday. */
const weekdayOf = (now: Circumstances) => (dayOf(now) + 4) % 7;

/** What a herd or a house takes in this hour, as a share of an average one: most at morning and evening, more in the heat. */
function thirst({ seed }: Character, now: Circumstances): number {
  const hour = hourOf(now);
  const peaks = Math.exp(-(((hour - 7.5) / 2) ** 2)) + 1.15 * Math.exp(-(((hour - 17.5) / 2.4) ** 2));
  const day = 0.8 + 0.4 * chance(seed, 901, dayOf(now));
  return (0.35 + 1.75 * peaks) * day * Math.min(1.35, Math.max(0.75, 0.75 + now.air_c / 60));
}

/** Fields are watered on some days of a week, more of them and for longer when the crop is thirsty. */
function isWatering({ seed, start_h, duration_h }: Character, now: Circumstances): boolean {
  const want = byMonth(now.climate.thirst, now.time_s);
  const day = dayOf(now);
  if (chance(seed, 902, day) > 0.28 + 0.8 * want) return false;
  const start = start_h + 0.7 * chance(seed, 903, day);
  const length = duration_h * (0.55 + 0.45 * want);
  const hour = hourOf(now);
  return hour >= start && hour < start + length;
}

/** Frost in blossom time, heat in summer, and a test run once a week. */
function isBlowing({ seed }: Character, now: Circumstances): boolean {
  const month = new Date(now.local_s * 1000).getUTCMonth() + 1;
  if (now.air_c < 1 && month >= 3 && month <= 5) return true;
  if (now.air_c > 31) return true;
  const hour = hourOf(now);
  const weekday = Math.floor(chance(seed, 904) * 5) + 1;
  return weekdayOf(now) === weekday && hour >= 10 && hour < 11.5;
}

function isWorking({ kind, seed, start_h, duration_h, cycle_s }: Character, now: Circumstances): boolean {
  const hour = hourOf(now);
  if (kind === 'vacuum') return isWithin(hour, start_h, duration_h) || isWithin(hour, start_h + 11.5, duration_h);
  const weekday = weekdayOf(now);
  if (kind === 'compressor' && (weekday === 0 || !isWithin(hour, start_h, weekday === 6 ? 4 : 10.5))) return false;
  const cycle = Math.floor(now.time_s / cycle_s);
  const base = kind === 'cold_room' ? 0.2 + Math.max(0, now.air_c - 2) / 45 : 0.42;
  const duty = Math.min(0.95, base * (0.8 + 0.4 * chance(seed, 905, cycle)));
  return (now.time_s - cycle * cycle_s) / cycle_s < duty;
}

const isWithin = (hour: number, start_h: number, length_h: number) => hour >= start_h && hour < start_h + length_h;
