import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const shape = z.record(z.string(), z.string());

/** What has been done with which input, so that an unchanged thing isn't done again. Kept as a JSON file. */
export class Stamps {
  readonly #file: string;
  readonly #stamps: Record<string, string>;

  constructor(file: string) {
    this.#file = file;
    this.#stamps = readStamps(file);
  }

  is(key: string, value: string): boolean {
    return this.#stamps[key] === value;
  }

  /** Keeps what others have set meanwhile. */
  set(key: string, value: string): void {
    Object.assign(this.#stamps, readStamps(this.#file), { [key]: value });
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(this.#stamps, null, 2)}\n`);
  }
}

/** A missing or damaged file only means that everything is done once more. */
function readStamps(file: string): Record<string, string> {
  try {
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}
