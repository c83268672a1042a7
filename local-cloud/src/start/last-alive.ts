import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** How often it is noted that the fleet lives. */
const EVERY_MS = 5000;

/** By the number of devices that lived: until when, epoch seconds. Devices are counted from 1, so those up to that number lived. */
const notes = z.record(z.string().regex(/^\d+$/), z.int().positive());

/** Answers for a device's number until when it lived, epoch seconds; undefined when it never did. Throws when the file is not what was written. */
export function lastAlive(directory: string): (number: number) => number | undefined {
  const noted = Object.entries(readNotes(directory)).map(([count, until]) => ({ count: Number(count), until }));
  return (number) => {
    const times = noted.flatMap(({ count, until }) => (count >= number ? [until] : []));
    return times.length === 0 ? undefined : Math.max(...times);
  };
}

/**
 * Notes every few seconds that the first `count` devices live, as a process that is killed can't do it then: what came after it was killed is caught up from
 * there. Returns what notes it once more and ends that.
 */
export function noteAlive(directory: string, count: number): () => void {
  const others = readNotes(directory);
  const note = (until_ms: number) => {
    const temporary = `${fileIn(directory)}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify({ ...others, [count]: Math.ceil(until_ms / 1000) })}\n`);
    renameSync(temporary, fileIn(directory));
  };
  // The time until the next note is counted in: a minute that is sampled twice would be worse than one that is missing.
  note(Date.now() + EVERY_MS);
  const timer = setInterval(() => note(Date.now() + EVERY_MS), EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    note(Date.now());
  };
}

function readNotes(directory: string): z.output<typeof notes> {
  let text: string;
  try {
    text = readFileSync(fileIn(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  return notes.parse(JSON.parse(text));
}

const fileIn = (directory: string) => join(directory, 'last-alive.json');
