import { gunzipSync } from 'node:zlib';
import { cbor, dateToTag } from '@smithy/core/cbor';
import { AwsError } from '../../kernel/aws-error.ts';
import { failJson, readJson, writeJson } from '../../kernel/json-protocol.ts';
import { failQuery, readQuery, writeQuery } from '../../kernel/query-protocol.ts';
import type { HttpReply, HttpRequest, Protocol } from '../../kernel/service.ts';

const NAMESPACE = 'http://monitoring.amazonaws.com/doc/2010-08-01/';
const SERVICE = 'GraniteServiceVersion20100801';
const CBOR_PATH = new RegExp(`^/service/${SERVICE}/operation/(\\w+)$`);

/** What the Query protocol calls errors that the others call by their shapes. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterValueException: 'InvalidParameterValue',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  MissingRequiredParameterException: 'MissingParameter',
};

/**
 * CloudWatch speaks three protocols on one endpoint, as its model says: Smithy RPC v2 CBOR, which today's SDKs take; AWS JSON 1.0; and the Query protocol of clients
 * from before, such as the AWS CLI 2.9 of Debian 12.
 */
export const cloudwatchProtocol: Protocol = {
  kind: 'rest',
  bind: (request) => {
    const operation = CBOR_PATH.exec(request.path)?.[1];
    const body = unpacked(request);
    if (operation !== undefined) return { operation, input: body.length === 0 ? {} : fromCbor(body) };
    if (isJson(request)) return readJson({ ...request, body }, SERVICE);
    const { operation: action, input } = readQuery({ ...request, body });
    return { operation: action, input: withoutEmptyLists(input) };
  },
  reply: (operation, output, request, requestId) => {
    if (CBOR_PATH.test(request.path)) return cborReply(200, output ?? {});
    return isJson(request) ? writeJson('1.0', output) : writeQuery(operation, NAMESPACE, output, requestId);
  },
  fail: ({ code, message, httpStatus, members }, requestId, request) => {
    const error = new AwsError(code, message, httpStatus, members);
    if (CBOR_PATH.test(request.path)) return cborFailure(error);
    return isJson(request) ? failJson('1.0', error, undefined, QUERY_CODES) : failQuery(error, NAMESPACE, requestId, QUERY_CODES);
  },
};

function isJson(request: HttpRequest): boolean {
  return request.headers['x-amz-target'] !== undefined;
}

/** SDKs compress PutMetricData from 10 KB on (Smithy, "requestCompression trait"). */
function unpacked({ headers, body }: HttpRequest): Buffer {
  if (headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: 16 * 1024 * 1024 });
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid gzip.');
  }
}

function fromCbor(body: Buffer): unknown {
  try {
    return plain(cbor.deserialize(body));
  } catch {
    // What the SDK's reader says is about its own code as often as about the body.
    throw new AwsError('SerializationException', 'The request body is not valid CBOR.');
  }
}

/** Dates are numbers under the tag 1. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value ?? undefined;
  if ('tag' in value && 'value' in value && Number(value.tag) === 1) return Number(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

function cborReply(status: number, output: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return {
    status,
    headers: { ...headers, 'smithy-protocol': 'rpc-v2-cbor', 'Content-Type': 'application/cbor' },
    body: Buffer.from(cbor.serialize(tagged(output))),
  };
}

function tagged(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, tagged(member)]])));
}

function cborFailure(error: AwsError): HttpReply {
  const fault = error.httpStatus < 500 ? 'Sender' : 'Receiver';
  return cborReply(
    error.httpStatus,
    { __type: `com.amazonaws.cloudwatch#${error.code}`, message: error.message, ...error.members },
    { 'x-amzn-query-error': `${QUERY_CODES[error.code] ?? error.code};${fault}` },
  );
}

/** `Dimensions=` stands for an empty list in the Query protocol. */
function withoutEmptyLists(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => !(value === '' && LISTS.has(name))));
}

const LISTS = new Set([
  'Dimensions',
  'OKActions',
  'AlarmActions',
  'InsufficientDataActions',
  'AlarmNames',
  'AlarmTypes',
  'Metrics',
  'Tags',
]);
