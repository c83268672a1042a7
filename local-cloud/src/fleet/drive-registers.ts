import type { SimulatedDrive, SourceMode } from './drive.ts';

/**
 * The holding registers of INVT's Goodrive100-PV, by the register table that the firmware's map gives (device-firmware/core/maps/invt.cpp, with its
 * sources and with what could not be checked there). Addresses are those on the wire.
 */
const STATE = 0x2100;
const FAULT = 0x2102;
const FREQUENCY = 0x3000;
const SET_FREQUENCY = 0x3001;
const BUS_VOLTAGE = 0x3002;
const OUTPUT_VOLTAGE = 0x3003;
const CURRENT = 0x3004;
const SPEED = 0x3005;
const POWER = 0x3006;
const SUPPLY = 0x120a;
const TEMPERATURE = 0x070c;
const RATED_POWER = 0x0201;
const COMMAND = 0x2000;
const INPUT_SELECTION = 0x0f20;
const UPPER_LIMIT = 0x0004;

const modes: readonly SourceMode[] = ['auto', 'grid', 'solar'];

/** Value of state word 1. */
function stateOf(drive: SimulatedDrive): number {
  if (drive.fault !== undefined) return 4;
  if (!drive.told_to_run) return 3;
  if (drive.is_without_power) return 5;
  return drive.is_wanted ? 1 : 3;
}

/** The value of a holding register, 0 to 65535, or undefined where the drive has none. */
export function readRegister(drive: SimulatedDrive, address: number): number | undefined {
  const { character } = drive;
  switch (address) {
    case STATE:
      return stateOf(drive);
    case STATE + 1:
      return 0;
    case FAULT:
      return drive.fault?.code ?? 0;
    case FREQUENCY:
      return word(drive.hz * 100);
    case SET_FREQUENCY:
      return word(Math.min(character.target_hz, drive.limit_hz) * 100);
    case BUS_VOLTAGE:
      return word(drive.bus_v * 10);
    case OUTPUT_VOLTAGE:
      return word(character.rated_v * Math.min(1, drive.hz / character.rated_hz));
    case CURRENT:
      return word(drive.motor_a * 10);
    case SPEED:
      // Two poles and a slip of 3.5 %.
      return word(drive.hz * 57.9);
    case POWER:
      return word((drive.motor_w / character.rated_w) * 1000);
    case SUPPLY:
      return drive.supply === 'grid' ? 1 : 0;
    case TEMPERATURE:
      return word(drive.sink_c * 10);
    case RATED_POWER:
      return word(character.rated_w / 100);
    case INPUT_SELECTION:
      return modes.indexOf(drive.mode);
    case UPPER_LIMIT:
      return word(drive.limit_hz * 100);
    default:
      return undefined;
  }
}

/** As two's complement in 16 bits. */
const word = (value: number) => Math.round(value) & 0xffff;

/** What a write to a register comes to; the numbers are the standard's exception codes. */
export type Written = 'done' | 2 | 3;

/** Takes a single register's write: 2 where there is none, 3 for a value that it doesn't take. */
export function writeRegister(drive: SimulatedDrive, address: number, value: number): Written {
  switch (address) {
    case COMMAND:
      if (value === 1) drive.told_to_run = true;
      else if (value === 5) drive.told_to_run = false;
      else if (value === 7) drive.resetFault();
      else return 3;
      return 'done';
    case INPUT_SELECTION: {
      const mode = modes[value];
      if (mode === undefined || (mode === 'grid' && !drive.character.has_grid)) return 3;
      drive.mode = mode;
      return 'done';
    }
    case UPPER_LIMIT:
      if (value > 40_000) return 3;
      drive.limit_hz = value / 100;
      return 'done';
    default:
      return 2;
  }
}
