import { createHash } from 'node:crypto';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { HttpRequest } from '../../kernel/service.ts';
import { CHECKSUM_ALGORITHMS, CHECKSUM_MEMBERS, type ChecksumAlgorithm, verifyBody } from './checksums.ts';
import { decodeChunkedBody } from './chunked-body.ts';
import { ownTexts } from './object-attributes.ts';
import { accessDenied, invalidArgument } from './s3-error.ts';
import { ROUTES, type Route, SUBRESOURCES } from './s3-routes.ts';
import { readXml } from './s3-xml.ts';

/** Headers and parameters of signing and of the SDKs themselves, which are no member of any operation. */
const NO_MEMBERS = new Set([
  ...['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'x-amz-decoded-content-length', 'x-amz-trailer'],
  ...['x-amz-user-agent', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-expires', 'x-amz-signedheaders', 'x-amz-signature'],
  ...['x-id', 'x-amzn-trace-id', 'x-amz-s3session-token'],
]);

/** Parameters that come back in a header of the answer. */
const ANSWERED_IN_HEADERS = /^(versionId|response-.*)$/;
/** RFC 9110, "Field Values": what a header can hold, in ISO-8859-1. */
const HEADER_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a request of the S3 API into an operation and the SDK's input. What has no place in the operation becomes a
 * member under its own name, so that the operation's strict schema refuses it by that name.
 */
export function bindS3(request: HttpRequest, now_ms: number): { operation: string; input: unknown } {
  refuseExpired(request.query, now_ms);
  const { bucket, key } = target(request);
  const on = key !== undefined ? 'object' : bucket !== undefined ? 'bucket' : 'service';
  const route = ROUTES.find((candidate) => fits(candidate, request, on));
  const subresource = [...request.query.keys()].find((name) => SUBRESOURCES.has(name));
  const named = new Set([...(route?.when ?? []), ...Object.keys(route?.query ?? {})]);
  if (route === undefined || (subresource !== undefined && !named.has(subresource))) {
    throw new NotCarriedOut(`${request.method} ${on}${subresource === undefined ? '' : `?${subresource}`} of s3`);
  }
  const input: Record<string, unknown> = {
    ...(bucket === undefined ? {} : { Bucket: bucket }),
    ...(key === undefined ? {} : { Key: key }),
    ...queryMembers(route, request),
    ...headerMembers(route, request),
  };
  readBody(route, request, input);
  return { operation: route.operation, input };
}

/** A bucket in the host name (`bucket.s3.us-east-2.amazonaws.com`, `bucket.localhost`) or as the path's first part. */
function target(request: HttpRequest): { bucket?: string; key?: string } {
  const host = String(request.headers.host ?? '').replace(/:\d+$/, '');
  const virtual = /^(.+?)\.(?:s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com|(?:s3\.(?:[a-z0-9-]+\.)?)?localhost)$/.exec(host)?.[1];
  const path = decode(request.path.slice(1));
  if (virtual !== undefined && virtual !== 's3') return { bucket: virtual, ...(path === '' ? {} : { key: path }) };
  if (path === '') return {};
  const slash = path.indexOf('/');
  if (slash < 0) return { bucket: path };
  const key = path.slice(slash + 1);
  return { bucket: path.slice(0, slash), ...(key === '' ? {} : { key }) };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400);
  }
}

function fits(route: Route, request: HttpRequest, on: Route['on']): boolean {
  if (route.method !== request.method || route.on !== on) return false;
  if (route.whenHeader !== undefined && headerOf(request, route.whenHeader) === undefined) return false;
  return (route.when ?? []).every((condition) => {
    const [name = '', value] = condition.split('=');
    return value === undefined ? request.query.has(name) : request.query.get(name) === value;
  });
}

function queryMembers(route: Route, request: HttpRequest): Record<string, unknown> {
  const members = Object.create(null) as Record<string, unknown>;
  const metadata = ownTexts();
  for (const [name, value] of request.query) {
    const lower = name.toLowerCase();
    if (NO_MEMBERS.has(lower) || route.when?.some((condition) => condition.split('=')[0] === name)) {
      const member = memberOf(route.query, name);
      if (member !== undefined) members[member] = value;
      continue;
    }
    // Signers of presigned URLs put the request's own headers into the query.
    const isMetadata = route.metadata === true && lower.startsWith('x-amz-meta-');
    if ((isMetadata || memberOf(route.headers, lower) !== undefined || ANSWERED_IN_HEADERS.test(name)) && !HEADER_TEXT.test(value))
      throw invalidArgument('Header value cannot be represented using ISO-8859-1.', name, value);
    if (isMetadata) metadata[lower.slice('x-amz-meta-'.length)] = value;
    else {
      const member = memberOf(route.query, name) ?? memberOf(route.headers, lower);
      if (member !== undefined || !isBodyCheck(lower)) members[member ?? name] = value;
    }
  }
  if (Object.keys(metadata).length > 0) members['Metadata'] = metadata;
  return members;
}

function headerMembers(route: Route, request: HttpRequest): Record<string, unknown> {
  const members = Object.create(null) as Record<string, unknown>;
  const metadata = ownTexts();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || NO_MEMBERS.has(name)) continue;
    const text = Array.isArray(value) ? value.join(',') : value;
    const member = memberOf(route.headers, name);
    if (member !== undefined) members[member] = text;
    else if (route.metadata && name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = text;
    else if (name.startsWith('x-amz-') && !isBodyCheck(name)) members[name] = text;
  }
  if (Object.keys(metadata).length > 0) members['Metadata'] = metadata;
  return members;
}

function memberOf(members: Readonly<Record<string, string>> | undefined, name: string): string | undefined {
  return members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined;
}

function isBodyCheck(name: string): boolean {
  return name === 'x-amz-sdk-checksum-algorithm' || CHECKSUM_ALGORITHMS.some((algorithm) => name === checksumHeader(algorithm));
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function readBody(route: Route, request: HttpRequest, input: Record<string, unknown>): void {
  const { body, trailers } = readFraming(request);
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = trailers[checksumHeader(algorithm)];
    if (value !== undefined) input[`Checksum${algorithm}`] = value;
  }
  if (route.body === 'bytes') {
    input['Body'] = body;
    if (typeof input['ContentEncoding'] === 'string') stripFraming(input, input['ContentEncoding']);
    return;
  }
  if (route.body === undefined) {
    if (body.length > 0) throw new AwsError('UnexpectedContent', 'This request does not support content', 400);
    return;
  }
  verifyDocument(request, body, route, input);
  const { member, root } = route.body;
  if (root === undefined) input[member] = body.toString('utf8');
  else if (body.length > 0) input[member] = readXml(body, root);
}

/** A document's checks say nothing to the operation: they are verified here. CompleteMultipartUpload's are the object's. */
function verifyDocument(request: HttpRequest, body: Buffer, route: Route, input: Record<string, unknown>): void {
  const ofObject = route.headers?.['x-amz-checksum-crc32'] !== undefined;
  const given: Partial<Record<(typeof CHECKSUM_MEMBERS)[number], string>> = {};
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const member = `Checksum${algorithm}` as const;
    const value = headerOf(request, checksumHeader(algorithm)) ?? (input[member] as string | undefined);
    if (!ofObject && value !== undefined) given[member] = value;
  }
  if (!ofObject) for (const member of CHECKSUM_MEMBERS) delete input[member];
  const md5 = request.headers['content-md5'];
  verifyBody(body, { ...given, ...(typeof md5 === 'string' ? { ContentMD5: md5 } : {}) });
}

function readFraming(request: HttpRequest): { body: Buffer; trailers: Readonly<Record<string, string>> } {
  const hash = headerOf(request, 'x-amz-content-sha256') ?? '';
  if (hash.startsWith('STREAMING-')) {
    const length = Number(request.headers['x-amz-decoded-content-length']);
    return decodeChunkedBody(request.body, Number.isSafeInteger(length) ? length : undefined);
  }
  if (/^[0-9a-f]{64}$/.test(hash) && createHash('sha256').update(request.body).digest('hex') !== hash) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new AwsError('XAmzContentSHA256Mismatch', message, 400);
  }
  return { body: request.body, trailers: {} };
}

/** `aws-chunked` is a matter of this transfer, not of the object. */
function stripFraming(input: Record<string, unknown>, encoding: string): void {
  const left = encoding.split(',').map((token) => token.trim());
  const kept = left.filter((token) => token !== '' && token.toLowerCase() !== 'aws-chunked').join(',');
  if (kept === '') delete input['ContentEncoding'];
  else input['ContentEncoding'] = kept;
}

function headerOf(request: HttpRequest, header: string): string | undefined {
  const value = request.headers[header];
  if (typeof value === 'string') return value;
  for (const [name, text] of request.query) if (name.toLowerCase() === header) return text;
  return undefined;
}

/** The times of a presigned URL (Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters"). */
function refuseExpired(query: URLSearchParams, now_ms: number): void {
  if (!query.has('X-Amz-Signature')) return;
  const expires_s = Number(query.get('X-Amz-Expires'));
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get('X-Amz-Date') ?? '');
  if (match === null || !query.has('X-Amz-Expires') || !Number.isInteger(expires_s) || expires_s < 0) {
    throw new AwsError('AuthorizationQueryParametersError', 'X-Amz-Date and X-Amz-Expires must be given and well-formed', 400);
  }
  const WEEK_s = 7 * 24 * 3600;
  if (expires_s > WEEK_s) {
    throw new AwsError(
      'AuthorizationQueryParametersError',
      `X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than ${WEEK_s} seconds`,
      400,
    );
  }
  const [, year, month, day, hour, minute, second] = match.map(Number);
  const signed_ms = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  if (Number.isNaN(signed_ms)) throw invalidArgument('X-Amz-Date is no time');
  if (signed_ms + expires_s * 1000 < now_ms) throw accessDenied('Request has expired');
}
