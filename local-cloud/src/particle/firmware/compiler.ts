import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { COMPILE_TIMEOUT_MS } from '../documented.ts';

const compiled = z.union([
  z.strictObject({ binary: z.instanceof(Uint8Array) }),
  /** The compiler's own words. */
  z.strictObject({ errors: z.string() }),
]);
export type Compiled = z.output<typeof compiled>;

/** Compiles projects in a thread of its own, one after the other: the compiler takes a processor for some 15 s. The same sources are not compiled twice. */
export class Compiler {
  #turn: Promise<unknown> = Promise.resolve();
  readonly #known = new Map<string, Compiled>();
  #worker: Worker | undefined;

  /** @param project Path in the project to text. Rejects when it took too long. */
  async compile(project: ReadonlyMap<string, string>): Promise<Compiled> {
    const files = [...project].sort(([one], [other]) => (one < other ? -1 : 1));
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
    const mine = this.#turn.then(() => this.#known.get(hash) ?? this.#run(files));
    this.#turn = mine.catch(() => {});
    const made = await mine;
    if (this.#known.size > 16) this.#known.clear();
    this.#known.set(hash, made);
    return made;
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #run(files: readonly (readonly [string, string])[]): Promise<Compiled> {
    const worker = new Worker(new URL('compile-worker.ts', import.meta.url), { workerData: { files } });
    this.#worker = worker;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Compiled>((resolve, reject) => {
        worker.once('message', (message: unknown) => resolve(compiled.parse(message)));
        worker.once('error', reject);
        worker.once('exit', () => reject(new Error('the compiler was stopped')));
        timer = setTimeout(() => reject(new Error(`the compiler took longer than ${COMPILE_TIMEOUT_MS / 1000} s`)), COMPILE_TIMEOUT_MS);
      });
    } finally {
      clearTimeout(timer);
      await worker.terminate();
    }
  }
}
