import { isUtf8 } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HttpReply, HttpRequest } from '../../kernel/service.ts';

/** What the event says about where the request came in. */
export interface UrlRequestContext {
  readonly urlId: string;
  /** Path below the function URL, beginning with `/`, percent-encoding as received. */
  readonly path: string;
  readonly requestId: string;
  readonly traceHeader: string;
  readonly time_ms: number;
  /** The port that this server listens on. */
  readonly port: string;
  /** Who signed the request; undefined with auth type NONE. */
  readonly iam?:
    | {
        readonly accessKey: string;
        readonly accountId: string;
        readonly userArn: string;
        readonly userId: string;
        readonly callerId: string;
      }
    | undefined;
}

/**
 * Content types whose body stays text; every other body, forms too, reaches the function in Base64. AWS documents only
 * that `isBase64Encoded` says which; that text and JSON alone stay text is what its speakers and users report. What AWS does with bytes of such a type that are no UTF-8 couldn't be
 * checked: here they go in Base64, too, because text would lose them.
 */
const TEXT = /^(text\/[^;]+|application\/(json|xml|javascript|[a-z0-9.-]+\+(json|xml)))\s*(;|$)/i;

/** The event, payload format 2.0, as JSON (Lambda Developer Guide, "Invoking Lambda function URLs"). */
export function urlEvent(request: HttpRequest, context: UrlRequestContext): string {
  const { cookie, ...received } = request.headers;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(received)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(',');
  }
  headers['x-amzn-trace-id'] = context.traceHeader;
  headers['x-forwarded-for'] =
    received['x-forwarded-for'] === undefined ? request.sourceIp : `${headers['x-forwarded-for']}, ${request.sourceIp}`;
  headers['x-forwarded-proto'] = 'http';
  headers['x-forwarded-port'] = context.port;

  // Without a prototype: a parameter may be named `constructor` or `__proto__`.
  const query = Object.create(null) as Record<string, string>;
  for (const [name, value] of request.query) query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  const isText = TEXT.test(headers['content-type'] ?? '') && isUtf8(request.body);
  return JSON.stringify({
    version: '2.0',
    routeKey: '$default',
    rawPath: context.path,
    rawQueryString: request.rawQuery ?? request.query.toString(),
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(request.query.size === 0 ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: context.iam?.accountId ?? 'anonymous',
      apiId: context.urlId,
      ...(context.iam === undefined ? {} : { authorizer: { iam: { ...context.iam, cognitoIdentity: null, principalOrgId: null } } }),
      domainName: headers['host'] ?? '',
      domainPrefix: context.urlId,
      http: {
        method: request.method,
        path: context.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: '$default',
      stage: '$default',
      time: clfTime(context.time_ms),
      timeEpoch: context.time_ms,
    },
    ...(request.body.length === 0 ? {} : { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  });
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:21:14:00 +0000` */
function clfTime(time_ms: number): string {
  const iso = new Date(time_ms).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Headers that belong to the connection, which isn't the function's. */
const NOT_THE_FUNCTIONS = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade']);

/**
 * The answer to the client from what the handler returned, JSON (same page, "Response payload format"). Undefined when that
 * is malformed: the client then gets 502.
 */
export function urlReply(payload: string): HttpReply | undefined {
  const result = JSON.parse(payload) as unknown;
  const isResponse = typeof result === 'object' && result !== null && !Array.isArray(result) && 'statusCode' in result;
  if (!isResponse) return { status: 200, headers: { 'content-type': 'application/json' }, body: payload };

  const { statusCode, headers = {}, cookies, body, isBase64Encoded } = result as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (typeof headers !== 'object' || (cookies !== undefined && !isTexts(cookies))) return undefined;

  const sent: Record<string, string | readonly string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(headers ?? {})) {
    const lower = name.toLowerCase();
    if (NOT_THE_FUNCTIONS.has(lower)) continue;
    if (!['string', 'number', 'boolean'].includes(typeof value)) return undefined;
    try {
      validateHeaderName(lower);
      validateHeaderValue(lower, String(value));
    } catch {
      return undefined;
    }
    sent[lower] = String(value);
  }
  if (cookies !== undefined && cookies.length > 0) sent['set-cookie'] = cookies;
  const text = body ?? '';
  return { status, headers: sent, body: isBase64Encoded === true ? Buffer.from(text, 'base64') : text };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
