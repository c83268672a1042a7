import type { Character } from './character.ts';
import type { Circumstances } from './demand.ts';
import { chance } from './seeded.ts';

/**
 * Fault codes of INVT's drives (the Goodrive manuals' P07.27). 36 stands for underload there, which is how a drive without a probe
 * notices a dry well.
 */
export const faultCodes = {
  undervoltage: 10,
  motor_overload: 11,
  output_phase_loss: 14,
  overheat: 16,
  dry_run: 36,
} as const;

/** A fault that stands. */
export interface Fault {
  readonly code: number;
  /** When the drive resets it by itself, or somebody has come; epoch seconds. */
  readonly until_s: number;
}

interface Plan {
  readonly code: number;
  /** In a day of a usual device. */
  readonly a_day: number;
  /** Minutes until the drive resets itself; undefined: it waits for a person or an order. */
  readonly resets_after_min: number | undefined;
  mayCome(now: Circumstances, running: Running): boolean;
}

/** What the motor is doing when a fault is about to come. */
export interface Running {
  readonly load_share: number;
  readonly on_sun: boolean;
  readonly sun_share: number;
}

const plans: readonly Plan[] = [
  {
    code: faultCodes.undervoltage,
    a_day: 0.05,
    resets_after_min: 4,
    mayCome: (_, { on_sun, sun_share }) => on_sun && sun_share < 0.6,
  },
  {
    code: faultCodes.overheat,
    a_day: 0.03,
    resets_after_min: 18,
    mayCome: ({ air_c }, { load_share }) => load_share > 0.6 && air_c > 24,
  },
  { code: faultCodes.motor_overload, a_day: 0.009, resets_after_min: undefined, mayCome: (_, { load_share }) => load_share > 0.5 },
  { code: faultCodes.output_phase_loss, a_day: 0.004, resets_after_min: undefined, mayCome: () => true },
];

/** How long a fault waits in which nobody comes sooner, hours. */
const PERSON_H = { least: 1.5, most: 26 };

/** The seeded faults of one drive: at most one of each kind a day, at a moment of the day's light hours. */
export class Faults {
  readonly #seed: number;
  #day = Number.NaN;
  /** Seconds of the local day from which it may come; NaN: not that day, or it has been. */
  readonly #moments = new Float64Array(plans.length);

  constructor({ seed }: Character) {
    this.#seed = seed;
  }

  /** The fault that comes now, to a motor that runs. */
  next(now: Circumstances, running: Running): Fault | undefined {
    const day = Math.floor(now.local_s / 86_400);
    const second = now.local_s - day * 86_400;
    if (day !== this.#day) this.#begin(day, second);
    for (let index = 0; index < plans.length; index += 1) {
      const moment = this.#moments[index] ?? Number.NaN;
      const plan = plans[index];
      if (plan === undefined || !(second >= moment) || !plan.mayCome(now, running)) continue;
      this.#moments[index] = Number.NaN;
      // What was not possible for three hours does not come any more.
      if (second > moment + 10_800) continue;
      return { code: plan.code, until_s: now.time_s + this.#length_s(plan, day) };
    }
    return undefined;
  }

  #begin(day: number, second: number): void {
    const first = Number.isNaN(this.#day);
    this.#day = day;
    for (const [index, { a_day }] of plans.entries()) {
      const moment = (6 + 12 * chance(this.#seed, 700 + index, day)) * 3600;
      const comes = chance(this.#seed, 720 + index, day) < a_day;
      // After a restart in the middle of a day, what was before it isn't made up for.
      this.#moments[index] = comes && !(first && second > moment) ? moment : Number.NaN;
    }
  }

  #length_s(plan: Plan, day: number): number {
    const share = chance(this.#seed, 740 + plan.code, day);
    if (plan.resets_after_min !== undefined) return plan.resets_after_min * 60 * (0.7 + 0.6 * share);
    return (PERSON_H.least + (PERSON_H.most - PERSON_H.least) * share * share) * 3600;
  }
}
