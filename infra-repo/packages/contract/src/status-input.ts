import { type DecodedDocuments, type DecodeFailure, decoding, isObject, NotDecodable, parseJsonObject, wholeNumber } from './decoding.ts';
import { assembleDocument, encodePack, packDocumentsOf, packVersion, requirePackSize, requirePublishSize } from './pack.ts';
import { runStateOf } from './pack-columns.ts';
import type { StatusDocument } from './status-document.ts';
import {
  fromSteps,
  maxCounter,
  type NumberField,
  numberFields,
  type RunState,
  statusFields,
  stepsInRange,
  timeRange,
} from './status-fields.ts';

const plainNames: ReadonlySet<string> = new Set(['v', 'boot_id', 'seq', 'time', ...statusFields.map((field) => field.name)]);

export interface DecodedStatus extends DecodedDocuments {
  /** What is kept: a pack's text as received, or the canonical pack of a plain document. Always a valid pack. */
  readonly pack: string;
}

/**
 * Decodes what a device published: a pack (it has `count`) or a plain document. It never throws.
 *
 * @param data The published text, or the object in it where the webhook's template put it in as JSON.
 * @param published_at When Particle took the publish, in epoch seconds: the time of a plain document that carries none.
 */
export function decodeStatus(data: string | Readonly<Record<string, unknown>>, published_at?: number): DecodedStatus | DecodeFailure {
  return decoding(() => {
    if (typeof data !== 'string') requireFlat(data);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    requirePublishSize(text);
    const value = typeof data === 'string' ? parseJsonObject(data) : data;
    if (value['count'] === undefined) {
      const document = plainDocument(value, published_at);
      return { ok: true as const, documents: [document], pack: encodePack([document]) };
    }
    requirePackSize(text);
    return { ok: true as const, documents: packDocumentsOf(value), pack: text };
  });
}

export interface DecodedSample {
  readonly ok: true;
  readonly document: StatusDocument;
}

/**
 * Decodes what a device publishes as `status/live` or `status/changed`: a plain document that says its own version, identity and time. It never throws.
 *
 * @param data As in `decodeStatus`.
 */
export function decodeSample(data: string | Readonly<Record<string, unknown>>): DecodedSample | DecodeFailure {
  return decoding(() => {
    if (typeof data !== 'string') requireFlat(data);
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    requirePublishSize(text);
    const value = typeof data === 'string' ? parseJsonObject(data) : data;
    const missing = (['v', 'boot_id', 'seq', 'time'] as const).find((name) => isNothing(value[name]));
    if (missing !== undefined) throw new NotDecodable('missing_field', `${missing} is missing`, missing);
    return { ok: true as const, document: plainDocument(value, undefined) };
  });
}

/** Nothing in a status lies deeper than a column; what does can't be written as text safely. */
function requireFlat(data: Readonly<Record<string, unknown>>): void {
  const nested = Object.keys(data).find((name) => {
    const value = data[name];
    return isObject(value) || (Array.isArray(value) && value.some((entry) => typeof entry === 'object' && entry !== null));
  });
  if (nested !== undefined) throw new NotDecodable('wrong_type', 'a value must be a scalar or a column of scalars', nested.slice(0, 40));
}

function plainDocument(value: Readonly<Record<string, unknown>>, published_at: number | undefined): StatusDocument {
  if (value['v'] !== undefined && numberIn(value['v']) !== packVersion)
    throw new NotDecodable('unknown_version', `v must be ${packVersion}`, 'v');
  const unknown = Object.keys(value).find((name) => !plainNames.has(name));
  if (unknown !== undefined) throw new NotDecodable('unknown_field', 'the document has a field that is not known', unknown.slice(0, 40));
  const time = wholeNumber(isNothing(value['time']) ? published_at : numberIn(value['time']), 'time', timeRange.min, timeRange.max);
  const identity = plainIdentity(value, time);
  const missing = statusFields.find((field) => value[field.name] === undefined);
  if (missing !== undefined) throw new NotDecodable('missing_field', `${missing.name} is missing`, missing.name);
  return assembleDocument(
    identity,
    plainRunState(value['run_state']),
    numberFields.map((field) => [field.name, plainReading(field, value[field.name])]),
  );
}

function plainIdentity(value: Readonly<Record<string, unknown>>, time: number): { boot_id: number; seq: number; time: number } {
  if (isNothing(value['boot_id']) && isNothing(value['seq'])) {
    const seq = Math.floor(time / 60);
    return { boot_id: 0, seq, time: seq * 60 };
  }
  const part = (name: 'boot_id' | 'seq') => wholeNumber(isNothing(value[name]) ? undefined : numberIn(value[name]), name, 0, maxCounter);
  return { boot_id: part('boot_id'), seq: part('seq'), time };
}

/** A template writes an empty text where the value was missing or null. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === 'null';
}

/** The number in a numeric text (webhook templates turn every value into text); anything else as it is. */
function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? Number(value) : value;
}

function plainRunState(value: unknown): RunState | null {
  return isNothing(value) ? null : runStateOf(value);
}

function plainReading(field: NumberField, value: unknown): number | null {
  if (isNothing(value)) return null;
  const number = numberIn(value);
  if (typeof number !== 'number')
    throw new NotDecodable('wrong_type', `${field.name} must be a number, a numeric text or null`, field.name);
  const steps = Math.round(field.resolution === 1 ? number : number * 10) + 0; // no minus zero
  if (!stepsInRange(field, steps)) throw new NotDecodable('out_of_range', `${field.name} must be ${field.min} to ${field.max}`, field.name);
  return fromSteps(field, steps);
}
