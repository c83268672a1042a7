import type { CoreConfig, Cores } from '@enstratus/device-firmware/core';
import type { DeviceCloud, DeviceSession } from '../particle/device-link.ts';
import { Clouds } from './clouds.ts';
import { DueQueue } from './due-queue.ts';
import { type Collect, fastForward } from './fast-forward.ts';
import type { FirmwareStore } from './firmware-store.ts';
import type { FleetFlash } from './flash-areas.ts';
import type { FleetDevice } from './fleet-device.ts';
import { particleSide, type Turns } from './particle-side.ts';
import type { SampledFile } from './sampled-file.ts';
import { chance } from './seeded.ts';
import { type FleetWorld, type Outgoing, SimulatedDevice } from './simulated-device.ts';

export interface FleetOptions {
  readonly seed: number;
  /** What devices leave the factory with. */
  readonly cores: Cores;
  /** Takes what comes over the air; without it devices take no updates. */
  readonly firmware?: FirmwareStore;
  readonly flash: FleetFlash;
  readonly cloud: DeviceCloud;
  readonly core?: CoreConfig;
  /** Power and network are lost only where somebody cuts them. */
  readonly calm?: boolean;
  /** Where every sampled document is told, when it is. */
  readonly sampled?: SampledFile;
  /** How many times faster than real time devices live; 1 unless told. */
  readonly speed?: number;
}

/** So long one turn may keep the process from its other work. */
const TURN_MS = 12;
/** Devices that have never run come up within so many seconds. */
const FIRST_START_S = 20;
/** At the beginning of all its history a device gets power within so many seconds: packs don't end in the same minute. */
const STAGGER_S = 900;
/** So many seconds after the one before it a device has power again when the fleet was stopped: a small one at once, and packs of a large one don't end together. */
const AGAIN_S = 0.2;

/** Simulated devices in one process: their histories at high speed, and their lives in real time. */
export class Fleet implements Turns {
  readonly clouds: Clouds;
  readonly #options: FleetOptions;
  readonly #world: FleetWorld;
  readonly #devices: SimulatedDevice[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #sessions: (DeviceSession | undefined)[] = [];
  readonly #due = new DueQueue();
  readonly #live = new Set<number>();
  readonly #started_ms = Date.now();
  #timer: NodeJS.Timeout | NodeJS.Immediate | undefined;
  #timerDue_ms = Number.POSITIVE_INFINITY;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.clouds = new Clouds(options.seed);
    const { seed, cores, core, firmware, sampled, calm = false } = options;
    this.#world = {
      seed,
      cores,
      clouds: this.clouds,
      calm,
      ...(core === undefined ? {} : { core }),
      ...(firmware === undefined ? {} : { firmware }),
      ...(sampled === undefined ? {} : { sampled: (document) => sampled.add(document) }),
    };
  }

  get devices(): readonly SimulatedDevice[] {
    return this.#devices;
  }

  /** A device by its id. */
  find(deviceId: string): SimulatedDevice | undefined {
    return this.#devices[this.#numbers.get(deviceId) ?? -1];
  }

  /** The device of that description, made when it isn't there. */
  device(description: FleetDevice): SimulatedDevice {
    return this.#devices[this.#numberOf(description)] as SimulatedDevice;
  }

  #numberOf(description: FleetDevice): number {
    const known = this.#numbers.get(description.device_id);
    if (known !== undefined) return known;
    const number = this.#devices.length;
    this.#devices.push(new SimulatedDevice(description, this.#options.flash.of(description.device_id), this.#world));
    this.#numbers.set(description.device_id, number);
    return number;
  }

  /**
   * Lets a stretch of a device's past happen at high speed, sampled every `every_s`; see fastForward. What it wrote is kept when this returns. Not for a
   * device that is live.
   */
  history(description: FleetDevice, stretch: { from_s: number; to_s: number; every_s?: number }, collect: Collect): void {
    const number = this.#numberOf(description);
    if (this.#live.has(number)) throw new Error(`${description.device_id} is live: its past can't happen any more`);
    const device = this.#devices[number] as SimulatedDevice;
    const from_ms = stretch.from_s * 1000;
    if (device.woken_ms === 0) {
      const after_s = device.boots === 0 ? STAGGER_S * chance(device.character.seed, 660) : (AGAIN_S * number) % STAGGER_S;
      device.powerAt(from_ms + 1000 * Math.floor(after_s));
    }
    device.everySecondsFrom(stretch.every_s, from_ms);
    fastForward(device, from_ms, stretch.to_s * 1000, collect);
    this.#options.flash.commit();
    this.#options.sampled?.flush();
  }

  /** Lets devices live in real time from now on. One with a past goes on where that ended: what it sampled since is sent when it connects. */
  live(descriptions: readonly FleetDevice[]): void {
    const now_ms = this.#now();
    for (const description of descriptions) {
      const number = this.#numberOf(description);
      if (this.#live.has(number)) continue;
      const device = this.#devices[number] as SimulatedDevice;
      this.#live.add(number);
      const first_ms = device.woken_ms === 0 ? now_ms + 1000 * FIRST_START_S * chance(device.character.seed, 661) : now_ms;
      if (device.woken_ms > 0) this.#catchUp(device, now_ms);
      this.#due.put(number, Math.floor(first_ms));
    }
    this.#options.flash.commit();
    this.#plan();
  }

  /** The minutes between a history's end and now: without a connection, so that nothing of them is sent before there is one. */
  #catchUp(device: SimulatedDevice, now_ms: number): void {
    if (now_ms - device.woken_ms < 1000) return;
    device.network.cut('network', device.woken_ms / 1000, now_ms / 1000);
    fastForward(device, device.woken_ms, now_ms, () => {});
  }

  within<T>(device: SimulatedDevice, work: (now_ms: number) => T): T {
    const now_ms = this.#now();
    const result = work(now_ms);
    this.#options.flash.commit();
    this.wakeSoon(device);
    return result;
  }

  async update(device: SimulatedDevice, binary: Uint8Array): Promise<boolean> {
    const { firmware } = this.#options;
    if (firmware === undefined) return false;
    let id: string;
    try {
      id = await firmware.add(binary);
    } catch {
      // Device OS checks a module before it applies it, and goes on with what it has ("OTA Firmware Updates", atomic updates).
      return false;
    }
    if (!device.online) return false;
    this.within(device, (now_ms) => device.takeFirmware(id, now_ms));
    return true;
  }

  /** To be called when something around a device was changed. */
  wakeSoon(device: SimulatedDevice): void {
    const number = this.#numbers.get(device.device.device_id);
    if (number === undefined || !this.#live.has(number)) return;
    this.#due.put(number, this.#now());
    this.#plan();
  }

  /**
   * Wakes devices as real time would, each whenever it wants to be, but without waiting for the time to come; what they publish is acknowledged and forgotten.
   * Answers how often one was woken.
   */
  rehearse(devices: readonly SimulatedDevice[], from_s: number, to_s: number): number {
    const due = new DueQueue();
    for (const number of devices.keys()) due.put(number, from_s * 1000);
    let wakes = 0;
    for (let now_ms = due.next_ms(); now_ms < to_s * 1000; now_ms = due.next_ms()) {
      const number = due.take(now_ms) ?? 0;
      const device = devices[number];
      if (device === undefined) continue;
      let due_ms = device.wake(now_ms);
      wakes += 1;
      if (device.outgoing.length > 0) {
        for (const { token } of device.outgoing) device.acknowledge(token, true, device.boots, now_ms);
        device.outgoing = [];
        due_ms = Math.min(due_ms, now_ms + 1);
      }
      device.rememberNowAndThen();
      due.put(number, Math.max(now_ms + 1, Math.ceil(due_ms)));
    }
    return wakes;
  }

  /** Ends all devices, which say goodbye to the cloud; their flash is written. */
  stop(): void {
    this.#stopTimer();
    for (const [number, device] of this.#devices.entries()) {
      this.#sessions[number]?.disconnect({ clean: true });
      device.free();
    }
    this.#live.clear();
    this.#options.flash.commit();
    this.#options.sampled?.flush();
  }

  /** The present of the devices, ms since 1970. */
  get now_ms(): number {
    return this.#now();
  }

  #now(): number {
    const real_ms = Date.now();
    return Math.floor(this.#started_ms + (real_ms - this.#started_ms) * (this.#options.speed ?? 1));
  }

  #plan(): void {
    if (this.#live.size === 0) return;
    const next_ms = this.#due.next_ms();
    if (this.#timer !== undefined && this.#timerDue_ms <= next_ms) return;
    this.#stopTimer();
    this.#timerDue_ms = next_ms;
    const wait_ms = (next_ms - this.#now()) / (this.#options.speed ?? 1);
    this.#timer = wait_ms <= 0 ? setImmediate(() => this.#turn()) : setTimeout(() => this.#turn(), Math.min(wait_ms, 1000));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer as NodeJS.Timeout);
    clearImmediate(this.#timer as NodeJS.Immediate);
    this.#timer = undefined;
    this.#timerDue_ms = Number.POSITIVE_INFINITY;
  }

  /** Wakes those who are due, writes what they wrote in one transaction, and only then sends what they have to say. */
  #turn(): void {
    this.#timer = undefined;
    this.#timerDue_ms = Number.POSITIVE_INFINITY;
    const woken: number[] = [];
    const end = performance.now() + TURN_MS;
    for (;;) {
      const now_ms = this.#now();
      const number = this.#due.take(now_ms);
      if (number === undefined) break;
      const device = this.#devices[number] as SimulatedDevice;
      const due_ms = device.wake(now_ms);
      device.rememberNowAndThen();
      this.#due.put(number, Math.max(now_ms + 1, Math.ceil(due_ms)));
      woken.push(number);
      if (performance.now() >= end) break;
    }
    this.#options.flash.commit();
    this.#options.sampled?.flush();
    for (const number of woken) this.#speak(number);
    this.#plan();
  }

  #speak(number: number): void {
    const device = this.#devices[number] as SimulatedDevice;
    let session = this.#sessions[number];
    // A boot is a connection of its own: one that ended in between has lost its session.
    if (session !== undefined && (!device.online || device.connections !== device.spokenWith)) {
      session.disconnect({ clean: device.saidGoodbye });
      session = undefined;
      this.#sessions[number] = undefined;
    }
    if (!device.online) return;
    if (session === undefined) {
      device.spokenWith = device.connections;
      session = this.#options.cloud.connect(particleSide(device, this));
      this.#sessions[number] = session;
    }
    const outgoing = device.outgoing;
    if (outgoing.length === 0) return;
    device.outgoing = [];
    for (const one of outgoing) void this.#publish(device, session, one);
  }

  async #publish(device: SimulatedDevice, session: DeviceSession, { name, text, token }: Outgoing): Promise<void> {
    const boot = device.boots;
    const ok = await session.publish(name, text);
    device.acknowledge(token, ok, boot, this.#now());
    // What this wrote nobody hears of before the turn that writes it to the file: a pack that counts as unsent is sent once more.
    this.wakeSoon(device);
  }
}
