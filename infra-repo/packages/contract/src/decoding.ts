import type { StatusDocument } from './status-document.ts';

/** Why a text is not a status: a closed set, the same in every language that reads packs. */
export const decodeFailureReasons = [
  'too_large',
  'not_json',
  'wrong_shape',
  'unknown_version',
  'missing_field',
  'unknown_field',
  'wrong_type',
  'out_of_range',
  'wrong_resolution',
  'wrong_column_length',
] as const;
export type DecodeFailureReason = (typeof decodeFailureReasons)[number];

export interface DecodeFailure {
  readonly ok: false;
  readonly reason: DecodeFailureReason;
  /** The field at fault, where there is one. */
  readonly field?: string;
  /** One sentence for whoever looks at the quarantine. It never repeats the received value at length. */
  readonly detail: string;
}

export interface DecodedDocuments {
  readonly ok: true;
  /** In order; at least one. */
  readonly documents: readonly StatusDocument[];
}

/** Thrown inside the codec only; `decodePack` and its like answer it as a DecodeFailure. */
export class NotDecodable extends Error {
  readonly failure: DecodeFailure;

  constructor(reason: DecodeFailureReason, detail: string, field?: string) {
    super(detail);
    this.name = 'NotDecodable';
    this.failure = { ok: false, reason, detail, ...(field === undefined ? {} : { field }) };
  }
}

/** Runs a decoder and answers its failure as a value. Anything but NotDecodable is a defect and goes on. */
export function decoding<T>(decode: () => T): T | DecodeFailure {
  try {
    return decode();
  } catch (error) {
    if (error instanceof NotDecodable) return error.failure;
    throw error;
  }
}

const encoder = new TextEncoder();
/** What a device writes is ASCII: a look for more is far cheaper than encoding. */
const beyondAscii = /[\u0080-\uffff]/;

/** The size of a text as UTF-8, which is what every limit here counts. */
export const utf8Bytes = (text: string): number => (beyondAscii.test(text) ? encoder.encode(text).length : text.length);

/** The JSON object in a text, or NotDecodable. */
export function parseJsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotDecodable('not_json', 'the text is not JSON; it may have been cut off');
  }
  if (!isObject(value)) throw new NotDecodable('wrong_shape', 'the text is JSON, but not an object');
  // Every key brings a colon: where there are no more than keys, none stands twice.
  const repeated = colonsIn(text) === Object.keys(value).length ? undefined : repeatedKey(text);
  if (repeated !== undefined) throw new NotDecodable('wrong_shape', 'a key stands twice', repeated.slice(0, 40));
  return value;
}

function colonsIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count += 1;
  return count;
}

/**
 * The first key that stands twice in an object's text, which must be valid JSON. JSON.parse takes the last of them, another reader may take
 * the first: what such a text says can't be known.
 */
function repeatedKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  // Strings with the colon that makes them a key, and brackets; everything between them says nothing here.
  for (const [token, , colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (colon !== undefined && depth === 1) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number in a range, or NotDecodable that names the field. */
export function wholeNumber(value: unknown, name: string, min: number, max: number): number {
  if (value === undefined) throw new NotDecodable('missing_field', `${name} is missing`, name);
  if (typeof value !== 'number') throw new NotDecodable('wrong_type', `${name} must be a number`, name);
  if (!Number.isInteger(value)) throw new NotDecodable('wrong_resolution', `${name} must be a whole number`, name);
  if (value < min || value > max) throw new NotDecodable('out_of_range', `${name} must be ${min} to ${max}`, name);
  // JSON has a -0, which is no other number.
  return value === 0 ? 0 : value;
}
