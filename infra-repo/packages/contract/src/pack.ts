import { type DecodedDocuments, type DecodeFailure, decoding, NotDecodable, parseJsonObject, utf8Bytes, wholeNumber } from './decoding.ts';
import { decodeNumbers, decodeRunStates, encodeNumbers, encodeRunStates } from './pack-columns.ts';
import type { StatusDocument } from './status-document.ts';
import { maxCounter, numberFields, type ReadingName, type RunState, statusFields, timeRange } from './status-fields.ts';

/** The only version of the pack format there is. */
export const packVersion = 1;
/** Some Borons' modems publish no more, and a pack's item stays within one DynamoDB write unit. Counted in UTF-8 bytes. */
export const maxPackBytes = 780;
/** Particle takes no more in one publish. Counted in UTF-8 bytes. */
export const maxPublishBytes = 1024;
export const maxPackDocuments = 15;
export const defaultEverySeconds = 60;
/** The longest distance between two documents of a pack: 15 of them then still span less than the 24 h that PutLogEvents allows. */
export const maxEverySeconds = 3600;

const headerNames = ['v', 'boot_id', 'seq', 'time', 'every_s', 'count'] as const;
const packNames: ReadonlySet<string> = new Set([...headerNames, ...statusFields.map((field) => field.name)]);

/** Documents can't be put in one pack; `reason` is `too_large`, `not_contiguous` or `wrong_count`. */
export class PackError extends RangeError {
  readonly reason: 'too_large' | 'not_contiguous' | 'wrong_count';

  constructor(reason: PackError['reason'], message: string) {
    super(message);
    this.name = 'PackError';
    this.reason = reason;
  }
}

/**
 * The canonical text of 1 to 15 consecutive documents: fixed order of keys, the shortest form of each column, every_s left out when
 * it is 60 or says nothing (count 1). Throws PackError when the documents aren't consecutive or the text exceeds 780 bytes, RangeError for a bad value.
 */
export function encodePack(documents: readonly StatusDocument[]): string {
  const text = packText(documents);
  const bytes = utf8Bytes(text);
  if (bytes > maxPackBytes) throw new PackError('too_large', `the pack has ${bytes} bytes; ${maxPackBytes} are allowed`);
  return text;
}

function packText(documents: readonly StatusDocument[]): string {
  const [first, second] = documents;
  if (first === undefined || documents.length > maxPackDocuments) {
    throw new PackError('wrong_count', `a pack holds 1 to ${maxPackDocuments} documents, not ${documents.length}`);
  }
  const every_s = second === undefined ? defaultEverySeconds : second.time - first.time;
  if (!Number.isInteger(every_s) || every_s < 1 || every_s > maxEverySeconds) {
    throw new PackError('not_contiguous', `documents of a pack are 1 to ${maxEverySeconds} s apart, not ${every_s}`);
  }
  for (const [index, document] of documents.entries()) {
    if (!follows(first, document, index, every_s)) {
      throw new PackError('not_contiguous', `document ${index} doesn't follow the one before it by one seq and ${every_s} s`);
    }
  }
  const last = documents.at(-1) ?? first;
  requireWhole('boot_id', first.boot_id, 0, maxCounter);
  requireWhole('seq', first.seq, 0, maxCounter);
  requireWhole('seq', last.seq, 0, maxCounter);
  requireWhole('time', first.time, timeRange.min, timeRange.max);
  requireWhole('time', last.time, timeRange.min, timeRange.max);
  return JSON.stringify({
    v: packVersion,
    boot_id: first.boot_id,
    seq: first.seq,
    time: first.time,
    ...(every_s === defaultEverySeconds ? {} : { every_s }),
    count: documents.length,
    run_state: encodeRunStates(documents.map((document) => document.run_state)),
    ...Object.fromEntries(
      numberFields.map((field) => [
        field.name,
        encodeNumbers(
          field,
          documents.map((document) => document[field.name]),
        ),
      ]),
    ),
  });
}

function requireWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${name} can't be ${value}`);
}

function follows(first: StatusDocument, document: StatusDocument, index: number, every_s: number): boolean {
  return document.boot_id === first.boot_id && document.seq === first.seq + index && document.time === first.time + index * every_s;
}

/** The documents of a pack's text, or why it is none. It never throws. A plain document (without `count`) is no pack: see `decodeStatus`. */
export function decodePack(text: string): DecodedDocuments | DecodeFailure {
  return decoding(() => {
    requirePublishSize(text);
    const pack = parseJsonObject(text);
    requirePackSize(text);
    return { ok: true, documents: packDocumentsOf(pack) };
  });
}

/** NotDecodable when a text is larger than anything that can be published, so that it isn't even parsed. */
export function requirePublishSize(text: string): void {
  const bytes = utf8Bytes(text);
  if (bytes > maxPublishBytes) throw new NotDecodable('too_large', `the text has ${bytes} bytes; ${maxPublishBytes} can be published`);
}

/** NotDecodable when a pack's text is larger than may be. */
export function requirePackSize(text: string): void {
  const bytes = utf8Bytes(text);
  if (bytes > maxPackBytes) throw new NotDecodable('too_large', `the pack has ${bytes} bytes; ${maxPackBytes} are allowed`);
}

/** The documents of a parsed pack, or NotDecodable. */
export function packDocumentsOf(pack: Readonly<Record<string, unknown>>): StatusDocument[] {
  requireVersion(pack['v']);
  const unknown = Object.keys(pack).find((name) => !packNames.has(name));
  if (unknown !== undefined)
    throw new NotDecodable('unknown_field', 'the pack has a field that version 1 does not know', unknown.slice(0, 40));
  const boot_id = wholeNumber(pack['boot_id'], 'boot_id', 0, maxCounter);
  const seq = wholeNumber(pack['seq'], 'seq', 0, maxCounter);
  const time = wholeNumber(pack['time'], 'time', timeRange.min, timeRange.max);
  const every_s = pack['every_s'] === undefined ? defaultEverySeconds : wholeNumber(pack['every_s'], 'every_s', 1, maxEverySeconds);
  const count = wholeNumber(pack['count'], 'count', 1, maxPackDocuments);
  wholeNumber(seq + count - 1, 'seq', 0, maxCounter);
  wholeNumber(time + (count - 1) * every_s, 'time', timeRange.min, timeRange.max);
  const missing = statusFields.find((field) => pack[field.name] === undefined);
  if (missing !== undefined) throw new NotDecodable('missing_field', `${missing.name} is missing`, missing.name);
  const states = decodeRunStates(pack['run_state'], count);
  const documents: Assembled[] = states.map((run_state, index) => ({ boot_id, seq: seq + index, time: time + index * every_s, run_state }));
  // Column by column, so that all documents are objects of one shape: charts decode a hundred packs for one answer.
  for (const field of numberFields) {
    const readings = decodeNumbers(field, pack[field.name], count);
    documents.forEach((document, index) => {
      document[field.name] = readings[index] ?? null;
    });
  }
  return documents as StatusDocument[];
}

/** A document on its way: its readings are filled in one after the other. */
type Assembled = Pick<StatusDocument, 'boot_id' | 'seq' | 'time' | 'run_state'> & Partial<Record<ReadingName, number | null>>;

/** NotDecodable unless `v` is the version that is known here. */
export function requireVersion(version: unknown): void {
  if (version === undefined) throw new NotDecodable('missing_field', 'v is missing', 'v');
  if (version !== packVersion) throw new NotDecodable('unknown_version', `v must be ${packVersion}`, 'v');
}

/** A document from its parts, in canonical order of keys. */
export function assembleDocument(
  identity: Pick<StatusDocument, 'boot_id' | 'seq' | 'time'>,
  run_state: RunState | null,
  readings: readonly (readonly [ReadingName, number | null])[],
): StatusDocument {
  return { ...identity, run_state, ...(Object.fromEntries(readings) as Record<ReadingName, number | null>) };
}

/**
 * Cuts a queue of documents, in order, into packs as a device does: a pack is closed when the next document would take it over 780 bytes,
 * doesn't follow by one seq and `every_s`, or when it holds `pack_minutes` worth of documents (never more than 15).
 */
export function packDocuments(
  queue: readonly StatusDocument[],
  { pack_minutes = 15, every_s = defaultEverySeconds }: { readonly pack_minutes?: number; readonly every_s?: number } = {},
): string[] {
  const limit = Math.max(1, Math.min(maxPackDocuments, Math.floor((pack_minutes * 60) / every_s)));
  const packs: string[] = [];
  let open: StatusDocument[] = [];
  let openText = '';
  for (const document of queue) {
    const [first] = open;
    if (first !== undefined && open.length < limit && follows(first, document, open.length, every_s)) {
      const text = packText([...open, document]);
      if (utf8Bytes(text) <= maxPackBytes) {
        open.push(document);
        openText = text;
        continue;
      }
    }
    if (first !== undefined) packs.push(openText);
    open = [document];
    openText = encodePack(open);
  }
  if (open.length > 0) packs.push(openText);
  return packs;
}
