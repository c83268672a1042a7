import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cores, loadCores } from '@enstratus/device-firmware/core';

const SUFFIX = '.wasm';

/**
 * The firmwares that a fleet's devices run: the one they left the factory with, and those that came over the air. One WebAssembly instance each, however many devices
 * run it; a device moves to another with its flash.
 */
export class FirmwareStore {
  readonly factory: Cores;
  readonly #cores = new Map<string, Cores>();
  readonly #directory: string | undefined;

  private constructor(factory: Cores, directory: string | undefined) {
    this.factory = factory;
    this.#directory = directory;
  }

  /**
   * Reads what was added before. Rejects when the core isn't built.
   *
   * @param directory Where firmwares are kept; undefined: in memory, and gone with the process.
   */
  static async open(directory: string | undefined): Promise<FirmwareStore> {
    const store = new FirmwareStore(await loadCores(), directory);
    if (directory === undefined) return store;
    mkdirSync(directory, { recursive: true });
    for (const file of readdirSync(directory).filter((name) => name.endsWith(SUFFIX)))
      store.#cores.set(file.slice(0, -SUFFIX.length), await loadCores(readFileSync(join(directory, file))));
    return store;
  }

  /** Takes a firmware; answers its SHA-256 in hexadecimal digits. Rejects when it is none: nothing is kept then. */
  async add(binary: Uint8Array): Promise<string> {
    const id = createHash('sha256').update(binary).digest('hex');
    if (this.#cores.has(id)) return id;
    const cores = await loadCores(binary);
    if (this.#directory !== undefined) {
      const path = join(this.#directory, `${id}${SUFFIX}`);
      writeFileSync(`${path}.${process.pid}`, binary);
      renameSync(`${path}.${process.pid}`, path);
    }
    this.#cores.set(id, cores);
    return id;
  }

  /** What a device runs; null is the factory's. Throws for one that was never added. */
  of(id: string | null): Cores {
    const cores = id === null ? this.factory : this.#cores.get(id);
    if (cores === undefined) throw new Error(`No firmware ${id}`);
    return cores;
  }
}
