import { AwsError } from './aws-error.ts';
import type { HttpReply, HttpRequest } from './service.ts';

/** Reads a request of the AWS JSON 1.0 and 1.1 protocols (Smithy, "AWS JSON 1.0 protocol"). */
export function readJson(request: HttpRequest, target: string): { operation: string; input: unknown } {
  const header = String(request.headers['x-amz-target'] ?? '');
  const operation = header.startsWith(`${target}.`) ? header.slice(target.length + 1) : header;
  if (request.body.length === 0) return { operation, input: {} };
  try {
    return { operation, input: JSON.parse(request.body.toString('utf8')) as unknown };
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

/** Binary members are Base64 text in these protocols, timestamps are seconds. */
export function writeJson(version: '1.0' | '1.1', output: unknown): HttpReply {
  return { status: 200, headers: { 'Content-Type': `application/x-amz-json-${version}` }, body: toJson(output ?? {}) };
}

/**
 * `__type` carries a namespace in some services; SDKs read what stands behind the `#`. A service that spoke the Query
 * protocol once still tells those codes (Smithy, "awsQueryCompatible trait"): `queryCodes` are those that differ.
 */
export function failJson(
  version: '1.0' | '1.1',
  error: AwsError,
  namespace?: string,
  queryCodes?: Readonly<Record<string, string>>,
): HttpReply {
  const type = namespace === undefined ? error.code : `${namespace}#${error.code}`;
  return {
    status: error.httpStatus,
    headers: {
      'Content-Type': `application/x-amz-json-${version}`,
      'x-amzn-errortype': error.code,
      ...(queryCodes === undefined
        ? {}
        : { 'x-amzn-query-error': `${queryCodes[error.code] ?? error.code};${error.httpStatus < 500 ? 'Sender' : 'Receiver'}` }),
    },
    body: toJson({ __type: type, message: error.message, ...error.members }),
  };
}

/** JSON as AWS writes it: dates as seconds with fraction, bytes as Base64. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function replace(this: Record<string, unknown>, key: string, serialized: unknown): unknown {
    const original = this[key];
    if (original instanceof Date) return original.getTime() / 1000;
    if (original instanceof Uint8Array) return Buffer.from(original).toString('base64');
    return serialized;
  });
}
