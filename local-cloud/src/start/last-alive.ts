import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How often it is noted that the fleet lives. */
const EVERY_MS = 5000;

/** Until when the fleet of a directory lived, epoch seconds; undefined when it never did. */
export function lastAlive(directory: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const time = Number(text);
  if (!Number.isInteger(time) || time <= 0) throw new Error(`${fileIn(directory)} holds no time: delete it`);
  return time;
}

/**
 * Notes every few seconds that the fleet lives, as a process that is killed can't do it then: what came after it was killed is caught up from there.
 * Returns what notes it once more and ends that.
 */
export function noteAlive(directory: string): () => void {
  const note = () => {
    const temporary = `${fileIn(directory)}.${process.pid}`;
    // The time to come is counted in: a minute that is sampled twice would be worse than one that is missing.
    writeFileSync(temporary, `${Math.ceil((Date.now() + EVERY_MS) / 1000)}\n`);
    renameSync(temporary, fileIn(directory));
  };
  note();
  const timer = setInterval(note, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    note();
  };
}

const fileIn = (directory: string) => join(directory, 'last-alive');
