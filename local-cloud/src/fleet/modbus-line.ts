import type { SimulatedDrive } from './drive.ts';
import { readRegister, writeRegister } from './drive-registers.ts';
import { chance } from './seeded.ts';

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

/** CRC-16/MODBUS of the first `length` bytes ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 6.2.2). */
export function modbusCrc(data: Uint8Array, length: number): number {
  let crc = 0xffff;
  for (let index = 0; index < length; index += 1) crc = (crc >>> 8) ^ (crcTable[(crc ^ (data[index] ?? 0)) & 0xff] ?? 0);
  return crc;
}

/** How bad the line is: shares of exchanges, 0 to 1. */
export interface LineQuality {
  /** An answer has a wrong byte. */
  readonly noise: number;
  /** No answer comes. */
  readonly silence: number;
}

const READ_HOLDING = 3;
const WRITE_SINGLE = 6;
/** INVT's drives read no more in one go (the firmware's map, invt.cpp). */
const MOST_REGISTERS = 16;
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;

/** Frames by length, used again by all lines: an exchange is too frequent to make one each time. */
const frames = new Map<number, Uint8Array>();

/** What was read of one block of registers since `begin`, as the drive answered it; undefined: it gave no right answer. */
export interface Answered {
  readonly address: number;
  readonly values: readonly number[] | undefined;
}

/**
 * The RS-485 line with a drive at its end: takes Modbus RTU frames (functions 03 and 06, "MODBUS Application Protocol Specification V1.1b3") and gives
 * what comes back, disturbed as configured.
 */
export class ModbusLine {
  readonly #drive: SimulatedDrive;
  readonly #unit: number;
  #exchanges = 0;
  quality: LineQuality = { noise: 0, silence: 0 };
  /** Whether what is answered is kept in `answered`. */
  keeps = false;
  answered: Answered[] = [];

  constructor(drive: SimulatedDrive, unit = 1) {
    this.#drive = drive;
    this.#unit = unit;
  }

  /** The answer's bytes, valid until the next exchange; undefined: none comes. `time_s` is when it is asked. */
  exchange(request: Uint8Array, time_s: number): Uint8Array | undefined {
    const length = request.length;
    if (length < 4 || request[0] !== this.#unit) return undefined;
    const sent = (request[length - 2] ?? 0) | ((request[length - 1] ?? 0) << 8);
    if (modbusCrc(request, length - 2) !== sent) return undefined;
    this.#exchanges += 1;
    const { noise, silence } = this.quality;
    if (silence > 0 && chance(this.#drive.character.seed, 770, this.#exchanges) < silence) return this.#lost(request);
    this.#drive.advance(time_s);
    const response = this.#answer(request);
    if (noise > 0 && chance(this.#drive.character.seed, 771, this.#exchanges) < noise) {
      const place = Math.floor(chance(this.#drive.character.seed, 772, this.#exchanges) * response.length);
      response[place] = (response[place] ?? 0) ^ (1 << (this.#exchanges % 8));
      if (this.keeps && request[1] === READ_HOLDING && this.answered.at(-1)?.address === addressOf(request)) this.answered.pop();
      this.#lost(request);
    }
    return response;
  }

  #lost(request: Uint8Array): undefined {
    if (this.keeps && request[1] === READ_HOLDING) this.#keep(addressOf(request), undefined);
    return undefined;
  }

  #keep(address: number, values: readonly number[] | undefined): void {
    const last = this.answered.at(-1);
    // Tried again: the last try counts.
    if (last?.address === address && last.values === undefined) this.answered.pop();
    this.answered.push({ address, values });
  }

  #answer(request: Uint8Array): Uint8Array {
    const code = request[1] ?? 0;
    const address = addressOf(request);
    const value = ((request[4] ?? 0) << 8) | (request[5] ?? 0);
    if (request.length !== 8 || (code !== READ_HOLDING && code !== WRITE_SINGLE)) return this.#exception(code, ILLEGAL_FUNCTION);
    if (code === WRITE_SINGLE) {
      const written = writeRegister(this.#drive, address, value);
      if (written !== 'done') return this.#exception(code, written);
      const echo = this.#frame(8);
      echo.set(request);
      return echo;
    }
    if (value < 1 || value > MOST_REGISTERS) return this.#exception(code, ILLEGAL_VALUE);
    const response = this.#frame(5 + 2 * value);
    response[1] = code;
    response[2] = 2 * value;
    for (let index = 0; index < value; index += 1) {
      const register = readRegister(this.#drive, address + index);
      if (register === undefined) return this.#exception(code, ILLEGAL_ADDRESS);
      response[3 + 2 * index] = register >>> 8;
      response[4 + 2 * index] = register & 0xff;
    }
    if (this.keeps) this.#keep(address, registersOf(response, value));
    return closed(response);
  }

  #exception(code: number, exception: number): Uint8Array {
    const response = this.#frame(5);
    response[1] = code | 0x80;
    response[2] = exception;
    return closed(response);
  }

  #frame(length: number): Uint8Array {
    let frame = frames.get(length);
    if (frame === undefined) {
      frame = new Uint8Array(length);
      frames.set(length, frame);
    }
    frame[0] = this.#unit;
    return frame;
  }
}

const addressOf = (request: Uint8Array) => ((request[2] ?? 0) << 8) | (request[3] ?? 0);

const registersOf = (response: Uint8Array, count: number) =>
  Array.from({ length: count }, (_, index) => ((response[3 + 2 * index] ?? 0) << 8) | (response[4 + 2 * index] ?? 0));

function closed(frame: Uint8Array): Uint8Array {
  const crc = modbusCrc(frame, frame.length - 2);
  frame[frame.length - 2] = crc & 0xff;
  frame[frame.length - 1] = crc >>> 8;
  return frame;
}
