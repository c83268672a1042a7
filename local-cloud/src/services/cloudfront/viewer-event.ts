import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { FunctionInvalid } from './edge-function.ts';

/** What a viewer asks for. */
export interface ViewerRequest {
  readonly method: string;
  /** The path as it was sent. */
  readonly uri: string;
  readonly rawQuery: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly httpVersion: string;
}

interface EventValue {
  value: string;
  multiValue?: { value: string }[];
}

/** Amazon CloudFront Developer Guide, "Restrictions on all edge functions": not shown to a function. Cookies stand apart. */
const NOT_SHOWN =
  /^(connection|cookie|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;

/** The event of a viewer request (Amazon CloudFront Developer Guide, "CloudFront Functions event structure"). */
export function viewerRequestEvent(request: ViewerRequest, distribution: { id: string; domainName: string }) {
  const headers = Object.entries(request.headers).filter(([name]) => !NOT_SHOWN.test(name));
  const cookies = (request.headers['cookie'] ?? '').split(/;\s*/).filter((cookie) => cookie !== '');
  const parameters = request.rawQuery.split('&').filter((parameter) => parameter !== '');
  return {
    version: '1.0',
    context: {
      distributionDomainName: distribution.domainName,
      distributionId: distribution.id,
      eventType: 'viewer-request',
      requestId: randomBytes(40).toString('base64url'),
    },
    viewer: { ip: request.ip },
    request: {
      method: request.method,
      uri: request.uri,
      querystring: collapsed(parameters.map(split)),
      headers: collapsed(headers),
      cookies: collapsed(cookies.map(split)),
    },
  };
}

function split(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** What stands more than once becomes one field with all its values. */
function collapsed(pairs: readonly (readonly [string, string])[]): Record<string, EventValue> {
  const fields = new Map<string, EventValue>();
  for (const [name, value] of pairs) {
    const known = fields.get(name);
    if (known === undefined) fields.set(name, { value });
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return Object.fromEntries(fields);
}

const returned = z.looseObject({ method: z.string(), uri: z.string().regex(/^\//, 'begins with a slash') });

/**
 * The path that a viewer-request function asks for instead. Throws FunctionInvalid for what is no request, NotCarriedOut for an answer of the function's
 * own, and for other changes than of the path: none of them would reach the bucket here.
 */
export function uriOf(result: unknown, { request }: ReturnType<typeof viewerRequestEvent>): string {
  if (typeof result === 'object' && result !== null && 'statusCode' in result)
    throw new NotCarriedOut('answers of CloudFront functions: only changed requests');
  const parsed = returned.safeParse(result);
  if (!parsed.success)
    throw new FunctionInvalid(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'result'}: ${message}`).join('; '));
  if (parsed.data.method !== request.method) throw new FunctionInvalid('method: may not be changed');
  for (const member of ['querystring', 'headers', 'cookies'] as const) {
    if (!isDeepStrictEqual(parsed.data[member] ?? {}, JSON.parse(JSON.stringify(request[member]))))
      throw new NotCarriedOut(`a change of the request's ${member} by a CloudFront function`);
  }
  return parsed.data.uri;
}
