import type { Area, CoreConfig, DeviceCore, EventName, FunctionName, Now, Platform } from './core.ts';
import type { CoreImports, Instance } from './instance.ts';

// In the order of the core's enumerations (platform.h, commands.h).
const areas: readonly Area[] = ['state', 'journal', 'packs', 'schedule'];
const eventNames: readonly EventName[] = ['status', 'status/live', 'status/changed', 'status/report'];
const functionNames: readonly FunctionName[] = ['command', 'schedule', 'live', 'resend', 'settings'];

/** create() answers this when there is no memory, as a signed 32-bit number. */
const noMemory = -1;

/** The devices of one instance: which platform belongs to which, and the way between them. */
export class Machines {
  /** By the number that the core knows a host by. */
  readonly #platforms: (Platform | undefined)[] = [];
  readonly #freeNumbers: number[] = [];
  /** Views of requests: they lie at the same few addresses again and again. */
  #requests = new Map<number, Uint8Array>();
  #instance: Instance | undefined;

  attach(instance: Instance): void {
    this.#instance = instance;
  }

  get instance(): Instance {
    if (this.#instance === undefined) throw new Error('The core is not there yet');
    return this.#instance;
  }

  create(platform: Platform, { id = '', map = 'invt', unit = 1, max_packs = 1344, poll_s = 5 }: CoreConfig): DeviceCore {
    requireWhole('unit', unit, 1, 247);
    requireWhole('max_packs', max_packs, 2, 1_000_000);
    requireWhole('poll_s', poll_s, 1, 3600);
    const { exports } = this.instance;
    const number = this.#freeNumbers.pop() ?? this.#platforms.length;
    const machine = exports.create(number, this.instance.putText(map), unit, max_packs, poll_s);
    if (machine === 0 || machine === noMemory) this.#freeNumbers.push(number);
    if (machine === 0) throw new RangeError(`map: there is no register map ${map}`);
    if (machine === noMemory) throw new Error('There is no memory for another device');
    this.#platforms[number] = platform;
    return new Machine(this, machine, number, id);
  }

  release(number: number): void {
    this.#platforms[number] = undefined;
    this.#freeNumbers.push(number);
  }

  /** What the core calls. */
  imports(): CoreImports {
    return {
      exchange: (host, request, length, response, capacity) => {
        const answer = this.#platform(host).exchange(this.#request(request, length));
        return answer === undefined ? 0 : this.#copy(answer, response, capacity);
      },
      flash_write: (host, area, slot, data, length) =>
        this.#platform(host).flashWrite(nameOf(areas, area), slot, this.instance.bytes.subarray(data, data + length)) ? 1 : 0,
      flash_read: (host, area, slot, data, capacity) => {
        const record = this.#platform(host).flashRead(nameOf(areas, area), slot);
        return record === undefined || record.length > capacity ? -1 : this.#copy(record, data, capacity);
      },
      connected: (host) => (this.#platform(host).connected() ? 1 : 0),
      publish: (host, name, text, length, token) =>
        this.#platform(host).publish(nameOf(eventNames, name), this.instance.textOf(text, length), token) ? 1 : 0,
      signal_pct: (host) => this.#platform(host).signalPct(),
      restart: (host) => this.#platform(host).restart(),
    };
  }

  #platform(host: number): Platform {
    const platform = this.#platforms[host];
    if (platform === undefined) throw new Error(`No device ${host}`);
    return platform;
  }

  #request(at: number, length: number): Uint8Array {
    const key = at * 512 + length;
    const known = this.#requests.get(key);
    if (known !== undefined && known.length === length) return known;
    if (this.#requests.size > 64) this.#requests = new Map();
    const view = this.instance.bytes.subarray(at, at + length);
    this.#requests.set(key, view);
    return view;
  }

  /** What is longer than there is room for is cut: noise on the line may be of any length. */
  #copy(from: Uint8Array, at: number, capacity: number): number {
    const length = Math.min(from.length, capacity);
    this.instance.bytes.set(length === from.length ? from : from.subarray(0, length), at);
    return length;
  }
}

class Machine implements DeviceCore {
  readonly #machines: Machines;
  readonly #number: number;
  readonly #id: string;
  /** 0 once it was given back. */
  #address: number;

  constructor(machines: Machines, address: number, number: number, id: string) {
    this.#machines = machines;
    this.#address = address;
    this.#number = number;
    this.#id = id;
  }

  boot({ uptime_ms, utc_s }: Now): void {
    const { instance } = this.#machines;
    this.#guarded(() => instance.exports.boot(this.#live(), instance.putText(this.#id), uptime_ms, utc_s));
  }

  tick({ uptime_ms, utc_s }: Now): number {
    const { exports } = this.#machines.instance;
    const stack = exports.__stack_pointer.value;
    // As #guarded, written out: this is called thousands of times a second.
    try {
      return exports.tick(this.#live(), uptime_ms, utc_s);
    } catch (error) {
      exports.__stack_pointer.value = stack;
      throw error;
    }
  }

  waitingPack_ms(): number {
    return this.#machines.instance.exports.waiting_pack_ms(this.#live());
  }

  call(name: FunctionName, argument: string, { uptime_ms, utc_s }: Now): number {
    const { exports } = this.#machines.instance;
    const index = functionNames.indexOf(name);
    if (index < 0) throw new RangeError(`name: there is no function ${name}`);
    const length = this.#machines.instance.putText(argument);
    return this.#guarded(() => exports.call(this.#live(), index, length, uptime_ms, utc_s));
  }

  published(token: number, ok: boolean, { uptime_ms, utc_s }: Now): void {
    const { exports } = this.#machines.instance;
    this.#guarded(() => exports.published(this.#live(), token, ok ? 1 : 0, uptime_ms, utc_s));
  }

  report({ uptime_ms, utc_s }: Now): string {
    const { exports } = this.#machines.instance;
    return this.#machines.instance.takeText(this.#guarded(() => exports.report(this.#live(), uptime_ms, utc_s)));
  }

  free(): void {
    this.#machines.instance.exports.destroy(this.#live());
    this.#machines.release(this.#number);
    this.#address = 0;
  }

  #live(): number {
    if (this.#address === 0) throw new Error('This device was given back');
    return this.#address;
  }

  /** An error that a platform throws leaves the core in the middle of a call: its stack has to be put back for the other devices. */
  #guarded<T>(run: () => T): T {
    const pointer = this.#machines.instance.exports.__stack_pointer;
    const stack = pointer.value;
    try {
      return run();
    } catch (error) {
      pointer.value = stack;
      throw error;
    }
  }
}

function nameOf<T>(names: readonly T[], index: number): T {
  const name = names[index];
  if (name === undefined) throw new Error(`The core named ${index}, which is unknown`);
  return name;
}

function requireWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${name} must be ${min} to ${max}`);
}
