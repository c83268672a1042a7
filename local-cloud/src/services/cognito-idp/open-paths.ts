import type { Cloud } from '../../kernel/cloud.ts';
import type { HttpReply, HttpRequest, OpenPath } from '../../kernel/service.ts';
import type { UserPools } from './user-pools.ts';
import { issuerOf } from './verify-user-token.ts';

/** Web pages of any origin may call the public operations and read their answers, as they may in AWS. */
export const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
} as const;

const PREFLIGHT_SECONDS = '172800';
/** Cognito Developer Guide, "Verifying JSON web tokens", and OpenID Connect Discovery 1.0 for the other one. */
const WELL_KNOWN = /^\/([a-z0-9-]+_[A-Za-z0-9]+)\/\.well-known\/(jwks\.json|openid-configuration)$/;

/** What Cognito answers that is no operation: preflights of web pages, and what a pool publishes of itself. */
export function openPaths(cloud: Cloud, pools: UserPools): OpenPath[] {
  return [
    { matches: isPreflight, handle: async (request) => preflight(request) },
    { matches: ({ method, path }) => method === 'GET' && WELL_KNOWN.test(path), handle: (request) => publish(request, cloud, pools) },
  ];
}

/**
 * Only what needs no signature: every service is reached at this path, and for a page to sign a request it would need nothing
 * but an account's number (LIMITS.md, "Signatures are not verified"). A query is where presigned requests carry it.
 */
function isPreflight({ method, path, rawQuery, headers }: HttpRequest): boolean {
  const wanted = headers['access-control-request-headers'] ?? '';
  return method === 'OPTIONS' && path === '/' && rawQuery === '' && /\bx-amz-target\b/i.test(wanted) && !/\bauthorization\b/i.test(wanted);
}

function preflight({ headers }: HttpRequest): HttpReply {
  return {
    status: 200,
    headers: {
      ...CORS_HEADERS,
      'Access-Control-Allow-Headers': headers['access-control-request-headers'] ?? '',
      'Access-Control-Allow-Methods': headers['access-control-request-method'] ?? 'POST',
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    },
  };
}

async function publish({ path }: HttpRequest, cloud: Cloud, pools: UserPools): Promise<HttpReply> {
  const [, poolId = '', document] = WELL_KNOWN.exec(path) ?? [];
  const scope = pools.scopeOfPool(poolId);
  if (scope === undefined) return json(404, { message: `User pool ${poolId} does not exist.` });
  if (document === 'jwks.json') {
    const { id, access } = await pools.keys.of(scope, poolId);
    return json(200, { keys: [id.jwk, access.jwk] });
  }
  const issuer = issuerOf(cloud, poolId);
  return json(200, {
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
  });
}

function json(status: number, body: unknown): HttpReply {
  return { status, headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }, body: JSON.stringify(body) };
}
