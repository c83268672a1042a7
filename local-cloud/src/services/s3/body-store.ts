import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, open, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that holds a piece of an object's body: all of it, or one part of a multipart upload. Never changed. */
export interface Segment {
  readonly file: string;
  readonly size: number;
}

/**
 * Bodies on disk. A body is written beside its place and moved there when whole; it belongs to an object once the
 * object's row names it, and what no row names is swept at the next start. So a kill never leaves half an object.
 */
export class BodyStore {
  readonly #bodies: string;
  readonly #incoming: string;
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(directory: string) {
    this.#bodies = join(directory, 'bodies');
    this.#incoming = join(directory, 'incoming');
    mkdirSync(this.#bodies, { recursive: true });
    mkdirSync(this.#incoming, { recursive: true });
  }

  async write(bytes: Uint8Array): Promise<Segment> {
    const file = randomBytes(16).toString('hex');
    const incoming = join(this.#incoming, file);
    try {
      await writeFile(incoming, bytes, { flag: 'wx' });
      await this.#moveIn(incoming, file);
    } catch (error) {
      rmSync(incoming, { force: true });
      throw error;
    }
    return { file, size: bytes.length };
  }

  /** The bytes from `start` up to, not including, `end`. What is deleted meanwhile is still read to its end. */
  async read(segments: readonly Segment[], start: number, end: number): Promise<Buffer> {
    const release = this.#pin(segments);
    try {
      const bytes = Buffer.allocUnsafe(end - start);
      let filled = 0;
      let offset = 0;
      for (const segment of segments) {
        const from = Math.max(start - offset, 0);
        const to = Math.min(end - offset, segment.size);
        offset += segment.size;
        if (from >= to) continue;
        const handle = await open(this.#path(segment.file), 'r');
        try {
          for (let position = from; position < to; ) {
            const { bytesRead } = await handle.read(bytes, filled, to - position, position);
            if (bytesRead === 0) throw new Error(`body ${segment.file} is shorter than ${segment.size} bytes`);
            filled += bytesRead;
            position += bytesRead;
          }
        } finally {
          await handle.close();
        }
      }
      return bytes;
    } finally {
      await release();
    }
  }

  /**
   * Deletes the files once nobody reads them any more. No row names them by then, so a file that can't be deleted fails
   * nobody's request: it is told on the console and swept at the next start.
   */
  async remove(segments: readonly Segment[]): Promise<void> {
    for (const { file } of segments) {
      if (this.#readers.has(file)) this.#doomed.add(file);
      else await unlinkOrTell(this.#path(file));
    }
  }

  /** Deletes what a killed process left behind: uploads not finished, bodies that no object names. */
  sweep(isUsed: (file: string) => boolean): void {
    for (const name of readdirSync(this.#incoming)) rmSync(join(this.#incoming, name), { force: true });
    for (const folder of readdirSync(this.#bodies)) {
      for (const file of readdirSync(join(this.#bodies, folder))) {
        if (!isUsed(file)) rmSync(join(this.#bodies, folder, file), { force: true });
      }
    }
  }

  async #moveIn(incoming: string, file: string): Promise<void> {
    await mkdir(join(this.#bodies, file.slice(0, 2)), { recursive: true });
    await rename(incoming, this.#path(file));
  }

  #pin(segments: readonly Segment[]): () => Promise<void> {
    for (const { file } of segments) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    return async () => {
      for (const { file } of segments) {
        const left = (this.#readers.get(file) ?? 1) - 1;
        if (left > 0) {
          this.#readers.set(file, left);
          continue;
        }
        this.#readers.delete(file);
        if (this.#doomed.delete(file)) await unlinkOrTell(this.#path(file));
      }
    };
  }

  #path(file: string): string {
    return join(this.#bodies, file.slice(0, 2), file);
  }
}

async function unlinkOrTell(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    console.error(`s3: the body ${path}, which no object names any more, could not be deleted:`, error);
  }
}
