import { decodeStatus, type StatusDocument } from '@enstratus/contract';
import type { Area, CoreConfig, Cores, DeviceCore, EventName, FunctionName, Platform } from '../../wasm/core.ts';
import { ScriptedDrive } from './scripted-drive.ts';

/** What becomes of one publish. */
export type Fate =
  /** The cloud got it, and the device hears so. */
  | 'acknowledged'
  /** The cloud got it twice. */
  | 'repeated'
  /** The cloud got it; the acknowledgement comes after a minute. */
  | 'late'
  /** The cloud got it, but the device hears that it didn't. */
  | 'taken_for_lost'
  | 'lost'
  /** The cloud got it, and the device hears nothing at all. */
  | 'unanswered'
  | 'refused';

export interface Received {
  readonly name: EventName;
  readonly text: string;
  readonly utc_ms: number;
  /** By which of its starts it was published, the first being 1. */
  readonly boot: number;
}

/** How a write looks that power cut short. */
export type Torn = 'nothing' | 'half' | 'half_over_old' | 'whole';

/** A whole minute: documents stand on whole minutes. */
export const startOfWorld_s = 1_763_760_000;

/**
 * One device in a world that the test drives: it has a flash that outlives power cuts, a drive, a network with a fate for each publish, and a cloud that keeps
 * what it got. Time goes on only by run().
 */
export class World {
  readonly drive = new ScriptedDrive();
  readonly received: Received[] = [];
  /** Everything that was handed over, whether it arrived or not. */
  readonly published: Received[] = [];
  readonly flash = new Map<string, Uint8Array>();
  readonly restarts: number[] = [];
  /** Identities that were written to the journal, whole. */
  readonly sampled = new Set<string>();
  fate: () => Fate = () => 'acknowledged';
  connected = true;
  flashFails: () => boolean = () => false;
  /** The clock of the device is right from this moment on. */
  clockKnownFrom_ms = 0;
  /** How wrong it is. */
  clockError_s = 0;
  utc_ms = startOfWorld_s * 1000;
  bootedAt_ms = 0;
  #boots = 0;
  silentMinutes = new Set<number>();
  /** Minutes in which power went. */
  readonly cutMinutes = new Set<number>();

  /** Minutes that began with power on, and the clock known since a second before. */
  readonly timedMinutes = new Set<number>();

  readonly #cores: Cores;
  readonly #config: CoreConfig;
  #core: DeviceCore | undefined;
  #due_ms = 0;
  #answers: { readonly at_ms: number; readonly token: number; readonly ok: boolean; readonly core: DeviceCore }[] = [];
  #cutIn: { writes: number; readonly torn: Torn } | undefined;
  #dead = false;
  #wantsRestart = false;
  /** It doesn't restart when it is asked to: not yet, or never. */
  deafToRestart = false;

  constructor(cores: Cores, config: CoreConfig = {}) {
    this.#cores = cores;
    this.#config = config;
  }

  get utc_s(): number {
    return Math.floor(this.utc_ms / 1000);
  }

  get isOn(): boolean {
    return this.#core !== undefined;
  }

  /** Power comes; the clock is known after `clockAfter_s`. */
  boot(clockAfter_s = 0): void {
    this.bootedAt_ms = this.utc_ms;
    this.#boots += 1;
    this.clockKnownFrom_ms = this.utc_ms + clockAfter_s * 1000;
    this.#dead = false;
    const core = this.#cores.create(this.#platform(), this.#config);
    this.#core = core;
    this.#due_ms = this.utc_ms;
    this.#show();
    core.boot(this.#now());
    this.#afterCall();
  }

  /** Power goes, between two calls. */
  cutPower(): void {
    this.cutMinutes.add(Math.floor(this.utc_s / 60));
    this.#core?.free();
    this.#core = undefined;
    this.#cutIn = undefined;
    this.#answers = [];
  }

  /** Power will go during the n-th write to flash from now on. */
  cutPowerAtWrite(writes: number, torn: Torn): void {
    this.#cutIn = { writes, torn };
  }

  keepPower(): void {
    this.#cutIn = undefined;
  }

  /** The answer of a function, or undefined when power went during it. */
  call(name: FunctionName, argument: string): number | undefined {
    const core = this.#core;
    if (core === undefined) throw new Error('The device is off');
    this.#show();
    const answer = core.call(name, argument, this.#now());
    const died = this.#dead;
    this.#due_ms = Math.min(this.#due_ms, this.utc_ms + 10);
    this.#afterCall();
    return died ? undefined : answer;
  }

  report(): Readonly<Record<string, unknown>> {
    if (this.#core === undefined) throw new Error('The device is off');
    return JSON.parse(this.#core.report(this.#now()));
  }

  /** Lets so many seconds pass. */
  run(seconds: number): void {
    const end_ms = this.utc_ms + Math.round(seconds * 1000);
    while (this.utc_ms < end_ms) {
      if (this.#core === undefined) {
        this.utc_ms = end_ms;
        return;
      }
      const next_ms = Math.min(end_ms, this.#due_ms, ...this.#answers.map((answer) => answer.at_ms));
      this.utc_ms = Math.max(this.utc_ms, next_ms);
      this.#show();
      this.#answer();
      const core = this.#core;
      if (core !== undefined && this.utc_ms >= this.#due_ms) {
        this.#due_ms = this.bootedAt_ms + core.tick(this.#now());
        if (this.utc_ms % 60_000 < 1000 && this.utc_ms - this.clockKnownFrom_ms > 2000) this.timedMinutes.add(this.drive.minute);
        if (this.#due_ms <= this.utc_ms) throw new Error('A device wants to be called at a time that has passed');
        this.#afterCall();
      }
    }
  }

  /** Lets seconds pass in which the machine is busy with something else and calls nothing. */
  stall(seconds: number): void {
    this.utc_ms += seconds * 1000;
  }

  /** The network comes or goes. */
  connect(connected: boolean): void {
    this.connected = connected;
    this.#due_ms = this.utc_ms;
  }

  ofName(name: EventName, since_ms = 0): Received[] {
    return this.received.filter((text) => text.name === name && text.utc_ms >= since_ms);
  }

  /** Every document of every pack that the cloud got. */
  documents(): StatusDocument[] {
    return this.ofName('status').flatMap(({ text }) => documentsOf(text));
  }

  #now() {
    const known = this.utc_ms >= this.clockKnownFrom_ms;
    return { uptime_ms: this.utc_ms - this.bootedAt_ms, utc_s: known ? this.utc_s + this.clockError_s : 0 };
  }

  #show(): void {
    const minute = Math.floor(this.utc_s / 60);
    this.drive.utc_s = this.utc_s;
    this.drive.minute = minute;
    if (this.silentMinutes.size > 0) this.drive.silent = this.silentMinutes.has(minute);
  }

  #answer(): void {
    const due = this.#answers.filter((answer) => answer.at_ms <= this.utc_ms);
    this.#answers = this.#answers.filter((answer) => answer.at_ms > this.utc_ms);
    for (const { token, ok, core } of due) {
      if (core !== this.#core) continue;
      core.published(token, ok, this.#now());
      this.#due_ms = this.utc_ms;
      this.#afterCall();
    }
  }

  /** What the machine does once a call has returned. */
  #afterCall(): void {
    if (this.#dead) {
      this.cutPower();
    } else if (this.#wantsRestart) {
      this.#wantsRestart = false;
      const clockWasKnown = this.utc_ms >= this.clockKnownFrom_ms;
      const stillAway_s = (this.clockKnownFrom_ms - this.utc_ms) / 1000;
      this.cutPower();
      this.boot(clockWasKnown ? 0 : stillAway_s);
    }
  }

  #platform(): Platform {
    return {
      exchange: (request) => (this.#dead ? undefined : this.drive.exchange(request)),
      flashWrite: (area, slot, data) => this.#write(area, slot, data),
      flashRead: (area, slot) => this.flash.get(`${area} ${slot}`),
      connected: () => this.connected && !this.#dead,
      publish: (name, text, token) => this.#publish(name, text, token),
      signalPct: () => 50,
      restart: () => {
        this.restarts.push(this.utc_s);
        this.#wantsRestart = !this.deafToRestart;
      },
    };
  }

  #write(area: Area, slot: number, data: Uint8Array): boolean {
    if (this.#dead || this.flashFails()) return false;
    const key = `${area} ${slot}`;
    if (this.#cutIn !== undefined && --this.#cutIn.writes <= 0) {
      this.#tear(key, data, this.#cutIn.torn);
      if (area === 'journal' && this.#cutIn.torn === 'whole') this.sampled.add(identityOf(data));
      this.#dead = true;
      return false;
    }
    this.flash.set(key, data.slice());
    if (area === 'journal') this.sampled.add(identityOf(data));
    return true;
  }

  #tear(key: string, data: Uint8Array, torn: Torn): void {
    const old = this.flash.get(key) ?? new Uint8Array();
    const half = Math.floor(data.length / 2);
    if (torn === 'whole') this.flash.set(key, data.slice());
    if (torn === 'half') this.flash.set(key, data.slice(0, half));
    if (torn === 'half_over_old') this.flash.set(key, Uint8Array.from([...data.slice(0, half), ...old.slice(half)]));
  }

  #publish(name: EventName, text: string, token: number): boolean {
    const core = this.#core;
    if (this.#dead || core === undefined) return false;
    const fate = this.connected ? this.fate() : 'refused';
    if (fate === 'refused') return false;
    const one = { name, text, utc_ms: this.utc_ms, boot: this.#boots };
    this.published.push(one);
    if (fate !== 'lost') this.received.push(one);
    if (fate === 'repeated') this.received.push(one);
    if (fate !== 'unanswered') {
      const after_ms = fate === 'late' ? 60_000 : fate === 'acknowledged' || fate === 'repeated' ? 200 : 20_000;
      this.#answers.push({ at_ms: this.utc_ms + after_ms, token, ok: fate !== 'lost' && fate !== 'taken_for_lost', core });
    }
    return true;
  }
}

/** Documents of a text, which must be one that the cloud takes. */
export function documentsOf(text: string): readonly StatusDocument[] {
  const decoded = decodeStatus(text);
  if (!decoded.ok) throw new Error(`The device published what the cloud refuses: ${decoded.reason} ${decoded.detail}: ${text}`);
  return decoded.documents;
}

export const identity = ({ boot_id, seq }: { readonly boot_id: number; readonly seq: number }): string => `${boot_id}/${seq}`;

/** The identity in a record of the journal (flash_queue.cpp). */
function identityOf(record: Uint8Array): string {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  return identity({ boot_id: view.getUint32(2, true), seq: view.getUint32(6, true) });
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, public domain). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
