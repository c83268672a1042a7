/** CRC-16/MODBUS ("MODBUS over Serial Line Specification and Implementation Guide V1.02", 6.2.2), bit by bit. */
function modbusCrc(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

function sealed(body: readonly number[]): Uint8Array {
  const crc = modbusCrc(Uint8Array.from(body));
  return Uint8Array.from([...body, crc & 0xff, crc >> 8]);
}

/** Registers of INVT's map (core/maps/invt.cpp). */
const command = 0x2000;
const state = 0x2100;
const fault = 0x2102;
export const inputSelection = 0x0f20;
export const upperLimit = 0x0004;
const ratedPower_100w = 75;

export type DriveOrder = 'start' | 'stop' | 'reset' | `mode ${number}` | `limit ${number}`;

/** What a document of a minute has to say: the readings follow from the minute alone, so that a document can be held against its time. */
export function readingsOf(minute: number): Readonly<Record<string, number>> {
  const power_permille = (minute * 13) % 1000;
  const motor_w = Math.round((power_permille * ratedPower_100w) / 10);
  return {
    dc_bus_v: 300 + (minute % 800),
    motor_hz: (100 + ((minute * 7) % 300)) / 10,
    motor_a: ((minute * 3) % 200) / 10,
    temp_c: minute % 60,
    motor_w,
    solar_w: Math.round((power_permille * ratedPower_100w * 100) / 970),
    grid_w: 0,
  };
}

/** A drive at the other end of the line: it answers Modbus by INVT's map, keeps what it is told, and notes it. */
export class ScriptedDrive {
  minute = 0;
  silent = false;
  running = false;
  faultCode = 0;
  /** A drive that takes an order and doesn't follow it. */
  stubborn = false;
  /** Whether it refuses to have a parameter changed: by a Modbus exception, as drives do for what can't be changed while the motor runs. */
  refuses: (address: number) => boolean = () => false;
  readonly orders: { readonly order: DriveOrder; readonly utc_s: number }[] = [];
  utc_s = 0;

  exchange(request: Uint8Array): Uint8Array | undefined {
    if (this.silent) return undefined;
    const [unit = 0, name = 0] = request;
    const address = ((request[2] ?? 0) << 8) | (request[3] ?? 0);
    const value = ((request[4] ?? 0) << 8) | (request[5] ?? 0);
    if (name === 6) {
      if (this.refuses(address)) return sealed([unit, 0x86, 4]);
      this.#obey(address, value);
      return request.slice();
    }
    const values = Array.from({ length: value }, (_, index) => this.#register(address + index));
    return sealed([unit, 3, value * 2, ...values.flatMap((register) => [(register >> 8) & 0xff, register & 0xff])]);
  }

  ordersSince(utc_s: number): DriveOrder[] {
    return this.orders.filter((order) => order.utc_s >= utc_s).map(({ order }) => order);
  }

  #obey(address: number, value: number): void {
    const orders: Readonly<Record<number, DriveOrder>> = { 1: 'start', 5: 'stop', 7: 'reset' };
    const order =
      address === command
        ? orders[value]
        : address === inputSelection
          ? (`mode ${value}` as const)
          : address === upperLimit
            ? (`limit ${value}` as const)
            : undefined;
    if (order === undefined) throw new Error(`The drive was told ${value} at ${address}`);
    this.orders.push({ order, utc_s: this.utc_s });
    if (this.stubborn) return;
    if (order === 'start' && this.faultCode === 0) this.running = true;
    if (order === 'stop') this.running = false;
    if (order === 'reset') this.faultCode = 0;
  }

  #register(address: number): number {
    const readings = readingsOf(this.minute);
    switch (address) {
      case state:
        return this.faultCode !== 0 ? 4 : this.running ? 1 : 3;
      case fault:
        return this.faultCode;
      case 0x3000:
        return Math.round((readings['motor_hz'] ?? 0) * 100);
      case 0x3002:
        return (readings['dc_bus_v'] ?? 0) * 10;
      case 0x3004:
        return Math.round((readings['motor_a'] ?? 0) * 10);
      case 0x3006:
        return (this.minute * 13) % 1000;
      case 0x070c:
        return (readings['temp_c'] ?? 0) * 10;
      case 0x0201:
        return ratedPower_100w;
      default:
        return 0;
    }
  }
}
