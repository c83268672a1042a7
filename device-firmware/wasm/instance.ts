import { readFile } from 'node:fs/promises';
import { corePath } from './package-root.ts';

/** What bindings.cpp exports. A machine is its address; texts and documents go through buffers of the instance. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly __stack_pointer: WebAssembly.Global;
  text(): number;
  text_bytes(): number;
  documents(): number;
  machine_bytes(): number;
  create(host: number, mapLength: number, unit: number, maxPacks: number, poll_s: number): number;
  destroy(machine: number): void;
  boot(machine: number, idLength: number, uptime_ms: number, utc_s: number): void;
  tick(machine: number, uptime_ms: number, utc_s: number): number;
  waiting_pack_ms(machine: number): number;
  call(machine: number, name: number, length: number, uptime_ms: number, utc_s: number): number;
  published(machine: number, token: number, ok: number, uptime_ms: number, utc_s: number): void;
  report(machine: number, uptime_ms: number, utc_s: number): number;
  pack_second(idLength: number): number;
  encode_pack(count: number): number;
  read_status(length: number, publishedAt_s: number): number;
  refusal(number: number): number;
  cut_add(pack_minutes: number, every_s: number): number;
  cut_end(): number;
}

/** What it imports, as the module "host". */
export interface CoreImports {
  exchange(host: number, request: number, length: number, response: number, capacity: number): number;
  flash_write(host: number, area: number, slot: number, data: number, length: number): number;
  flash_read(host: number, area: number, slot: number, data: number, capacity: number): number;
  connected(host: number): number;
  publish(host: number, name: number, text: number, length: number, token: number): number;
  signal_pct(host: number): number;
  restart(host: number): void;
}

/** An instance, with views of its memory that are made again when the memory has grown. */
export class Instance {
  readonly exports: CoreExports;
  readonly textAt: number;
  readonly textBytes: number;
  readonly documentsAt: number;
  #bytes: Uint8Array;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();

  constructor(exports: CoreExports) {
    this.exports = exports;
    this.textAt = exports.text();
    this.textBytes = exports.text_bytes();
    this.documentsAt = exports.documents();
    this.#bytes = new Uint8Array(exports.memory.buffer);
  }

  /** All of the memory. Growing it leaves the views before with nothing. */
  get bytes(): Uint8Array {
    if (this.#bytes.byteLength === 0) this.#bytes = new Uint8Array(this.exports.memory.buffer);
    return this.#bytes;
  }

  textOf(at: number, length: number): string {
    return this.#decoder.decode(this.bytes.subarray(at, at + length));
  }

  /** What the core put into the text buffer. */
  takeText(length: number): string {
    return this.textOf(this.textAt, length);
  }

  /** Puts a text into the text buffer and answers its length. One that is longer than the buffer is cut: it is too long for the core, too. */
  putText(text: string): number {
    return this.#encoder.encodeInto(text, this.bytes.subarray(this.textAt, this.textAt + this.textBytes)).written;
  }

  /** The documents' buffer, in words of 32 bits. */
  documentWords(count: number): Int32Array {
    return new Int32Array(this.exports.memory.buffer, this.documentsAt, count * 13);
  }
}

/** The core that the build made. Error with what to do when it isn't built. */
export async function builtCore(): Promise<Uint8Array> {
  return readFile(corePath).catch((cause: unknown) => {
    throw new Error(`The firmware's core isn't built: ${corePath} can't be read. Run: npm run build -w device-firmware`, { cause });
  });
}

/** Throws what WebAssembly throws for bytes that are no module, or that want another host. */
export async function instantiate(module: WebAssembly.Module, host: CoreImports): Promise<Instance> {
  const { exports } = await WebAssembly.instantiate(module, { host: { ...host } });
  // The build makes this file from bindings.cpp, which declares these very functions.
  return new Instance(exports as unknown as CoreExports);
}
