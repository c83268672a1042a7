import { type Codec, codecOf } from './codec.ts';
import { sectionOfModule } from './firmware-section.ts';
import { builtCore, instantiate } from './instance.ts';
import { Machines } from './machines.ts';

export type { Codec, CoreDocument, CoreRunState, ReadStatus } from './codec.ts';

/** What lies in a device's flash, by slots: PROTOCOL.md says what of it outlives a power cut. */
export type Area = 'state' | 'journal' | 'packs' | 'schedule';
export type EventName = 'status' | 'status/live' | 'status/changed' | 'status/report';
export type FunctionName = 'command' | 'schedule' | 'live' | 'resend' | 'settings';

/** uptime_ms: since power came, never going back. utc_s: 0 while the clock is unknown. */
export interface Now {
  readonly uptime_ms: number;
  readonly utc_s: number;
}

/** The machine of one device; none of these may call back into the core. */
export interface Platform {
  /** The RS-485 line: undefined when nothing answers in time. `request` is only valid during the call. */
  exchange(request: Uint8Array): Uint8Array | undefined;
  /** `data` must be copied if it is kept. False: it could not be written. */
  flashWrite(area: Area, slot: number, data: Uint8Array): boolean;
  flashRead(area: Area, slot: number): Uint8Array | undefined;
  connected(): boolean;
  /** false: not taken. true: DeviceCore.published(token, …) must be called later. */
  publish(name: EventName, text: string, token: number): boolean;
  /** 0 to 100, -1 unknown */
  signalPct(): number;
  /** Power goes and comes: a new DeviceCore over the same flash, soon, after the running call has returned. */
  restart(): void;
}

export interface CoreConfig {
  /** Particle's id of the device, from which the second of its packs follows; without one they go out as they are closed. */
  readonly id?: string;
  /** The register map of the drive: `invt` (the default) or `optidrive`. */
  readonly map?: 'invt' | string;
  /** Its Modbus address, 1 to 247; 1 by default. */
  readonly unit?: number;
  /** How many packs the flash has room for; 1,344 by default, 14 days of 15-minute packs. */
  readonly max_packs?: number;
  /** How often run state and fault are asked for, in seconds; 5 by default. */
  readonly poll_s?: number;
}

/** One device. What a platform's method throws comes out of the call that led to it; the device is as after a power cut then: boot a new one. */
export interface DeviceCore {
  /** Power has come. Once, before anything else. */
  boot(now: Now): void;
  /**
   * Does what is due, and answers the uptime in ms at which it wants to be called again. To be called earlier whenever the connection has come or gone, and soon
   * after call() and published(), which only note what there is to do.
   */
  tick(now: Now): number;
  /** The uptime in ms at which a pack goes that waits for its second; 0 when none does. tick() answers it, too: for a host that leaves out polls. */
  waitingPack_ms(): number;
  /** A Particle function: its answer is PROTOCOL.md's, "What a device can be asked". */
  call(name: FunctionName, argument: string, now: Now): number;
  published(token: number, ok: boolean, now: Now): void;
  /** The text of the device's report as it stands. */
  report(now: Now): string;
  /** Gives the memory back; the core can't be used after that. */
  free(): void;
}

export interface Cores extends Codec {
  /** RangeError for a map that isn't there or a value out of its range. */
  create(platform: Platform, config?: CoreConfig): DeviceCore;
  /** How many seconds after its last sample a device with this id publishes a pack, 0 to 59: PROTOCOL.md, "The second of a pack". */
  packSecond(id: string): number;
  /** What the firmware's PRODUCT_VERSION says: by it Particle's cloud knows which firmware a device runs. */
  readonly product_version: number;
  /** Of the whole instance. */
  readonly memory_bytes: number;
  /** Of one device. */
  readonly device_bytes: number;
}

/** Whether an error is a trap of WebAssembly: what on the device is a hard fault. */
export const isTrap = (error: unknown): boolean => error instanceof WebAssembly.RuntimeError;

/**
 * One WebAssembly instance, a handle per device. Throws for bytes that are no core.
 *
 * @param wasm What `compileProject` made; without it, dist/enstratus-core.wasm: when that isn't built, the error says how to.
 */
export async function loadCores(wasm?: Uint8Array): Promise<Cores> {
  const machines = new Machines();
  const module = await WebAssembly.compile(wasm ?? (await builtCore()));
  const section = sectionOfModule(module);
  if (section === undefined) throw new Error('The core does not say its product version: it was made by an older build. Build it again');
  const instance = await instantiate(module, machines.imports());
  machines.attach(instance);
  const codec = codecOf(instance);
  return {
    ...codec,
    ...section,
    packSecond: (id) => instance.exports.pack_second(instance.putText(id)),
    create: (platform, config = {}) => machines.create(platform, config),
    get memory_bytes() {
      return instance.exports.memory.buffer.byteLength;
    },
    device_bytes: instance.exports.machine_bytes(),
  };
}
