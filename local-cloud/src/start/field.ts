import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { decodePack } from '@enstratus/contract';
import { type FieldAnswer, type FieldOrder, fieldAnswer, fieldOrder } from '../fleet/field-messages.ts';
import type { FleetDevice } from '../fleet/fleet-device.ts';
import type { Span } from '../kernel/span.ts';
import type { FieldParticle } from './particle-parameters.ts';
import { StartError } from './progress.ts';

type Asked = Extract<FieldOrder, { request: number }>;
/** An order without its number, which is given here. */
type Order = { [Kind in Asked['kind']]: Omit<Extract<Asked, { kind: Kind }>, 'request'> }[Asked['kind']];
type Answered = Extract<FieldAnswer, { kind: 'manufactured' | 'done' }>;
type Publishes = Extract<FieldAnswer, { kind: 'publishes' }>;

interface Waiting {
  readonly done: (answer: Answered) => void;
  readonly failed: (error: Error) => void;
  readonly take?: (publishes: Publishes['publishes']) => void;
}

/** What is told of the field's end when nobody asked for it; its own words are kept up to this length. */
const LAST_WORDS = 4000;
const STOP_MS = 10_000;
/** A device's clock may be some seconds ahead. */
const MOST_AHEAD_S = 60;

interface FieldPlace {
  readonly directory: string;
  readonly port: number;
  readonly seed: number;
  readonly sampled?: string;
}

/** The process with the Particle cloud and the simulated devices (ADR 0007), as the process that started it sees it. */
export class Field {
  readonly particle: FieldParticle;
  /** Resolves to what the field said last when it ends though nobody stopped it. */
  readonly lost: Promise<string>;
  /** Hears of Particle's part in traces. */
  onSpan: (span: Span) => void = () => {};
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  #isStopping = false;

  private constructor(child: ChildProcess, particle: FieldParticle, lastWords: () => string) {
    this.#child = child;
    this.particle = particle;
    this.#exited = new Promise((resolve) => child.once('exit', () => resolve()));
    this.lost = new Promise((resolve) => {
      void this.#exited.then(() => {
        const error = new Error(`The field has ended:\n${lastWords()}`);
        for (const { failed } of this.#waiting.values()) failed(error);
        this.#waiting.clear();
        if (!this.#isStopping) resolve(lastWords());
      });
    });
    child.on('message', (message) => this.#hear(fieldAnswer.parse(message)));
  }

  /**
   * Starts the field's process. Rejects with an error of the code EADDRINUSE when the port is taken, and with StartError when it ends before it is ready.
   *
   * @param port Of the Particle cloud; 0 takes a free one.
   * @param directory Where it keeps what Particle and the devices know.
   * @param seed Of the fleet: decides, with a device's id, everything about it.
   * @param sampled A file to which every sampled document is told.
   */
  static start({ directory, port, seed, sampled }: FieldPlace): Promise<Field & { readonly port: number }> {
    const file = join(import.meta.dirname, '..', '..', 'bin', 'field.ts');
    const args = ['--directory', directory, '--port', String(port), '--seed', String(seed)];
    const child = fork(file, sampled === undefined ? args : [...args, '--sampled', sampled], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      // Last words are an error's, not that SQLite is an experiment in Node.
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    let said = '';
    // A port that is taken is no news: another one may be tried.
    let isHeard = false;
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said = `${said}${chunk}`.slice(-LAST_WORDS);
      if (isHeard) process.stderr.write(chunk);
    });
    return new Promise((resolve, reject) => {
      const onExit = () => {
        if (/EADDRINUSE/.test(said)) reject(Object.assign(new Error(`port ${port} is taken`), { code: 'EADDRINUSE' }));
        else reject(new StartError(`The field (Particle and the devices) could not start:\n${said}`));
      };
      child.once('exit', onExit);
      child.once('error', reject);
      child.once('message', (message) => {
        const answer = fieldAnswer.parse(message);
        if (answer.kind !== 'ready') return reject(new Error(`the field began with ${answer.kind}`));
        child.off('exit', onExit);
        isHeard = true;
        const field = new Field(child, answer.particle, () => said.trim());
        resolve(Object.assign(field, { port: Number(new URL(answer.particle.url).port) }));
      });
    });
  }

  /** Of the process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Makes Particle know these devices' ids, as their factory does. */
  async manufacture(ids: readonly string[]): Promise<void> {
    await this.#ask({ kind: 'manufacture', ids: [...ids] });
  }

  /**
   * Lets a stretch of a device's past happen at high speed; resolves to the packs that it published, in order. Times are epoch seconds. What its flash still holds of a
   * later time, from a start that was killed, is left out: the same time happens once more.
   */
  async history(device: FleetDevice, from_s: number, to_s: number): Promise<string[]> {
    const packs: string[] = [];
    await this.#ask({ kind: 'history', devices: [device], from_s, to_s, names: ['status'] }, (publishes) => {
      for (const { text, at_s } of publishes) if (!isAhead(text, at_s)) packs.push(text);
    });
    return packs;
  }

  /** Lets devices live in real time from now on. */
  async live(devices: readonly FleetDevice[]): Promise<void> {
    await this.#ask({ kind: 'live', devices: [...devices] });
  }

  /** Ends the process and waits for that. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#child.connected) this.#child.send({ kind: 'stop' } satisfies FieldOrder);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #ask(order: Order, take?: Waiting['take']): Promise<Answered> {
    const request = this.#requests;
    this.#requests += 1;
    return new Promise((done, failed) => {
      if (!this.#child.connected) return failed(new Error('The field has ended.'));
      // What is no order would be answered without its number.
      const message = fieldOrder.parse({ ...order, request });
      this.#waiting.set(request, { done, failed, ...(take === undefined ? {} : { take }) });
      this.#child.send(message);
    });
  }

  #hear(answer: FieldAnswer): void {
    if (answer.kind === 'ready') return;
    if (answer.kind === 'spans') {
      for (const span of answer.spans) this.onSpan(span);
      return;
    }
    const waiting = answer.request === null ? undefined : this.#waiting.get(answer.request);
    if (answer.kind === 'publishes') {
      waiting?.take?.(answer.publishes);
      const { request, batch } = answer;
      if (this.#child.connected) this.#child.send({ kind: 'taken', request, batch } satisfies FieldOrder);
      return;
    }
    if (answer.request !== null) this.#waiting.delete(answer.request);
    if (answer.kind === 'failed') {
      if (waiting === undefined) throw new Error(`the field could not do what it was told: ${answer.message}`);
      waiting.failed(new Error(`The field failed: ${answer.message}`));
    } else waiting?.done(answer);
  }
}

/** Whether a pack's documents are of a later time than its publish. */
function isAhead(text: string, at_s: number): boolean {
  const decoded = decodePack(text);
  return decoded.ok && (decoded.documents.at(-1)?.time ?? 0) > at_s + MOST_AHEAD_S;
}
