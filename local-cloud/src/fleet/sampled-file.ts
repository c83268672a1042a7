import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SampledDocument } from './sampled.ts';

/** The device side of the books: every document that was sampled, a line of JSON each. What the cloud has in the end is held against it. */
export class SampledFile {
  readonly #file: number;
  #lines: string[] = [];

  /** Goes on at the end of a file that is there. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a', 0o600);
  }

  add(document: SampledDocument): void {
    this.#lines.push(JSON.stringify(document));
    if (this.#lines.length >= 4096) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    writeSync(this.#file, `${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
