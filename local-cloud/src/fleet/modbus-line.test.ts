import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { characterOf } from './character.ts';
import { Clouds } from './clouds.ts';
import { SimulatedDrive } from './drive.ts';
import { ModbusLine, modbusCrc } from './modbus-line.ts';
import { someDevice } from './testing/some-devices.ts';
import { Weather } from './weather.ts';

const noon = Date.parse('2026-11-20T19:00:00Z') / 1000;
let drive: SimulatedDrive;
let line: ModbusLine;

beforeEach(() => {
  const device = someDevice({ kind: 'tank', has_grid: false });
  drive = new SimulatedDrive(characterOf(device, 1), new Weather(device, new Clouds(1), 1), device.time_zone);
  line = new ModbusLine(drive);
});

function frame(...bytes: number[]): Uint8Array {
  const crc = modbusCrc(Uint8Array.from(bytes), bytes.length);
  return Uint8Array.of(...bytes, crc & 0xff, crc >>> 8);
}
const ask = (...bytes: number[]) => [...(line.exchange(frame(...bytes), noon) ?? [])];

describe('the line to a drive', () => {
  it('reckons the CRC as the standard does', () => {
    expect([...frame(0x02, 0x07)]).toEqual([0x02, 0x07, 0x41, 0x12]);
    expect([...frame(0x01, 0x03, 0x00, 0x00, 0x00, 0x0a)].slice(-2)).toEqual([0xc5, 0xcd]);
  });

  it('reads state and fault', () => {
    drive.trip(36, noon + 60);
    expect(ask(1, 3, 0x21, 0, 0, 3)).toEqual([...frame(1, 3, 6, 0, 4, 0, 0, 0, 36)]);
  });

  it('takes orders and echoes them', () => {
    const order = [1, 6, 0x20, 0, 0, 5] as const;
    expect(ask(...order)).toEqual([...frame(...order)]);
    expect(drive.told_to_run).toBe(false);
    ask(1, 6, 0, 4, 0x11, 0x94);
    expect(drive.limit_hz).toBe(45);
  });

  it.each([
    ['a function that it has not', [1, 4, 0x21, 0, 0, 3], [1, 0x84, 1]],
    ['a register that it has not', [1, 3, 0x40, 0, 0, 1], [1, 0x83, 2]],
    ['too many registers', [1, 3, 0x21, 0, 0, 17], [1, 0x83, 3]],
    ['a value that means nothing', [1, 6, 0x20, 0, 0, 9], [1, 0x86, 3]],
    ['the mains where there are none', [1, 6, 0x0f, 0x20, 0, 1], [1, 0x86, 3]],
  ])('refuses %s', (_, request, response) => {
    expect(ask(...request)).toEqual([...frame(...response)]);
  });

  it('is silent to another unit and to a frame with a wrong CRC', () => {
    expect(line.exchange(frame(2, 3, 0x21, 0, 0, 3), noon)).toBeUndefined();
    expect(line.exchange(Uint8Array.of(1, 3, 0x21, 0, 0, 3, 0, 0), noon)).toBeUndefined();
  });

  it('never answers anything but a whole frame with a right CRC', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 12 }), (bytes) => {
        const answer = line.exchange(frame(1, ...bytes), noon);
        if (answer !== undefined) expect(modbusCrc(answer, answer.length)).toBe(0);
      }),
    );
  });

  it('is noisy and silent as configured', () => {
    line.quality = { noise: 0.2, silence: 0.1 };
    const answers = Array.from({ length: 2000 }, () => line.exchange(frame(1, 3, 0x21, 0, 0, 3), noon)?.slice());
    const silent = answers.filter((answer) => answer === undefined).length;
    const wrong = answers.filter((answer) => answer !== undefined && modbusCrc(answer, answer.length) !== 0).length;
    expect(silent / 2000).toBeCloseTo(0.1, 1);
    expect(wrong / 2000).toBeCloseTo(0.18, 1);
  });
});
