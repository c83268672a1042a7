import { type CryptoKey, decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { poolArn } from './user-pool-store.ts';
import { userPoolsOf } from './user-pools.ts';

/** An ID or access token of a user pool of this local cloud, whose signature, issuer and time have been checked. */
export interface UserToken {
  /** Where the pool is. */
  readonly scope: Scope;
  readonly userPoolId: string;
  readonly userPoolArn: string;
  readonly clientId: string;
  readonly tokenUse: 'access' | 'id';
  readonly claims: JWTPayload;
}

/** Why a token isn't one. `expired` tells that it was one. */
export class InvalidUserToken extends Error {
  readonly reason: 'malformed' | 'expired' | 'refused';

  constructor(reason: InvalidUserToken['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** So many verified tokens are remembered at most; the oldest go first. */
const REMEMBERED = 10_000;
const verified = new WeakMap<Cloud, Map<string, UserToken & { readonly until_ms: number }>>();

/**
 * Checks a token as its holder's API does it: signed by a key of the pool that it names as its issuer, which is one of this
 * local cloud at its present address, not expired, and an ID or access token (Cognito Developer Guide, "Verifying JSON web
 * tokens"). Says nothing of revocation, as on AWS. A token that was checked before costs a look into a map, until it expires.
 * Throws InvalidUserToken.
 */
export async function verifyUserToken(cloud: Cloud, token: string): Promise<UserToken> {
  const remembered = rememberedTokens(cloud);
  const known = remembered.get(token);
  if (known !== undefined) {
    if (cloud.clock() < known.until_ms) return known;
    remembered.delete(token);
  }
  const checked = await check(cloud, token);
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value ?? '');
  remembered.set(token, checked);
  return checked;
}

/** The issuer of a pool's tokens, which is its ProviderURL and the prefix of its JWKS. */
export function issuerOf(cloud: Cloud, userPoolId: string): string {
  return `${cloud.endpoint}/${userPoolId}`;
}

/** What was verified of a deleted pool's tokens is not believed any longer. */
export function forgetTokensOf(cloud: Cloud, userPoolId: string): void {
  const remembered = rememberedTokens(cloud);
  for (const [token, known] of remembered) if (known.userPoolId === userPoolId) remembered.delete(token);
}

function rememberedTokens(cloud: Cloud): Map<string, UserToken & { readonly until_ms: number }> {
  let map = verified.get(cloud);
  if (map === undefined) {
    map = new Map();
    verified.set(cloud, map);
  }
  return map;
}

async function check(cloud: Cloud, token: string): Promise<UserToken & { readonly until_ms: number }> {
  let issuer: string | undefined;
  let kid: string | undefined;
  try {
    issuer = decodeJwt(token).iss;
    kid = decodeProtectedHeader(token).kid;
  } catch {
    throw new InvalidUserToken('malformed', 'not a JSON web token');
  }
  const userPoolId = issuer?.slice(issuer.lastIndexOf('/') + 1) ?? '';
  const pools = userPoolsOf(cloud);
  const scope = pools.scopeOfPool(userPoolId);
  if (scope === undefined || issuer !== issuerOf(cloud, userPoolId))
    throw new InvalidUserToken('refused', 'the issuer is no user pool of this local cloud');
  const keys = await pools.keys.of(scope, userPoolId);
  const key = [keys.access, keys.id].find((candidate) => candidate.kid === kid);
  if (key === undefined) throw new InvalidUserToken('refused', 'the pool has no key of this id');
  const claims = await payloadOf(token, key.publicKey, cloud.clock());
  const tokenUse = claims['token_use'];
  const clientId = tokenUse === 'id' ? claims.aud : claims['client_id'];
  if ((tokenUse !== 'id' && tokenUse !== 'access') || typeof clientId !== 'string' || claims.exp === undefined)
    throw new InvalidUserToken('refused', 'neither an ID nor an access token');
  return { scope, userPoolId, userPoolArn: poolArn(scope, userPoolId), clientId, tokenUse, claims, until_ms: claims.exp * 1000 };
}

async function payloadOf(token: string, key: CryptoKey, now_ms: number): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['RS256'], currentDate: new Date(now_ms) });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new InvalidUserToken('expired', 'the token has expired');
    if (error instanceof errors.JOSEError) throw new InvalidUserToken('refused', error.message);
    throw error;
  }
}
