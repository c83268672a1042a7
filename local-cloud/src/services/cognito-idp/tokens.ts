import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { ActiveUsers } from './active-users.ts';
import { preTokenGeneration, type TriggerSource } from './pre-token-generation.ts';
import type { Session } from './sessions.ts';
import type { SigningKey } from './signing-keys.ts';
import {
  ADMIN_SCOPE,
  accessClaims,
  type Claims,
  idClaims,
  overrideAccessClaims,
  overrideIdClaims,
  type TokenFrame,
} from './token-claims.ts';
import { tokenValidity_s } from './user-pool-client-settings.ts';
import type { User, UserPool, UserPoolClient } from './user-pool-store.ts';
import type { UserPools } from './user-pools.ts';
import { InvalidUserToken, issuerOf, type UserToken, verifyUserToken } from './verify-user-token.ts';

/** As InitiateAuth and its like answer (Cognito API Reference, AuthenticationResultType). */
export interface AuthenticationResult {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly ExpiresIn: number;
  readonly TokenType: 'Bearer';
  readonly RefreshToken?: string;
}

/** Whose tokens, through which client. */
export interface SignedIn {
  readonly scope: Scope;
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly user: User;
}

/** Makes the tokens of user pools and tells whose an access token is. */
export class Tokens {
  readonly #cloud: Cloud;
  readonly #pools: UserPools;
  readonly #triggerTimeout_ms: number;
  readonly #active: ActiveUsers;

  constructor(cloud: Cloud, pools: UserPools, triggerTimeout_ms: number) {
    this.#active = new ActiveUsers(cloud);
    this.#cloud = cloud;
    this.#pools = pools;
    this.#triggerTimeout_ms = triggerTimeout_ms;
  }

  /** Begins a session. Throws what the trigger throws; there is no session then. */
  async signIn(
    who: SignedIn,
    triggerSource: TriggerSource,
    clientMetadata: Readonly<Record<string, string>> | undefined,
  ): Promise<AuthenticationResult> {
    const now_ms = this.#cloud.clock();
    const originJti = randomUUID();
    const authTime_s = Math.floor(now_ms / 1000);
    const result = await this.#make(who, { originJti, authTime_s }, triggerSource, clientMetadata);
    const { user, pool, client } = who;
    const RefreshToken = this.#pools.in(who.scope).sessions.keep(
      {
        originJti,
        poolId: pool.id,
        clientId: client.id,
        username: user.username,
        sub: user.attributes['sub'] ?? '',
        authTime_s,
        until_ms: now_ms + tokenValidity_s(client.settings).refresh * 1000,
      },
      now_ms,
    );
    return { ...result, RefreshToken };
  }

  /** Goes on with a session. */
  refresh(who: SignedIn, session: Session, clientMetadata: Readonly<Record<string, string>> | undefined): Promise<AuthenticationResult> {
    return this.#make(who, session, 'TokenGeneration_RefreshTokens', clientMetadata);
  }

  /**
   * Whose access token this is, for the operations that take one; Cognito's own refuse a revoked one. Throws NotAuthorizedException,
   * UserNotFoundException.
   */
  async userOf(accessToken: string): Promise<{ scope: Scope; pool: UserPool; user: User; token: UserToken }> {
    const token = await verifyUserToken(this.#cloud, accessToken).catch((error: unknown) => {
      if (!(error instanceof InvalidUserToken)) throw error;
      throw notAuthorized(error.reason === 'expired' ? 'Access Token has expired' : 'Invalid Access Token');
    });
    const { scope, claims, userPoolId } = token;
    if (token.tokenUse !== 'access') throw notAuthorized('Invalid Access Token');
    if (!String(claims['scope']).split(' ').includes(ADMIN_SCOPE)) throw notAuthorized('Access Token does not have required scopes');
    const store = this.#pools.in(scope);
    const pool = this.#pools.pool(userPoolId, scope);
    const user = store.user(userPoolId, String(claims['username']));
    if (user === undefined || user.attributes['sub'] !== claims.sub) throw new AwsError('UserNotFoundException', 'User does not exist.');
    const session = store.sessions.byOrigin(String(claims['origin_jti']));
    if (session === undefined || session.isRevoked) throw notAuthorized('Access Token has been revoked');
    return { scope, pool, user, token };
  }

  async #make(
    { scope, pool, client, user }: SignedIn,
    session: { readonly originJti: string; readonly authTime_s: number },
    triggerSource: TriggerSource,
    clientMetadata: Readonly<Record<string, string>> | undefined,
  ): Promise<AuthenticationResult> {
    const groups = this.#pools.in(scope).groupsOf(user);
    const request = { triggerSource, clientId: client.id, groups, scopes: [ADMIN_SCOPE], clientMetadata };
    const overrides = await preTokenGeneration(this.#cloud, scope, pool, user, request, this.#triggerTimeout_ms);
    const validity_s = tokenValidity_s(client.settings);
    const frame: TokenFrame = {
      ...session,
      issuer: issuerOf(this.#cloud, pool.id),
      clientId: client.id,
      eventId: randomUUID(),
      now_s: Math.floor(this.#cloud.clock() / 1000),
      validity_s,
    };
    const keys = await this.#pools.keys.of(scope, pool.id);
    const [AccessToken, IdToken] = await Promise.all([
      sign(overrideAccessClaims(accessClaims(user, groups, frame, randomUUID()), overrides), keys.access),
      sign(overrideIdClaims(idClaims(user, groups, client.settings, frame, randomUUID()), overrides), keys.id),
    ]);
    this.#active.note(scope, pool.id, user.username);
    return { AccessToken, IdToken, ExpiresIn: validity_s.access, TokenType: 'Bearer' };
  }
}

export function notAuthorized(message: string): AwsError {
  return new AwsError('NotAuthorizedException', message);
}

function sign(claims: Claims, { kid, privateKey }: SigningKey): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256' }).sign(privateKey);
}
