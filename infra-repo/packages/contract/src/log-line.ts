import { decoding, isObject, NotDecodable, parseJsonObject, wholeNumber } from './decoding.ts';
import { bootOfLogStream } from './names.ts';
import { assembleDocument } from './pack.ts';
import { decodeNumbers, decodeRunStates } from './pack-columns.ts';
import type { StatusDocument } from './status-document.ts';
import { maxCounter, numberFields } from './status-fields.ts';

/**
 * One document as it stands in the log stream of its boot: compact JSON, about 135 bytes. The event's timestamp carries the time, the stream's name the boot.
 * A reading that is null is left out, so that no query takes it for a value; a fault_code of 0 is left out too, and a
 * fault_code that could not be read is written as null.
 */
export function toLogLine(document: StatusDocument): string {
  const line: Record<string, unknown> = { seq: document.seq };
  if (document.run_state !== null) line['run_state'] = document.run_state;
  for (const { name } of numberFields) {
    const reading = document[name];
    if (name === 'fault_code' ? reading !== 0 : reading !== null) line[name] = reading;
  }
  return JSON.stringify(line);
}

/**
 * The document in a log line, or undefined for a line that is none.
 *
 * @param timestamp_ms The log event's timestamp.
 * @param stream The name of the log stream in which it stands.
 */
export function parseLogLine(line: string, timestamp_ms: number, stream: string): StatusDocument | undefined {
  const boot_id = bootOfLogStream(stream);
  if (boot_id === undefined) return undefined;
  const parsed = decoding(() => {
    const value = parseJsonObject(line);
    return assembleDocument(
      {
        boot_id,
        seq: wholeNumber(value['seq'], 'seq', 0, maxCounter),
        time: Math.floor(timestamp_ms / 1000),
      },
      decodeRunStates(value['run_state'] ?? null, 1)[0] ?? null,
      numberFields.map((field) => {
        const absent = field.name === 'fault_code' ? 0 : null;
        const reading = value[field.name];
        if (isObject(reading) || Array.isArray(reading)) throw new NotDecodable('wrong_type', `${field.name} must be a number`, field.name);
        return [field.name, decodeNumbers(field, reading === undefined ? absent : reading, 1)[0] ?? null];
      }),
    );
  });
  return 'ok' in parsed ? undefined : parsed;
}
