import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One call of a recorded trace: when it began and how long it took, in ms since the trace began. */
const call = z.strictObject({
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  from_ms: z.number().nonnegative(),
  duration_ms: z.number().nonnegative(),
  /** How many calls lie between this one and the beginning. */
  depth: z.int().nonnegative(),
  error: z.string().optional(),
});

/** A trace taken from a running system: traces/*.json, written by record-trace.ts. */
export const recordedTrace = z.strictObject({ recorded_at: z.iso.datetime(), calls: z.array(call).min(1) });
export type RecordedTrace = z.output<typeof recordedTrace>;

/** Reads a recorded trace by its path in docs. Throws an Error that names the file where it isn't there or is none. */
export function readTrace(file: string): RecordedTrace {
  const path = join(import.meta.dirname, '..', '..', file);
  const parsed = recordedTrace.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
