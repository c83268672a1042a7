import { describe, expect, it } from 'vitest';
import { type Character, characterOf } from './character.ts';
import { Clouds } from './clouds.ts';
import { SimulatedDrive } from './drive.ts';
import { faultCodes } from './faults.ts';
import type { FleetDevice } from './fleet-device.ts';
import { frequencyFor_hz, inputPower_w, motorPower_w } from './motor.ts';
import { someDevice } from './testing/some-devices.ts';
import { Weather } from './weather.ts';

const noon = Date.parse('2026-07-15T19:00:00Z') / 1000;
const midnight = Date.parse('2026-07-15T08:00:00Z') / 1000;

function driveOf(changes: Partial<FleetDevice>, more: Partial<Character> = {}) {
  const device = someDevice({ lat: 33, lon: -113, time_zone: 'America/Phoenix', ...changes });
  const character = { ...characterOf(device, 1), dry_after_h: undefined, ...more };
  return new SimulatedDrive(character, new Weather(device, new Clouds(1), 1), device.time_zone);
}

/** Lets seconds pass one by one. */
function pass(drive: SimulatedDrive, from_s: number, seconds: number): void {
  for (let second = 0; second <= seconds; second += 1) drive.advance(from_s + second);
}

describe('a drive', () => {
  it('follows the affinity laws, and knows them the other way round', () => {
    const { character } = driveOf({ kind: 'tank' });
    expect(motorPower_w(character, 60)).toBeCloseTo(character.rated_w);
    expect(motorPower_w(character, 30) / motorPower_w(character, 60)).toBeCloseTo(0.94 / 8 + 0.03);
    for (const hz of [12, 31, 47.5, 60]) expect(frequencyFor_hz(character, inputPower_w(motorPower_w(character, hz)))).toBeCloseTo(hz, 3);
  });

  it('waits without sun, and runs on it after a while of enough light, up a ramp', () => {
    const dark = driveOf({ kind: 'tank', has_grid: false });
    pass(dark, midnight, 10);
    expect([dark.hz, dark.motor_w, dark.is_without_power]).toEqual([0, 0, true]);
    const drive = driveOf({ kind: 'tank', has_grid: false });
    drive.restore({ ...drive.remember(), level: 0.3 });
    pass(drive, noon, 90);
    expect([drive.hz, drive.is_without_power]).toEqual([0, false]);
    pass(drive, noon + 91, 14);
    expect(drive.hz).toBeGreaterThan(0);
    expect(drive.hz).toBeLessThan(45);
    pass(drive, noon + 106, 60);
    expect(drive.hz).toBeGreaterThan(45);
    expect([drive.supply, drive.fault]).toEqual(['solar', undefined]);
  });

  it('stands on the mains by night from its first moment on, as it has stood there for long', () => {
    const drive = driveOf({ kind: 'fan', has_grid: true });
    drive.advance(midnight);
    expect([drive.supply, drive.is_without_power]).toEqual(['grid', false]);
  });

  it('takes the mains by night and the sun by day when it may choose, and what it is told otherwise', () => {
    const drive = driveOf({ kind: 'vacuum', has_grid: true }, { start_h: 0, duration_h: 23.9 });
    pass(drive, midnight, 120);
    expect(drive.supply).toBe('grid');
    expect(drive.motor_w).toBeGreaterThan(1000);
    pass(drive, noon, 300);
    expect(drive.supply).toBe('solar');
    drive.mode = 'grid';
    pass(drive, noon + 301, 10);
    expect(drive.supply).toBe('grid');
    drive.mode = 'solar';
    pass(drive, midnight + 86_400, 120);
    expect([drive.supply, drive.hz]).toEqual(['solar', 0]);
  });

  it('obeys stop, a limit and the reset of a fault', () => {
    const drive = driveOf({ kind: 'vacuum', has_grid: true }, { start_h: 0, duration_h: 23.9 });
    drive.limit_hz = 40;
    pass(drive, noon, 200);
    expect(drive.hz).toBe(40);
    drive.trip(faultCodes.motor_overload, noon + 86_400);
    pass(drive, noon + 201, 60);
    expect([drive.hz, drive.fault?.code]).toEqual([0, 11]);
    drive.resetFault();
    pass(drive, noon + 262, 200);
    expect(drive.hz).toBe(40);
    drive.told_to_run = false;
    pass(drive, noon + 463, 2);
    expect(drive.hz).toBe(0);
  });

  it('stops when the tank is full, and starts again when the herd has drunk', () => {
    const drive = driveOf({ kind: 'tank', has_grid: true }, { tank_days: 1, fill_h: 3 });
    drive.restore({ ...drive.remember(), level: 0.9 });
    const wanted = new Set<string>();
    for (let minute = 0; minute < 3 * 1440; minute += 1) {
      drive.advance(midnight + minute * 60);
      wanted.add(`${drive.is_wanted}`);
      expect(drive.tank_level).toBeGreaterThan(0.5);
    }
    expect(wanted).toEqual(new Set(['true', 'false']));
  });

  it('runs a poor well dry and recovers by itself', () => {
    const drive = driveOf({ kind: 'tank', has_grid: true }, { dry_after_h: 1, fill_h: 20 });
    drive.restore({ ...drive.remember(), level: 0.2 });
    const codes = new Set<number>();
    let changes = 0;
    for (let minute = 0; minute < 1440; minute += 1) {
      const before = drive.fault?.code;
      drive.advance(midnight + minute * 60);
      if (drive.fault !== undefined) codes.add(drive.fault.code);
      if (before !== drive.fault?.code) changes += 1;
    }
    expect(codes).toContain(faultCodes.dry_run);
    expect(changes).toBeGreaterThan(3);
  });

  it('has a few faults a year of its own accord, some of which wait for a person', () => {
    const seen = new Map<number, number>();
    for (let number = 0; number < 12; number += 1) {
      const drive = driveOf({
        device_id: `year-${number}`,
        ...(number % 2 === 0 ? { kind: 'vacuum' } : { kind: 'irrigation', has_grid: false }),
      });
      let last: number | undefined;
      for (let step = 0; step < 365 * 288; step += 1) {
        drive.advance(midnight + step * 300);
        const code = drive.fault?.code;
        if (code !== undefined && code !== last) seen.set(code, (seen.get(code) ?? 0) + 1);
        last = code;
      }
    }
    expect([...seen.keys()].sort((a, b) => a - b)).toEqual([10, 11, 14, 16]);
    for (const count of seen.values()) expect(count).toBeLessThan(12 * 30);
  });
});
