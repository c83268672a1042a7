import { decoding, isObject, NotDecodable, parseJsonObject, wholeNumber } from './decoding.ts';
import { assembleDocument } from './pack.ts';
import { decodeNumbers, decodeRunStates } from './pack-columns.ts';
import type { StatusDocument } from './status-document.ts';
import { maxCounter, numberFields, type ReadingName, type RunState } from './status-fields.ts';

const standing: ReadonlySet<RunState | null> = new Set<RunState>(['stopped', 'waiting']);
const ofTheMotor: ReadonlySet<ReadingName> = new Set<ReadingName>(['motor_w', 'motor_a', 'motor_hz']);

/** What a reading is when a line of this run state has nothing of it: 0 where nothing else is to be expected, else it could not be read. */
function unsaid(name: ReadingName, run_state: RunState | null): 0 | null {
  return name === 'fault_code' || (ofTheMotor.has(name) && standing.has(run_state)) ? 0 : null;
}

/**
 * One document as it stands in the device's log stream: compact JSON, about 120 bytes (ADR 0008). The event's timestamp carries the time.
 * A reading that is null is left out, so that no query takes it for a value. Left out too is a 0 that goes without saying: a fault_code of 0, and motor_w,
 * motor_a and motor_hz of 0 while the motor is to stand (stopped, waiting). Such a reading is written as null when it could not be read.
 */
export function toLogLine(document: StatusDocument): string {
  const line: Record<string, unknown> = { boot_id: document.boot_id, seq: document.seq };
  if (document.run_state !== null) line['run_state'] = document.run_state;
  for (const { name } of numberFields) {
    if (document[name] !== unsaid(name, document.run_state)) line[name] = document[name];
  }
  return JSON.stringify(line);
}

/**
 * The document in a log line, or undefined for a line that is none.
 *
 * @param timestamp_ms The log event's timestamp.
 */
export function parseLogLine(line: string, timestamp_ms: number): StatusDocument | undefined {
  const parsed = decoding(() => {
    const value = parseJsonObject(line);
    const run_state = decodeRunStates(value['run_state'] ?? null, 1)[0] ?? null;
    return assembleDocument(
      {
        boot_id: wholeNumber(value['boot_id'], 'boot_id', 0, maxCounter),
        seq: wholeNumber(value['seq'], 'seq', 0, maxCounter),
        time: Math.floor(timestamp_ms / 1000),
      },
      run_state,
      numberFields.map((field) => {
        const reading = value[field.name];
        if (isObject(reading) || Array.isArray(reading)) throw new NotDecodable('wrong_type', `${field.name} must be a number`, field.name);
        return [field.name, decodeNumbers(field, reading === undefined ? unsaid(field.name, run_state) : reading, 1)[0] ?? null];
      }),
    );
  });
  return 'ok' in parsed ? undefined : parsed;
}
