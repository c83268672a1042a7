import type { RunState } from '@enstratus/contract';
import type { Answered } from './modbus-line.ts';

/** What a device sampled, as the drive answered it, with the identity and the time that PROTOCOL.md gives it. */
export interface SampledDocument {
  readonly device_id: string;
  readonly boot_id: number;
  readonly seq: number;
  readonly time: number;
  readonly run_state: RunState | null;
  readonly dc_bus_v: number | null;
  readonly solar_w: number | null;
  readonly grid_w: number | null;
  readonly motor_w: number | null;
  readonly motor_a: number | null;
  readonly motor_hz: number | null;
  readonly temp_c: number | null;
  readonly fault_code: number | null;
  readonly signal_pct: number | null;
}

type Readings = Omit<SampledDocument, 'device_id' | 'boot_id' | 'seq' | 'time'>;

interface Untimed {
  readonly uptime_s: number;
  readonly readings: Readings;
}

/** How many samples without a time a device keeps (the firmware's README, "Unknown clock"). */
const MOST_UNTIMED = 60;

/**
 * Follows one device from outside: what its drive answered whenever a sample was due by PROTOCOL.md, with the identity that the sample must get. Nothing of
 * it is read from what the device writes or sends, so that a loss or a wrong value there shows.
 */
export class Sampling {
  readonly #deviceId: string;
  readonly #tell: (document: SampledDocument) => void;
  #bootId = 0;
  #seq = 0;
  #until_s = 0;
  #nextUntimed_ms = 0;
  #untimed: Untimed[] = [];
  every_s = 60;

  constructor(deviceId: string, tell: (document: SampledDocument) => void) {
    this.#deviceId = deviceId;
    this.#tell = tell;
  }

  booted(boot_id: number, uptime_ms: number): void {
    this.#bootId = boot_id;
    this.#seq = 0;
    this.#until_s = 0;
    this.#untimed = [];
    this.#nextUntimed_ms = uptime_ms + this.every_s * 1000;
  }

  /** A turn of the device is over in which this was read. utc_s is 0 while its clock is unknown. */
  turned(
    { uptime_ms, utc_s }: { readonly uptime_ms: number; readonly utc_s: number },
    answered: readonly Answered[],
    signal_pct: number,
  ): void {
    if (utc_s === 0) {
      if (uptime_ms < this.#nextUntimed_ms) return;
      const due_ms = this.#nextUntimed_ms;
      while (this.#nextUntimed_ms <= uptime_ms) this.#nextUntimed_ms += this.every_s * 1000;
      const last_ms = this.#nextUntimed_ms - this.every_s * 1000;
      if (this.#untimed.length === MOST_UNTIMED) this.#untimed.shift();
      this.#untimed.push({ uptime_s: Math.floor(Math.max(due_ms, last_ms) / 1000), readings: readingsOf(answered, signal_pct) });
      return;
    }
    if (this.#until_s === 0) this.#learnTime(uptime_ms, utc_s);
    const late_s = utc_s % this.every_s;
    if (utc_s - late_s <= this.#until_s || late_s > this.every_s / 2) return;
    this.#until_s = utc_s - late_s;
    this.#document(this.#until_s, readingsOf(answered, signal_pct));
  }

  /** Samples without a time were taken every_s apart: the last one goes to the nearest place on the grid that isn't ahead of now. */
  #learnTime(uptime_ms: number, utc_s: number): void {
    this.#until_s = utc_s % this.every_s === 0 ? utc_s - 1 : utc_s;
    const last = this.#untimed.at(-1);
    if (last === undefined) return;
    const exact_s = utc_s - (Math.floor(uptime_ms / 1000) - last.uptime_s);
    let place_s = Math.floor((exact_s + Math.floor(this.every_s / 2)) / this.every_s) * this.every_s;
    if (place_s > utc_s) place_s -= this.every_s;
    this.#until_s = 0;
    for (const { uptime_s, readings } of this.#untimed) {
      const at_s = place_s - (last.uptime_s - uptime_s);
      const time_s = at_s - (at_s % this.every_s);
      if (time_s <= this.#until_s) continue;
      this.#until_s = time_s;
      this.#document(time_s, readings);
    }
    this.#untimed = [];
  }

  #document(time: number, readings: Readings): void {
    this.#tell({ device_id: this.#deviceId, boot_id: this.#bootId, seq: this.#seq, time, ...readings });
    this.#seq += 1;
  }
}

/** What the registers that were read mean, by INVT's table (device-firmware/core/maps/invt.cpp). */
function readingsOf(answered: readonly Answered[], signal_pct: number): Readings {
  const at = (block: number, index: number) => answered.find(({ address }) => address === block)?.values?.[index] ?? null;
  const state = at(0x2100, 0);
  const hundredths_hz = at(0x3000, 0);
  const supply = at(0x120a, 0);
  const rated = at(0x0201, 0);
  const permille = at(0x3000, 6);
  const motor_w = permille === null || rated === null ? null : (permille * rated) / 10;
  // Products of whole numbers first: the firmware rounds once, from the exact value.
  const input_w = permille === null || rated === null ? null : (permille * rated * 100) / 970;
  const fedBy = (source: number) => (supply === null || input_w === null ? null : supply === source ? Math.round(input_w) : 0);
  return {
    run_state: runStateOf(state, hundredths_hz, supply),
    dc_bus_v: rounded(at(0x3000, 2), 10),
    solar_w: fedBy(0),
    grid_w: fedBy(1),
    motor_w: motor_w === null ? null : Math.round(motor_w),
    motor_a: scaled(at(0x3000, 4)),
    motor_hz: hundredths_hz === null ? null : Math.round(hundredths_hz / 10) / 10,
    temp_c: rounded(signed(at(0x070c, 0)), 10),
    fault_code: at(0x2100, 2),
    signal_pct: signal_pct < 0 ? null : signal_pct,
  };
}

function runStateOf(state: number | null, hundredths_hz: number | null, supply: number | null): RunState | null {
  if (state === null) return null;
  if (state === 4) return 'fault';
  if (state === 3) return 'stopped';
  if (state === 5) return 'waiting';
  if (hundredths_hz === null) return null;
  if (hundredths_hz === 0) return 'waiting';
  if (hundredths_hz < 1000) return 'starting';
  if (supply === null) return null;
  return supply === 1 ? 'grid' : 'solar';
}

/** Halves away from zero, as the firmware does. */
const rounded = (raw: number | null, steps: number) => (raw === null ? null : Math.sign(raw) * Math.round(Math.abs(raw) / steps) + 0);
const scaled = (tenths: number | null) => (tenths === null ? null : tenths / 10);
const signed = (word: number | null) => (word !== null && word >= 0x8000 ? word - 0x10000 : word);
