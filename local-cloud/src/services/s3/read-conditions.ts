import { AwsError } from '../../kernel/aws-error.ts';
import { unquoted } from './object-attributes.ts';
import type { StoredVersion } from './object-store.ts';
import { preconditionFailed } from './s3-error.ts';

export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/**
 * The `If-…` headers of a read (Amazon S3 API Reference, "GetObject": a match of the ETag outweighs the times). Throws
 * PreconditionFailed, or NotModified with status 304; a copy answers both with PreconditionFailed.
 */
export function checkRead(conditions: ReadConditions, version: StoredVersion, forCopy = false): void {
  const modified_s = Math.floor(version.lastModified_ms / 1000);
  const { IfMatch, IfNoneMatch } = conditions;
  const since_s = seconds(conditions.IfModifiedSince);
  const until_s = seconds(conditions.IfUnmodifiedSince);
  if (IfMatch !== undefined) {
    if (!names(IfMatch, version.etag)) throw preconditionFailed('If-Match');
  } else if (until_s !== undefined && modified_s > until_s) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unchanged = (condition: string) =>
    forCopy ? preconditionFailed(condition) : new AwsError('NotModified', 'Not Modified', 304, { ETag: version.etag });
  if (IfNoneMatch !== undefined) {
    if (names(IfNoneMatch, version.etag)) throw unchanged('If-None-Match');
  } else if (since_s !== undefined && modified_s <= since_s) {
    throw unchanged('If-Modified-Since');
  }
}

function names(header: string, etag: string): boolean {
  return header.split(',').some((token) => token.trim() === '*' || unquoted(token) === etag);
}

function seconds(date: Date | undefined): number | undefined {
  const time_ms = date?.getTime();
  return time_ms === undefined || Number.isNaN(time_ms) ? undefined : Math.floor(time_ms / 1000);
}

/**
 * The bytes that a `Range` header names, end excluded; undefined for all: S3 gives the whole object where the header is
 * no single byte range (RFC 9110, section 14.2; Amazon S3 API Reference, "GetObject": no multiple ranges). Throws
 * InvalidRange when the range lies behind the end.
 */
export function byteRange(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size || (first === '' && Number(last) === 0)) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, { RangeRequested: header, ActualObjectSize: size });
  }
  return { start, end };
}
