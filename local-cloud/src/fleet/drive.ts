import type { Character } from './character.ts';
import { type Circumstances, Demand } from './demand.ts';
import { type Fault, Faults, faultCodes } from './faults.ts';
import { flowShare, frequencyFor_hz, inputPower_w, motorCurrent_a, motorPower_w } from './motor.ts';
import { chance } from './seeded.ts';
import { zoneOffset_s } from './time-zones.ts';
import type { Weather } from './weather.ts';

export type SourceMode = 'auto' | 'solar' | 'grid';
export type Supply = 'solar' | 'grid';

/** What a drive keeps over a restart of the simulator: it stands in the field and goes on. */
export interface DriveMemory {
  readonly level: number;
  readonly told_to_run: boolean;
  readonly mode: SourceMode;
  readonly limit_hz: number;
  readonly fault: Fault | undefined;
}

/** From standstill to the rated frequency in 20 s. */
const RAMP_HZ_S = 3;
/** Light has to last so long before a sleeping pump starts. */
const WAKE_S = 100;
/** Sun has to be weak, or strong again, for so long before the supply changes. */
const CHANGE_SUPPLY_S = 60;
/** The heat sink's time constant, and how much hotter than the air it gets at full power. */
const HEAT_S = 700;
const HEAT_K = 27;
/** Below this the bus has no voltage to speak of (INVT: POFF). */
const POWER_OFF_V = 120;

/**
 * A solar pump drive with its array, motor, pump and mains. Time passes when somebody looks (`advance`): in steps of seconds it ramps, wakes and changes
 * over as such a drive does; in steps of a quarter of an hour each step finds what has settled. Fed by one source at a time, as INVT's are.
 */
export class SimulatedDrive {
  readonly character: Character;
  readonly #weather: Weather;
  readonly #time_zone: string;
  readonly #faults: Faults;
  readonly #demand: Demand;
  #time_s = Number.NaN;
  #wokenSince_s = Number.NaN;
  #weakSince_s = Number.NaN;
  #strongSince_s = Number.NaN;
  /** How much water the well still has over the pump: 1 is full. */
  #well = 1;
  #flow = 0;
  #hz = 0;
  #sink_c = Number.NaN;

  told_to_run = true;
  mode: SourceMode = 'auto';
  limit_hz: number;
  fault: Fault | undefined;
  supply: Supply = 'solar';
  is_wanted = false;
  motor_w = 0;
  motor_a = 0;
  bus_v = 0;

  constructor(character: Character, weather: Weather, time_zone: string) {
    this.character = character;
    this.#weather = weather;
    this.#time_zone = time_zone;
    this.#faults = new Faults(character);
    this.#demand = new Demand(character);
    this.limit_hz = character.rated_hz;
  }

  get hz(): number {
    return this.#hz;
  }
  get sink_c(): number {
    return this.#sink_c;
  }
  get tank_level(): number {
    return this.#demand.level;
  }

  remember(): DriveMemory {
    const { told_to_run, mode, limit_hz, fault } = this;
    return { level: this.#demand.level, told_to_run, mode, limit_hz, fault };
  }

  restore({ level, told_to_run, mode, limit_hz, fault }: DriveMemory): void {
    this.#demand.level = level;
    Object.assign(this, { told_to_run, mode, limit_hz, fault });
  }

  /** `code` is shown until somebody resets it, or `until_s`. */
  trip(code: number, until_s: number): void {
    this.fault = { code, until_s };
    this.#hz = 0;
  }

  /** What the reset key does. */
  resetFault(): void {
    this.fault = undefined;
    this.#wokenSince_s = Number.NaN;
  }

  /** POFF: nothing feeds the bus. */
  get is_without_power(): boolean {
    return this.bus_v < POWER_OFF_V;
  }

  /** Lets time pass up to `time_s`, epoch seconds with fractions. */
  advance(time_s: number): void {
    if (time_s <= this.#time_s) return;
    const isFirst = Number.isNaN(this.#time_s);
    const passed_s = isFirst ? 0 : time_s - this.#time_s;
    this.#time_s = time_s;
    const weather = this.#weather;
    weather.at(time_s);
    const now: Circumstances = {
      time_s,
      local_s: time_s + zoneOffset_s(this.#time_zone, time_s),
      climate: weather.climate,
      air_c: weather.air_c,
    };
    this.#demand.pass(now, passed_s, this.#flow);
    this.#passWell(passed_s);
    this.is_wanted = this.#demand.isWanted(now);
    const sun_w = weather.arrayPower_w(this.character);
    // When time begins here the drive has been standing in the field for long: its supply has settled.
    this.#chooseSupply(sun_w, isFirst ? Number.POSITIVE_INFINITY : passed_s);
    this.#faultsOf(now, sun_w);
    this.#turn(this.#wantedHz(sun_w, passed_s), passed_s);
    this.#measure(sun_w, passed_s);
  }

  /** On automatic the mains take over while the sun alone would not do, and give way when it would. */
  #chooseSupply(sun_w: number, passed_s: number): void {
    const { character, mode } = this;
    if (mode !== 'auto' || !character.has_grid) {
      this.supply = mode === 'grid' && character.has_grid ? 'grid' : 'solar';
      return;
    }
    const reached = frequencyFor_hz(character, sun_w) / Math.min(character.target_hz, this.limit_hz);
    this.#weakSince_s = this.#since(this.#weakSince_s, reached < 0.72);
    this.#strongSince_s = this.#since(this.#strongSince_s, reached > 0.88);
    if (this.#lasted(this.#weakSince_s, CHANGE_SUPPLY_S, passed_s)) this.supply = 'grid';
    else if (this.#lasted(this.#strongSince_s, 2 * CHANGE_SUPPLY_S, passed_s)) this.supply = 'solar';
  }

  #since(since_s: number, holds: boolean): number {
    if (!holds) return Number.NaN;
    return Number.isNaN(since_s) ? this.#time_s : since_s;
  }

  /** A step as long as what is waited for counts as if it had been so all the time. */
  #lasted(since_s: number, wanted_s: number, passed_s: number): boolean {
    return this.#time_s - since_s >= wanted_s || (!Number.isNaN(since_s) && passed_s >= wanted_s / 2);
  }

  #faultsOf(now: Circumstances, sun_w: number): void {
    if (this.fault !== undefined) {
      if (now.time_s >= this.fault.until_s) this.resetFault();
      return;
    }
    if (this.#hz < 5) return;
    const { character } = this;
    if (this.#well <= 0) {
      this.trip(faultCodes.dry_run, now.time_s + 60 * (25 + 30 * chance(character.seed, 750, Math.floor(now.time_s / 600))));
      return;
    }
    const running = {
      load_share: this.motor_w / character.rated_w,
      on_sun: this.supply === 'solar',
      sun_share: sun_w / character.rated_w,
    };
    const fault = this.#faults.next(now, running);
    if (fault !== undefined) this.trip(fault.code, fault.until_s);
  }

  /** The frequency that the drive aims at; 0: it stands or sleeps. */
  #wantedHz(sun_w: number, passed_s: number): number {
    const { character } = this;
    if (!this.told_to_run || this.fault !== undefined || !this.is_wanted) {
      this.#wokenSince_s = Number.NaN;
      return 0;
    }
    const most = Math.min(character.target_hz, this.limit_hz);
    if (this.supply === 'grid') return most;
    const bySun = frequencyFor_hz(character, sun_w);
    if (this.#hz > 0) return bySun < character.min_hz ? 0 : Math.min(most, bySun);
    this.#wokenSince_s = this.#since(this.#wokenSince_s, bySun > character.min_hz * 1.12);
    return this.#lasted(this.#wokenSince_s, WAKE_S, passed_s) ? Math.min(most, bySun) : 0;
  }

  #turn(wanted_hz: number, passed_s: number): void {
    const change = wanted_hz - this.#hz;
    const most = RAMP_HZ_S * passed_s;
    // Free from power it coasts to a stop at once, as far as the drive can tell.
    if (wanted_hz === 0) this.#hz = 0;
    else this.#hz += Math.min(most, Math.max(-most, change));
  }

  #measure(sun_w: number, passed_s: number): void {
    const { character } = this;
    const weather = this.#weather;
    // Measured values are never quite still: 0.6 % from one second to the next.
    const flicker = 1 + 0.006 * (chance(character.seed, 760, Math.floor(this.#time_s)) - 0.5);
    this.motor_w = motorPower_w(character, this.#hz) * flicker;
    this.motor_a = motorCurrent_a(character, this.#hz, this.motor_w);
    this.#flow = flowShare(character, this.#hz);
    if (this.supply === 'grid') this.bus_v = character.rated_v * Math.SQRT2 * 0.985 * flicker;
    else this.bus_v = weather.arrayVoltage_v(character, sun_w <= 0 ? 0 : Math.min(1, inputPower_w(this.motor_w) / sun_w)) * flicker;
    const warmest = weather.air_c + 0.006 * weather.irradiance_w_m2 + HEAT_K * (this.motor_w / character.rated_w);
    if (Number.isNaN(this.#sink_c)) this.#sink_c = warmest;
    else this.#sink_c += (warmest - this.#sink_c) * (1 - Math.exp(-passed_s / HEAT_S));
  }

  /** A poor well sinks while it is pumped and fills up again in the time in which it stands. */
  #passWell(passed_s: number): void {
    const hours = this.character.dry_after_h;
    if (hours === undefined) return;
    const share = passed_s / (hours * 3600);
    this.#well = Math.min(1, Math.max(-0.05, this.#well + share * (0.45 - 1.45 * this.#flow)));
  }
}
