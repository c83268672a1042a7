import { decodePack, defaultEverySeconds } from './pack.ts';
import { type EnergyName, emptyHour, energyNames, hoursOfDay, type RollupHour, type RollupHours, rollupEnergies } from './rollup.ts';
import type { StatusDocument } from './status-document.ts';
import { type RunState, runStates } from './status-fields.ts';

/** A document and for how long it stands: from its time on, until the next one comes at the latest. */
export interface Sample {
  readonly document: StatusDocument;
  /** 1 to 3600. */
  readonly every_s: number;
}

/**
 * The samples of a pack. A pack of one document does not say how far apart its device samples: `every_s` does (the device's setting, 60 when nobody
 * knows it). Throws RangeError when the text is no pack.
 */
export function samplesOfPack(text: string, every_s: number = defaultEverySeconds): Sample[] {
  const decoded = decodePack(text);
  if (!decoded.ok) throw new RangeError(`the text is no pack: ${decoded.reason}, ${decoded.detail}`);
  const [first, second] = decoded.documents;
  const distance_s = first === undefined || second === undefined ? every_s : second.time - first.time;
  return decoded.documents.map((document) => ({ document, every_s: distance_s }));
}

const day_s = 86_400;

/** The start of a UTC day in epoch seconds. Throws RangeError unless `day` is a day as `YYYY-MM-DD`. */
export function startOfUtcDay(day: string): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(start) || utcDayOf(start / 1000) !== day) throw new RangeError(`"${day}" is no day`);
  return start / 1000;
}

/** The UTC day, `YYYY-MM-DD`, of a time in epoch seconds. */
export const utcDayOf = (time: number): string => new Date(time * 1000).toISOString().slice(0, 10);

/** How long before a day its samples begin that a rollup looks at: one that stands for an hour may reach into it. */
export const rollupLead_s = 3600;

/**
 * The hours of a device's UTC day, made anew from all samples of the day and of the hour before it (`rollupLead_s`), in any order, with repetitions or without:
 * the same samples give the same hours, so a day may be made as often as packs come. A document older than those serves too: as the state before, from which starts and
 * faults are told. A start or fault right at the beginning of what is known is not counted: nobody knows what was before.
 *
 * Energies are the sum of power times time (rectangles from each sample to the next, `every_s` long at most).
 */
export function rollUpDay(day: string, samples: Iterable<Sample>): RollupHours {
  const start = startOfUtcDay(day);
  const hours = Array.from({ length: hoursOfDay }, () => new HourSum());
  const ordered = inOrder(samples);
  const motor = new LastKnown<boolean>();
  const fault = new LastKnown<number>();
  for (const [index, { document, every_s }] of ordered.entries()) {
    const { time, run_state, fault_code } = document;
    const wasRunning = motor.replacedBy(run_state === null ? null : runningStates.has(run_state));
    const lastFault = fault.replacedBy(fault_code);
    const next = ordered[index + 1]?.document.time ?? Number.POSITIVE_INFINITY;
    const end = Math.min(time + every_s, next, start + day_s);
    for (let from = Math.max(time, start); from < end; ) {
      const hour = Math.floor((from - start) / 3600);
      const to = Math.min(end, start + (hour + 1) * 3600);
      hours[hour]?.add(document, to - from);
      from = to;
    }
    const own = hours[Math.floor((time - start) / 3600)];
    if (own === undefined) continue;
    if (run_state !== null && runningStates.has(run_state) && wasRunning === false) own.starts += 1;
    if (fault_code !== null && fault_code !== 0 && lastFault !== undefined && lastFault !== fault_code) own.faults += 1;
  }
  return hours.map((hour) => hour.rounded());
}

/** In these the motor turns, or is about to. */
const runningStates: ReadonlySet<RunState> = new Set(['starting', 'solar', 'grid', 'mixed']);

/** What was read last; a reading that failed changes nothing. */
class LastKnown<T> {
  #last: T | undefined;

  /** Takes the next reading and answers the one before it. */
  replacedBy(reading: T | null): T | undefined {
    const before = this.#last;
    if (reading !== null) this.#last = reading;
    return before;
  }
}

/** Each document once, as it was sampled. */
function inOrder(samples: Iterable<Sample>): Sample[] {
  const sorted = [...samples].sort(({ document: a }, { document: b }) => a.time - b.time || a.boot_id - b.boot_id || a.seq - b.seq);
  return sorted.filter(({ document }, index) => {
    const before = sorted[index - 1]?.document;
    return before === undefined || before.boot_id !== document.boot_id || before.seq !== document.seq;
  });
}

/** An hour on its way, in watt-seconds and seconds, which are exact. */
class HourSum {
  starts = 0;
  faults = 0;
  #reported_s = 0;
  readonly #energies_ws: Record<EnergyName, number> = { solar_wh: 0, grid_wh: 0, motor_wh: 0 };
  readonly #energies_s: Record<EnergyName, number> = { solar_wh: 0, grid_wh: 0, motor_wh: 0 };
  readonly #states_s = new Map<RunState, number>();
  #solar_w_max: number | null = null;
  #temp_c_max: number | null = null;

  add(document: StatusDocument, duration_s: number): void {
    this.#reported_s += duration_s;
    for (const name of energyNames) {
      const power_w = document[rollupEnergies[name]];
      if (power_w === null) continue;
      this.#energies_ws[name] += power_w * duration_s;
      this.#energies_s[name] += duration_s;
    }
    const { run_state } = document;
    if (run_state !== null) this.#states_s.set(run_state, (this.#states_s.get(run_state) ?? 0) + duration_s);
    this.#solar_w_max = larger(this.#solar_w_max, document.solar_w);
    this.#temp_c_max = larger(this.#temp_c_max, document.temp_c);
  }

  rounded(): RollupHour {
    if (this.#reported_s === 0) return emptyHour;
    const energy = (name: EnergyName) => (this.#energies_s[name] === 0 ? null : Math.round(this.#energies_ws[name] / 3600));
    return {
      reported_minutes: inMinutes(this.#reported_s),
      solar_wh: energy('solar_wh'),
      grid_wh: energy('grid_wh'),
      motor_wh: energy('motor_wh'),
      energy_minutes: {
        solar_wh: inMinutes(this.#energies_s.solar_wh),
        grid_wh: inMinutes(this.#energies_s.grid_wh),
        motor_wh: inMinutes(this.#energies_s.motor_wh),
      },
      state_minutes: Object.fromEntries(runStates.map((state) => [state, inMinutes(this.#states_s.get(state) ?? 0)])) as Record<
        RunState,
        number
      >,
      solar_w_max: this.#solar_w_max,
      temp_c_max: this.#temp_c_max,
      starts: this.starts,
      faults: this.faults,
    };
  }
}

const larger = (a: number | null, b: number | null): number | null => (a === null || b === null ? (a ?? b) : Math.max(a, b));

const inMinutes = (seconds: number): number => Math.round(seconds / 6) / 10;
