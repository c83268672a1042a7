import { decoding, isObject, NotDecodable, parseJsonObject, wholeNumber } from './decoding.ts';
import { assembleDocument } from './pack.ts';
import { decodeNumbers, decodeRunStates } from './pack-columns.ts';
import type { StatusDocument } from './status-document.ts';
import { maxCounter, numberFields } from './status-fields.ts';

/**
 * One document as it stands in the device's log stream: compact JSON, about 150 bytes. The event's timestamp carries the time.
 * A reading that is null is left out, so that no query takes it for a value; a fault_code of 0 is left out too, and a
 * fault_code that could not be read is written as null.
 */
export function toLogLine(document: StatusDocument): string {
  const line: Record<string, unknown> = { boot_id: document.boot_id, seq: document.seq };
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
 */
export function parseLogLine(line: string, timestamp_ms: number): StatusDocument | undefined {
  const parsed = decoding(() => {
    const value = parseJsonObject(line);
    return assembleDocument(
      {
        boot_id: wholeNumber(value['boot_id'], 'boot_id', 0, maxCounter),
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
