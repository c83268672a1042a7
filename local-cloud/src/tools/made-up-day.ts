import { createHash } from 'node:crypto';
import type { RunState, StatusDocument } from '@enstratus/contract';

/** What a made-up device is like; the same for the same id. */
interface Character {
  /** What its array gives at noon under a clear sky. */
  readonly peak_w: number;
  /** What its motor wants; the grid gives what the sun doesn't, where there is one. */
  readonly demand_w: number;
  readonly has_grid: boolean;
  readonly cloudiness: number;
  readonly phase: number;
  /** Hours ago at which its drive tripped, until somebody resets it. */
  readonly faulted_h: number | undefined;
}

const NO_DOCUMENTS_AFTER_H = 5;

function characterOf(deviceId: string): Character & { readonly isSilent: boolean } {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = createHash('sha256').update(`made up ${deviceId}`).digest();
  const demand_w = 1500 + a * 22;
  return {
    peak_w: Math.round(demand_w * (1.1 + b / 600)),
    demand_w,
    has_grid: c % 3 === 0,
    cloudiness: d / 512,
    phase: e / 40,
    faulted_h: b % 9 === 0 ? 2 : undefined,
    isSilent: d % 8 === 0,
  };
}

/**
 * One-minute documents of a device for trying things out, from `from` to `to` (epoch seconds, whole minutes, `to` excluded): sun by the hour
 * of the day at its site, clouds, a grid at some, a fault or silence at a few. The firmware's own samples take their place where a simulated
 * device runs.
 */
export function madeUpDay(
  deviceId: string,
  { from, to, time_zone, boot_id, seq }: { from: number; to: number; time_zone: string; boot_id: number; seq: number },
): StatusDocument[] {
  const character = characterOf(deviceId);
  const end = character.isSilent ? to - NO_DOCUMENTS_AFTER_H * 3600 : to;
  const offset_s = zoneOffset_s(time_zone, to);
  const documents: StatusDocument[] = [];
  for (let time = from; time < end; time += 60) {
    documents.push({ boot_id, seq: seq + documents.length, time, ...readings(character, time, offset_s, to) });
  }
  return documents;
}

function readings(character: Character, time: number, offset_s: number, to: number) {
  const hour = ((((time + offset_s) % 86_400) + 86_400) % 86_400) / 3600;
  const sun = Math.max(0, Math.sin((Math.PI * (hour - 6.3)) / 11.4)) ** 1.2;
  const wave = Math.sin(time / 1900 + character.phase) * 0.6 + Math.sin(time / 417 + 2 * character.phase) * 0.4;
  const cloud = 1 - character.cloudiness * Math.max(0, wave);
  const flicker = 1 + 0.01 * Math.sin(time / 37);
  const available_w = character.peak_w * sun * cloud * flicker;
  const isFaulted = character.faulted_h !== undefined && time >= to - character.faulted_h * 3600;
  const solar_w = isFaulted ? 0 : Math.round(Math.min(available_w, character.demand_w));
  const grid_w = isFaulted || !character.has_grid ? 0 : Math.round(character.demand_w - solar_w);
  const motor_w = Math.round((solar_w + grid_w) * 0.95);
  const runs = motor_w > character.demand_w * 0.12;
  const run_state: RunState = isFaulted ? 'fault' : !runs ? 'waiting' : grid_w < 60 ? 'solar' : solar_w < 60 ? 'grid' : 'mixed';
  const share = runs ? Math.min(1, motor_w / character.demand_w) : 0;
  return {
    run_state,
    dc_bus_v: Math.round(runs || sun > 0 ? 520 + 60 * sun : 0),
    solar_w: runs || isFaulted ? solar_w : 0,
    grid_w: runs || isFaulted ? grid_w : 0,
    motor_w: runs ? motor_w : 0,
    motor_a: Math.round((runs ? motor_w : 0) / 46) / 10,
    motor_hz: Math.round(500 * Math.cbrt(share)) / 10,
    temp_c: Math.round(14 + 12 * sun + 22 * share),
    fault_code: isFaulted ? 14 : 0,
    signal_pct: Math.round(58 + 18 * Math.sin(character.phase * 7) + 4 * Math.sin(time / 900)),
  };
}

/** Seconds that the zone is ahead of UTC at that time. */
function zoneOffset_s(time_zone: string, time: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone: time_zone, timeZoneName: 'longOffset' }).formatToParts(time * 1000);
  const found = /GMT([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === 'timeZoneName')?.value ?? '');
  if (found === null) return 0;
  const seconds = Number(found[2]) * 3600 + Number(found[3]) * 60;
  return found[1] === '-' ? -seconds : seconds;
}
