import { AwsError } from '../../kernel/aws-error.ts';

/** The content of an `aws-chunked` body, and the headers that came after it. */
export interface ChunkedBody {
  readonly body: Buffer;
  /** Trailing headers by lower-case name, such as `x-amz-checksum-crc32`. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Decodes the framing in which SDKs stream uploads (Amazon S3 API Reference, "Signature calculations for the
 * Authorization header: transferring a payload in multiple chunks", with and without trailing headers):
 * `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n`, ended by a chunk of size 0. Chunk signatures aren't verified, like
 * every other signature here. Throws IncompleteBody when the framing is broken or `decodedLength` isn't met.
 */
export function decodeChunkedBody(framed: Buffer, decodedLength?: number): ChunkedBody {
  const pieces: Buffer[] = [];
  let total = 0;
  let position = 0;
  for (;;) {
    const { line, next } = readLine(framed, position);
    const size = chunkSize(line);
    position = next;
    if (size === 0) break;
    pieces.push(framed.subarray(position, position + size));
    total += size;
    position += size;
    if (framed[position] !== 0x0d || framed[position + 1] !== 0x0a) throw incomplete();
    position += 2;
  }
  if (decodedLength !== undefined && total !== decodedLength) throw incomplete();
  return {
    body: pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces),
    trailers: readTrailers(framed, position),
  };
}

function readTrailers(framed: Buffer, start: number): Record<string, string> {
  const trailers: Record<string, string> = {};
  let position = start;
  // A body without trailers may end right after the last chunk's line.
  while (position < framed.length) {
    const { line, next } = readLine(framed, position);
    position = next;
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon < 1) throw incomplete();
    trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

function readLine(framed: Buffer, position: number): { line: string; next: number } {
  const end = framed.indexOf('\r\n', position, 'latin1');
  if (end < 0) throw incomplete();
  return { line: framed.toString('latin1', position, end), next: end + 2 };
}

function chunkSize(line: string): number {
  const match = /^([0-9a-fA-F]{1,8})(;.*)?$/.exec(line);
  if (match?.[1] === undefined) throw incomplete();
  return Number.parseInt(match[1], 16);
}

function incomplete(): AwsError {
  return new AwsError('IncompleteBody', 'The request body terminated unexpectedly', 400);
}
