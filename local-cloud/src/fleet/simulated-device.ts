import {
  type Area,
  type CoreConfig,
  type Cores,
  type DeviceCore,
  type EventName,
  type FunctionName,
  isTrap,
  type Platform,
} from '@enstratus/device-firmware/core';
import { z } from 'zod';
import { type Character, characterOf } from './character.ts';
import type { Clouds } from './clouds.ts';
import { SimulatedDrive } from './drive.ts';
import type { FirmwareStore } from './firmware-store.ts';
import type { DeviceFlash } from './flash-areas.ts';
import type { FleetDevice } from './fleet-device.ts';
import { type MachineNotes, readNotes, writeNotes } from './machine-notes.ts';
import { ModbusLine } from './modbus-line.ts';
import { Network } from './network.ts';
import { type SampledDocument, Sampling } from './sampled.ts';
import { chance } from './seeded.ts';
import { Weather } from './weather.ts';

/** What all devices of a fleet have in common. */
export interface FleetWorld {
  readonly seed: number;
  readonly clouds: Clouds;
  /** What devices leave the factory with. */
  readonly cores: Cores;
  /** Where it isn't there, devices keep the factory's. */
  readonly firmware?: FirmwareStore;
  readonly core?: CoreConfig;
  /** Power and network are lost only where somebody cuts them. */
  readonly calm?: boolean;
  /** Hears of every document that a device samples. */
  readonly sampled?: (document: SampledDocument) => void;
}

/** What waits to be sent. */
export interface Outgoing {
  readonly name: EventName;
  readonly text: string;
  readonly token: number;
}

/** The light blinks SOS, then it restarts (Device OS reference, "Red flash SOS"): about so long. */
const PANIC_MS = 10_000;
/** So long after a start a firmware has to be confirmed (device-firmware/boron/src/firmware_update.cpp). */
const CONFIRM_WITHIN_MS = 15 * 60_000;
/** After how long the notes on the machine are written again. */
const NOTES_MS = 600_000;

const bootOf = (report: string): number => z.object({ boot_id: z.number().int() }).parse(JSON.parse(report)).boot_id;

const settingsData = z.object({ pack_minutes: z.number().int().optional(), every_s: z.number().int().optional() });

/**
 * One controller in the field: the firmware's core with the drive, the radio, the power and the flash around it. Time is given to it (`wake`, ms since 1970);
 * who gives it also carries what is in `outgoing` to the cloud, and tells what became of it (`acknowledge`).
 */
export class SimulatedDevice implements Platform {
  readonly device: FleetDevice;
  readonly character: Character;
  readonly drive: SimulatedDrive;
  readonly line: ModbusLine;
  readonly network: Network;
  readonly #world: FleetWorld;
  readonly #flash: DeviceFlash;
  readonly #sampling: Sampling | undefined;
  readonly #now = { uptime_ms: 0, utc_s: 0 };
  #notes: MachineNotes;
  #notesDue_ms = 0;
  #core: DeviceCore | undefined;
  #now_ms = 0;
  #booted_ms = 0;
  #clockKnown = false;
  #restartWanted = false;
  #panicked = false;
  #hasDelivered = false;
  #settingsAtBoot: string | undefined;
  #bootAt_ms = 0;
  #connectAt_ms = 0;
  #hadNetwork = false;
  /** Whether it is on the line with the cloud, and if not, whether it said goodbye. */
  online = false;
  saidGoodbye = false;
  /** How often it has connected, and which of these connections its session at the cloud is. */
  connections = 0;
  spokenWith = 0;
  outgoing: Outgoing[] = [];

  constructor(device: FleetDevice, flash: DeviceFlash, world: FleetWorld) {
    this.device = device;
    this.character = characterOf(device, world.seed);
    this.drive = new SimulatedDrive(this.character, new Weather(device, world.clouds, world.seed), device.time_zone);
    this.line = new ModbusLine(this.drive, world.core?.unit ?? 1);
    this.network = new Network(device, this.character, world.seed, world.calm);
    this.#world = world;
    this.#flash = flash;
    this.#notes = readNotes(flash);
    if (this.#notes.drive !== null) this.drive.restore({ ...this.#notes.drive, fault: this.#notes.drive.fault ?? undefined });
    if (world.sampled !== undefined) {
      this.#sampling = new Sampling(device.device_id, world.sampled);
      this.#sampling.every_s = this.#notes.every_s;
      this.line.keeps = true;
    }
  }

  get is_on(): boolean {
    return this.#core !== undefined;
  }
  get boots(): number {
    return this.#notes.boots;
  }
  get every_s(): number {
    return this.#notes.every_s;
  }
  get uptime_ms(): number {
    return this.#core === undefined ? 0 : this.#now_ms - this.#booted_ms;
  }
  /** PRODUCT_VERSION of the firmware that it runs. */
  get product_version(): number {
    return this.#cores().product_version;
  }
  /** Whether it came over the air, not from the factory. */
  get has_update(): boolean {
    return this.#notes.firmware !== null;
  }
  /** When it was woken last, ms since 1970; 0: never. */
  get woken_ms(): number {
    return this.#now_ms;
  }

  /** Keeps it without power until a time. */
  powerAt(at_ms: number): void {
    this.#bootAt_ms = at_ms;
  }

  /** Lets it sample that often from a time on; at its next boot when it has no power then. */
  everySecondsFrom(every_s: number | undefined, at_ms: number): void {
    if (every_s === undefined || every_s === this.every_s) return;
    const argument = `every_s=${every_s}`;
    if (this.#core === undefined) this.#settingsAtBoot = argument;
    else this.call('settings', argument, at_ms);
  }

  /** Lets it find its network at a time, not within the half minute in which modems do. */
  connectAt(at_ms: number): void {
    this.#hadNetwork = true;
    this.#connectAt_ms = at_ms;
  }

  /** Restarts it, as a watchdog would. */
  reboot(now_ms: number): void {
    this.#turnOff(false);
    this.#bootAt_ms = now_ms + 5000;
  }

  /** Restarts it with another firmware: one that was added, or null for the factory's, as by USB. What lies in its flash stays. */
  takeFirmware(id: string | null, now_ms: number): void {
    this.#now_ms = Math.max(now_ms, this.#now_ms);
    this.#turnOff(true);
    this.#notes = { ...this.#notes, firmware: id };
    this.remember();
    this.#bootAt_ms = this.#now_ms + 4000;
  }

  /** Does what is due. Answers when it wants to be woken again, whatever comes in between: ms since 1970. */
  wake(now_ms: number): number {
    this.#now_ms = Math.max(now_ms, this.#now_ms);
    const due_ms = this.surround();
    if (this.#core === undefined) return due_ms;
    return Math.min(due_ms, this.tick());
  }

  /** Power and network at the present; answers when they change next. */
  surround(): number {
    const now_ms = this.#now_ms;
    const { has_power, has_network, until_s } = this.network.at(now_ms / 1000);
    let due_ms = until_s * 1000;
    if (!has_power) {
      if (this.#core !== undefined) this.#turnOff(false);
      this.#bootAt_ms = 0;
      return due_ms;
    }
    if (this.#core === undefined) {
      if (now_ms < this.#bootAt_ms) return Math.min(due_ms, this.#bootAt_ms);
      this.#orPanic(
        () => this.#boot(),
        () => {},
      );
      if (this.#core === undefined) return Math.min(due_ms, this.#bootAt_ms);
    }
    if (!has_network) {
      if (this.online) this.#offline(false);
    } else if (!this.online) {
      if (!this.#hadNetwork)
        this.#connectAt_ms = now_ms + 1000 * (6 + Math.floor(26 * chance(this.character.seed, 651, Math.floor(now_ms / 1000))));
      if (now_ms >= this.#connectAt_ms) this.#goOnline();
      else due_ms = Math.min(due_ms, this.#connectAt_ms);
    }
    this.#hadNetwork = has_network;
    return due_ms;
  }

  /** Lets the core do what is due; answers when it wants to be called again, ms since 1970. Only while `is_on`. */
  tick(): number {
    return this.#orPanic(
      () => this.#tick(),
      () => this.#bootAt_ms,
    );
  }

  #tick(): number {
    if (this.#sampling !== undefined) this.line.answered.length = 0;
    const now = this.#time();
    const due = this.#live().tick(now) + this.#booted_ms;
    this.#sampling?.turned(now, this.line.answered, this.signalPct());
    if (!this.#restartWanted) return due;
    this.#turnOff(true);
    this.#bootAt_ms = this.#now_ms + 4000;
    return this.#bootAt_ms;
  }

  /** When a pack goes that waits for the device's own second, ms since 1970; Infinity when none does, or none can go. */
  waitingPack_ms(): number {
    const due_ms = this.online && this.#core !== undefined ? this.#core.waitingPack_ms() : 0;
    return due_ms === 0 ? Number.POSITIVE_INFINITY : due_ms + this.#booted_ms;
  }

  /** What became of a publish at a time. Those of an earlier boot mean nothing any more. */
  acknowledge(token: number, ok: boolean, boot: number, now_ms: number): void {
    this.#now_ms = Math.max(now_ms, this.#now_ms);
    const core = this.#core;
    if (core === undefined || boot !== this.#notes.boots) return;
    if (ok && !this.#hasDelivered) {
      this.#hasDelivered = true;
      // Written with the next notes: a device that loses it proves it again.
      this.#notes = { ...this.#notes, confirmed: this.product_version };
    }
    this.#orPanic(
      () => core.published(token, ok, this.#time()),
      () => {},
    );
  }

  /** A Particle function at a time. Error while it has no power. */
  call(name: FunctionName, argument: string, now_ms: number): number {
    this.#now_ms = Math.max(now_ms, this.#now_ms);
    const answer = this.#orPanic(
      () => this.#live().call(name, argument, this.#time()),
      (error) => {
        throw error;
      },
    );
    if (name === 'settings' && answer === 0) this.#noteSettings(argument);
    return answer;
  }

  /** The ledger `settings` came: what is in it is taken when it is another than before. */
  takeLedger(data: Readonly<Record<string, unknown>>, now_ms: number): void {
    const settings = settingsData.safeParse(data);
    if (!settings.success || this.#core === undefined) return;
    const argument = Object.entries(settings.data)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    if (argument === '' || argument === this.#notes.ledger_settings) return;
    if (this.call('settings', argument, now_ms) !== 0) return;
    this.#notes = { ...this.#notes, ledger_settings: argument };
    this.remember();
  }

  /** The device's own report as it stands; undefined without power. */
  report(): string | undefined {
    return this.#core?.report(this.#time());
  }

  /** What the Boron's adapter says of the firmware that runs (device-firmware/boron/src/firmware_update.h): the variable `update`. */
  update(): string {
    const version = this.product_version;
    const confirmed = this.#notes.confirmed === version;
    return JSON.stringify({ version, confirmed, late: !confirmed && this.uptime_ms > CONFIRM_WITHIN_MS });
  }

  /** Notes the machine's state beside the flash. */
  remember(): void {
    const { fault, ...drive } = this.drive.remember();
    this.#notes = { ...this.#notes, drive: { ...drive, fault: fault ?? null } };
    writeNotes(this.#flash, this.#notes);
    this.#notesDue_ms = this.#now_ms + NOTES_MS;
  }

  /** Notes it when that was done some minutes ago. */
  rememberNowAndThen(): void {
    if (this.#now_ms >= this.#notesDue_ms) this.remember();
  }

  /** The simulation of it ends; its flash stays. */
  free(): void {
    this.remember();
    this.#turnOff(false);
  }

  #live(): DeviceCore {
    if (this.#core === undefined) throw new Error(`${this.device.device_id} has no power`);
    return this.#core;
  }

  #cores(): Cores {
    return this.#world.firmware?.of(this.#notes.firmware) ?? this.#world.cores;
  }

  /** A trap of the firmware is what a hard fault is on the device: it stops, blinks, and restarts. Device OS keeps no firmware before, so it starts the same one again. */
  #orPanic<T>(work: () => T, panicked: (error: unknown) => T): T {
    try {
      return work();
    } catch (error) {
      // Only of what came over the air: the factory's is this repository's own, and a trap in it must not go unseen.
      if (!isTrap(error) || !this.has_update) throw error;
      this.#turnOff(false);
      this.#panicked = true;
      this.#bootAt_ms = this.#now_ms + PANIC_MS;
      return panicked(error);
    }
  }

  #time(): { uptime_ms: number; utc_s: number } {
    this.#now.uptime_ms = this.#now_ms - this.#booted_ms;
    this.#now.utc_s = this.#clockKnown ? Math.floor(this.#now_ms / 1000) : 0;
    return this.#now;
  }

  #boot(): void {
    this.#booted_ms = this.#now_ms;
    this.#clockKnown = false;
    this.#restartWanted = false;
    this.#hasDelivered = false;
    this.#hadNetwork = true;
    this.#notes = { ...this.#notes, boots: this.#notes.boots + 1 };
    this.#connectAt_ms = this.#now_ms + 1000 * (14 + Math.floor(40 * chance(this.character.seed, 650, this.#notes.boots)));
    const core = this.#cores().create(this, { id: this.device.particle_id, ...this.#world.core });
    this.#core = core;
    this.remember();
    core.boot(this.#time());
    // It may have stopped before it counted the boot.
    if (this.#panicked) this.#notes = { ...this.#notes, boots: bootOf(core.report(this.#time())) };
    this.#panicked = false;
    this.#sampling?.booted(this.#notes.boots, 0);
    if (this.#settingsAtBoot !== undefined) this.call('settings', this.#settingsAtBoot, this.#now_ms);
    this.#settingsAtBoot = undefined;
  }

  #turnOff(clean: boolean): void {
    this.#core?.free();
    this.#core = undefined;
    this.outgoing = [];
    this.#offline(clean);
  }

  #offline(clean: boolean): void {
    if (this.online) this.saidGoodbye = clean;
    this.online = false;
    this.#hadNetwork = false;
  }

  #goOnline(): void {
    this.online = true;
    this.connections += 1;
    this.#clockKnown = true;
  }

  #noteSettings(argument: string): void {
    const every = /every_s=(\d+)/.exec(argument)?.[1];
    if (every === undefined) return;
    this.#notes = { ...this.#notes, every_s: Number(every) };
    if (this.#sampling !== undefined) this.#sampling.every_s = Number(every);
    this.remember();
  }

  // The platform, for the core.

  exchange(request: Uint8Array): Uint8Array | undefined {
    return this.line.exchange(request, this.#now_ms / 1000);
  }

  flashWrite(area: Area, slot: number, data: Uint8Array): boolean {
    return this.#flash.write(area, slot, data);
  }

  flashRead(area: Area, slot: number): Uint8Array | undefined {
    return this.#flash.read(area, slot);
  }

  connected(): boolean {
    return this.online;
  }

  publish(name: EventName, text: string, token: number): boolean {
    if (!this.online) return false;
    this.outgoing.push({ name, text, token });
    return true;
  }

  signalPct(): number {
    return this.network.signal_pct(this.#now_ms / 1000);
  }

  restart(): void {
    this.#restartWanted = true;
  }
}
