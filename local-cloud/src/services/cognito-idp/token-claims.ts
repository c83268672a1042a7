import type { TokenOverrides } from './pre-token-generation.ts';
import { canRead, type UserPoolClientSettings } from './user-pool-client-settings.ts';
import type { User } from './user-pool-store.ts';

export type Claims = Record<string, unknown>;

/** What the tokens of one moment have in common. Times are seconds since 1970. */
export interface TokenFrame {
  readonly issuer: string;
  readonly clientId: string;
  readonly originJti: string;
  readonly eventId: string;
  readonly authTime_s: number;
  readonly now_s: number;
  readonly validity_s: { readonly access: number; readonly id: number };
}

/** What the holder of an access token may do with the pool's own operations (Cognito Developer Guide, "Understanding the access token"). */
export const ADMIN_SCOPE = 'aws.cognito.signin.user.admin';

/** Claims that a trigger can neither set nor take away (Cognito Developer Guide, "Pre token generation Lambda trigger", excluded claims and scopes). */
const FIXED = new Set([
  'acr',
  'amr',
  'at_hash',
  'auth_time',
  'azp',
  'client_id',
  'cognito:username',
  'device_key',
  'event_id',
  'exp',
  'iat',
  'identities',
  'iss',
  'jti',
  'nbf',
  'nonce',
  'origin_jti',
  'sub',
  'token_use',
  'username',
  'version',
]);
/** The ones of Cognito's own prefix that a trigger can change. */
const GROUP_CLAIMS = new Set(['cognito:groups', 'cognito:roles', 'cognito:preferred_role']);

/** The claims of an ID token: the attributes that the client may read, with OpenID Connect's types. */
export function idClaims(user: User, groups: readonly string[], client: UserPoolClientSettings, frame: TokenFrame, jti: string): Claims {
  const readable = Object.entries(user.attributes).filter(([name]) => name !== 'sub' && canRead(client, name));
  return {
    sub: user.attributes['sub'],
    ...Object.fromEntries(readable.map(([name, value]) => [name, typed(name, value)])),
    ...groupClaim(groups),
    iss: frame.issuer,
    'cognito:username': user.username,
    origin_jti: frame.originJti,
    aud: frame.clientId,
    event_id: frame.eventId,
    token_use: 'id',
    auth_time: frame.authTime_s,
    exp: frame.now_s + frame.validity_s.id,
    iat: frame.now_s,
    jti,
  };
}

export function accessClaims(user: User, groups: readonly string[], frame: TokenFrame, jti: string): Claims {
  return {
    sub: user.attributes['sub'],
    ...groupClaim(groups),
    iss: frame.issuer,
    client_id: frame.clientId,
    origin_jti: frame.originJti,
    event_id: frame.eventId,
    token_use: 'access',
    scope: ADMIN_SCOPE,
    auth_time: frame.authTime_s,
    exp: frame.now_s + frame.validity_s.access,
    iat: frame.now_s,
    jti,
    username: user.username,
  };
}

/** An ID token's claims as a trigger wants them. */
export function overrideIdClaims(claims: Claims, overrides: TokenOverrides | undefined): Claims {
  const { claimsToAddOrOverride, claimsToSuppress } = overrides?.idTokenGeneration ?? {};
  const { iamRolesToOverride, preferredRole } = overrides?.groupOverrideDetails ?? {};
  const grouped = {
    ...withGroups(claims, overrides),
    ...(iamRolesToOverride?.length ? { 'cognito:roles': iamRolesToOverride } : {}),
    ...(preferredRole ? { 'cognito:preferred_role': preferredRole } : {}),
  };
  return changed(grouped, claimsToAddOrOverride, claimsToSuppress, (name) => name !== 'aud');
}

/** An access token's claims as a trigger wants them. An audience can only be the client itself. */
export function overrideAccessClaims(claims: Claims, overrides: TokenOverrides | undefined): Claims {
  const { claimsToAddOrOverride, claimsToSuppress, scopesToAdd, scopesToSuppress } = overrides?.accessTokenGeneration ?? {};
  const scopes = new Set([ADMIN_SCOPE, ...(scopesToAdd ?? [])]);
  for (const scope of scopesToSuppress ?? []) scopes.delete(scope);
  const { scope: _before, ...rest } = withGroups(claims, overrides);
  return changed(
    { ...rest, scope: [...scopes].join(' ') },
    claimsToAddOrOverride,
    claimsToSuppress,
    (name, value) => name !== 'scope' && (name !== 'aud' || value === claims['client_id']),
  );
}

/** Empty group details take the groups away, none leave them as they are. */
function withGroups(claims: Claims, overrides: TokenOverrides | undefined): Claims {
  if (overrides === undefined || overrides.groupOverrideDetails === undefined) return claims;
  const { 'cognito:groups': _before, ...rest } = claims;
  return { ...rest, ...groupClaim(overrides.groupOverrideDetails?.groupsToOverride ?? []) };
}

/** What is both set and suppressed is suppressed; what can't be changed is left as it is. */
function changed(
  claims: Claims,
  wanted: Readonly<Record<string, unknown>> | null | undefined,
  suppressed: readonly string[] | null | undefined,
  isAllowed: (name: string, value: unknown) => boolean,
): Claims {
  const isFree = (name: string, value?: unknown) =>
    !FIXED.has(name) && (!name.startsWith('cognito:') || GROUP_CLAIMS.has(name)) && isAllowed(name, value);
  const added = Object.entries(wanted ?? {}).filter(([name, value]) => value !== null && isFree(name, value));
  const gone = new Set((suppressed ?? []).filter((name) => isFree(name)));
  return Object.fromEntries([...Object.entries(claims), ...added].filter(([name]) => !gone.has(name)));
}

function groupClaim(groups: readonly string[]): Claims {
  return groups.length === 0 ? {} : { 'cognito:groups': groups };
}

/** OpenID Connect Core 1.0, "Standard Claims"; custom attributes are text whatever their type. */
function typed(name: string, value: string): unknown {
  if (name === 'email_verified' || name === 'phone_number_verified') return value.toLowerCase() === 'true';
  if (name === 'updated_at') return Number(value);
  if (name === 'address') return { formatted: value };
  return value;
}
