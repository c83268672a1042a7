import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { HttpReply, HttpRequest, Scope } from '../../kernel/service.ts';
import { ApiError, badRequest, notFound } from './api-error.ts';
import type { Look, Route } from './route.ts';
import { mainScope, scopesOf } from './scopes.ts';

export const API = '/_local/api';

const JSON_HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const scopeQuery = {
  account: z
    .string()
    .regex(/^\d{12}$/, 'is 12 digits')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'is no region')
    .optional(),
};
const nothing = z.strictObject({});

/**
 * Answers a request below `/_local/api` in JSON. Every address takes `account` and `region`; without them it is about the
 * account that holds the most. What is wrong is answered `{ "error" }`: 400 names the field, 403 says who may not, 404 what isn't there.
 */
export async function answerApi(cloud: Cloud, routes: readonly Route[], request: HttpRequest): Promise<HttpReply> {
  try {
    const { route, params } = find(routes, request);
    if (route.method === 'POST') checkSameOrigin(request);
    const { account, region, ...rest } = Object.fromEntries(request.query);
    const look = await lookIn(cloud, parse(z.strictObject(scopeQuery), present({ account, region })));
    const query = parse(route.query ?? nothing, rest) as never;
    const body = parse(route.body ?? z.undefined(), route.method === 'POST' ? readBody(request) : undefined) as never;
    return json(200, await route.handle(look, { params, query, body }));
  } catch (error) {
    if (error instanceof ApiError) return json(error.status, { error: error.message });
    // What a service refuses is the developer's to read, as the AWS console shows it.
    if (error instanceof AwsError) return json(error.httpStatus, { error: error.message, code: error.code });
    throw error;
  }
}

export function json(status: number, value: unknown): HttpReply {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

function find(routes: readonly Route[], { method, path }: HttpRequest): { route: Route; params: Record<string, string> } {
  const wanted = path.slice(API.length).split('/');
  const there: string[] = [];
  for (const route of routes) {
    const params = match(route.pattern.split('/'), wanted);
    if (params === undefined) continue;
    if ((route.method ?? 'GET') === method) return { route, params };
    there.push(route.method ?? 'GET');
  }
  if (there.length > 0) throw new ApiError(405, `${path} takes ${there.join(' and ')}, not ${method}.`);
  throw notFound(path);
}

function match(pattern: readonly string[], wanted: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const given = wanted[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== given) return undefined;
      continue;
    }
    try {
      params[part.slice(1)] = decodeURIComponent(given);
    } catch {
      throw new ApiError(400, `${part.slice(1)}: is not percent-encoded text`);
    }
    if (params[part.slice(1)] === '') return undefined;
  }
  return params;
}

/**
 * What changes something is asked for by the console's own page alone: the browser says so (Fetch standard, "Origin header"; it stands in every POST
 * of a page), and other pages of this machine have another port.
 */
function checkSameOrigin({ headers }: HttpRequest): void {
  if (headers.origin !== `http://${headers.host}`) throw new ApiError(403, 'Only the console’s own page may change something here.');
  if (headers['content-type'] !== 'application/json') throw new ApiError(415, 'The body must be application/json.');
}

function readBody({ body }: HttpRequest): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw new ApiError(400, 'The body is not JSON.');
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest(parsed.error);
}

const present = (values: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

async function lookIn(cloud: Cloud, asked: { account?: string | undefined; region?: string | undefined }): Promise<Look> {
  const scopes = scopesOf(cloud);
  const isAsked = (asked.account ?? asked.region) !== undefined;
  const scope: Scope | undefined = isAsked
    ? scopes.find(({ account, region }) => (asked.account ?? account) === account && (asked.region ?? region) === region)
    : await mainScope(cloud);
  // Nothing that is asked for makes a folder of the state.
  if (scope === undefined && scopes.length > 0 && isAsked)
    throw notFound(`Account ${asked.account ?? ''} in ${asked.region ?? 'any region'}`);
  const { account, region } = scope ?? { account: '000000000000', region: 'us-east-1' };
  const caller = { principal: administratorOf(account), account, region };
  return { cloud, caller, call: (service, operation, input = {}) => cloud.call(service, operation, input, caller) };
}
