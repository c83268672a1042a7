import { randomBytes } from 'node:crypto';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { Challenge } from './challenges.ts';
import { checkPassword } from './password-policy.ts';
import { isClaimTimestamp, type PasswordClaim, provesPassword, readPublicValue, simulateUser, startExchange } from './srp-server.ts';
import { makeVerifier, type PasswordVerifier } from './srp-verifier.ts';
import { type AuthenticationResult, notAuthorized, type Tokens } from './tokens.ts';
import { checkAttributes, invalid } from './user-attributes.ts';
import { allowsFlow, canRead, canWrite } from './user-pool-client-settings.ts';
import { policyOf } from './user-pool-settings.ts';
import type { User, UserPool } from './user-pool-store.ts';
import type { PublicClient, UserPools } from './user-pools.ts';

/** As InitiateAuth and RespondToAuthChallenge answer. */
export interface SignInAnswer {
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly ChallengeParameters: Readonly<Record<string, string>>;
  readonly AuthenticationResult?: AuthenticationResult;
}

type Metadata = Readonly<Record<string, string>> | undefined;

const SECRET_BLOCK_BYTES = 192;
const SESSION_BYTES = 96;

/** Signing in by a password that is never sent (Cognito Developer Guide, "Sign-in with persistent passwords and secure payload": SRP). */
export class SignIn {
  readonly #cloud: Cloud;
  readonly #pools: UserPools;
  readonly #tokens: Tokens;

  constructor(cloud: Cloud, pools: UserPools, tokens: Tokens) {
    this.#cloud = cloud;
    this.#pools = pools;
    this.#tokens = tokens;
  }

  /** Throws InvalidParameterException. */
  requireFlow({ client }: PublicClient, flow: 'ALLOW_USER_SRP_AUTH' | 'ALLOW_REFRESH_TOKEN_AUTH'): void {
    if (allowsFlow(client.settings, flow)) return;
    if (flow === 'ALLOW_USER_SRP_AUTH') throw invalid('USER_SRP_AUTH is not enabled for the client.');
    throw invalid('Refresh Token flow not enabled for this client');
  }

  /** The first step: `name` is what the user signs in as, `publicValue` the client's A, hexadecimal. */
  async startSrp(at: PublicClient, name: string, publicValue: string): Promise<SignInAnswer> {
    this.requireFlow(at, 'ALLOW_USER_SRP_AUTH');
    const A = readPublicValue(publicValue);
    if (A === undefined) throw invalid('SRP_A is no public value of the group in which passwords are proved');
    const user = this.#pools.in(at.scope).userBySignInName(at.pool, name);
    if (at.client.settings.PreventUserExistenceErrors !== 'ENABLED') {
      if (user === undefined) throw new AwsError('UserNotFoundException', 'User does not exist.');
      if (!user.enabled) throw notAuthorized('User is disabled.');
    }
    const { username, password } = user?.password === undefined ? await this.#simulated(at, name) : { ...user, password: user.password };
    const secret = startExchange(password);
    const SECRET_BLOCK = randomBytes(SECRET_BLOCK_BYTES).toString('base64');
    const challenge: Challenge = {
      name: 'PASSWORD_VERIFIER',
      poolId: at.pool.id,
      clientId: at.client.id,
      username,
      A: A.toString(16),
      secret,
      // Nothing that the next step reads may tell who exists: it simulates by the same name again.
      ...(user === undefined ? { simulatedName: name } : {}),
    };
    this.#open(at, SECRET_BLOCK, challenge);
    return {
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeParameters: { SALT: password.salt, SECRET_BLOCK, SRP_B: secret.B, USERNAME: username, USER_ID_FOR_SRP: username },
    };
  }

  /** The second step. Throws NotAuthorizedException, PasswordResetRequiredException, and what the trigger throws. */
  async verifyPassword(at: PublicClient, claim: PasswordClaim, clientMetadata: Metadata): Promise<SignInAnswer> {
    if (!isClaimTimestamp(claim.timestamp)) throw invalid('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.');
    const challenge = this.#challenge(at, claim.secretBlock, 'PASSWORD_VERIFIER');
    const store = this.#pools.in(at.scope);
    if (!store.challenges.end(claim.secretBlock)) throw usedSession();
    const { username } = challenge;
    const now_ms = this.#cloud.clock();
    store.attempts.check(at.pool.id, username, now_ms);
    const user = store.user(at.pool.id, username);
    const kept = user?.password ?? (await this.#simulated(at, challenge.simulatedName ?? username)).password;
    const isProved = provesPassword(at.pool.id, kept, challenge.A, challenge.secret, { ...claim, username });
    if (!isProved || user === undefined || claim.username !== username) {
      store.attempts.failed(at.pool.id, username, now_ms);
      throw wrongPassword();
    }
    if (!user.enabled) throw notAuthorized('User is disabled.');
    store.attempts.succeeded(at.pool.id, username);
    if (user.status === 'RESET_REQUIRED') throw new AwsError('PasswordResetRequiredException', 'Password reset required for the user');
    if (user.status === 'FORCE_CHANGE_PASSWORD') return this.#demandNewPassword(at, user, now_ms);
    return answer(await this.#tokens.signIn({ ...at, user }, 'TokenGeneration_Authentication', clientMetadata));
  }

  /** Answers NEW_PASSWORD_REQUIRED. A password that the pool's policy refuses leaves the session as it is. */
  async setNewPassword(
    at: PublicClient,
    session: string,
    { username, password, attributes }: { username: string; password: string; attributes: Readonly<Record<string, string>> },
    clientMetadata: Metadata,
  ): Promise<SignInAnswer> {
    const challenge = this.#challenge(at, session, 'NEW_PASSWORD_REQUIRED');
    const store = this.#pools.in(at.scope);
    const user = store.user(at.pool.id, challenge.username);
    if (user === undefined || store.userBySignInName(at.pool, username)?.username !== user.username) throw invalidSession();
    if (!user.enabled) throw notAuthorized('User is disabled.');
    checkPassword(password, policyOf(at.pool));
    checkNewAttributes(at, user, attributes);
    if (!store.challenges.end(session)) throw usedSession();
    const changed: User = {
      ...user,
      attributes: { ...user.attributes, ...attributes },
      status: 'CONFIRMED',
      password: makeVerifier(at.pool.id, user.username, password),
      temporaryUntil_ms: undefined,
      modifiedAt_ms: this.#cloud.clock(),
    };
    store.putUser(at.pool, changed);
    return answer(await this.#tokens.signIn({ ...at, user: changed }, 'TokenGeneration_NewPasswordChallenge', clientMetadata));
  }

  /** New tokens for a refresh token. Throws NotAuthorizedException, UserNotFoundException, and what the trigger throws. */
  async refresh(at: PublicClient, refreshToken: string, clientMetadata: Metadata): Promise<AuthenticationResult> {
    const store = this.#pools.in(at.scope);
    const session = store.sessions.byRefreshToken(refreshToken);
    if (session === undefined || session.poolId !== at.pool.id || session.clientId !== at.client.id)
      throw notAuthorized('Invalid Refresh Token.');
    const user = store.user(at.pool.id, session.username);
    if (user === undefined || user.attributes['sub'] !== session.sub) throw new AwsError('UserNotFoundException', 'User does not exist.');
    if (!user.enabled) throw notAuthorized('User is disabled.');
    if (session.isRevoked) throw notAuthorized('Refresh Token has been revoked');
    if (session.until_ms <= this.#cloud.clock()) throw notAuthorized('Refresh Token has expired');
    return this.#tokens.refresh({ ...at, user }, session, clientMetadata);
  }

  #demandNewPassword(at: PublicClient, user: User, now_ms: number): SignInAnswer {
    if (user.temporaryUntil_ms !== undefined && user.temporaryUntil_ms <= now_ms)
      throw notAuthorized('Temporary password has expired and must be reset by an administrator.');
    const Session = randomBytes(SESSION_BYTES).toString('base64url');
    this.#open(at, Session, { name: 'NEW_PASSWORD_REQUIRED', poolId: at.pool.id, clientId: at.client.id, username: user.username });
    const { sub: _sub, ...attributes } = user.attributes;
    const readable = Object.entries(attributes).filter(([name]) => canRead(at.client.settings, name));
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session,
      ChallengeParameters: {
        USER_ID_FOR_SRP: user.username,
        requiredAttributes: JSON.stringify(missingAttributes(at.pool, user.attributes).map((name) => `userAttributes.${name}`)),
        userAttributes: JSON.stringify(Object.fromEntries(readable)),
      },
    };
  }

  #open(at: PublicClient, id: string, challenge: Challenge): void {
    const validity_ms = at.client.settings.AuthSessionValidity * 60_000;
    this.#pools.in(at.scope).challenges.open(id, challenge, this.#cloud.clock(), validity_ms);
  }

  /** Throws NotAuthorizedException. */
  #challenge<Name extends Challenge['name']>(at: PublicClient, id: string, name: Name): Extract<Challenge, { name: Name }> {
    const found = this.#pools.in(at.scope).challenges.find(id);
    if (found === undefined) throw invalidSession();
    const { challenge, until_ms } = found;
    if (challenge.name !== name || challenge.poolId !== at.pool.id || challenge.clientId !== at.client.id) throw invalidSession();
    if (until_ms <= this.#cloud.clock()) throw notAuthorized('Invalid session for the user, session is expired.');
    return challenge as Extract<Challenge, { name: Name }>;
  }

  async #simulated(at: PublicClient, name: string): Promise<{ username: string; password: PasswordVerifier }> {
    const { seed } = await this.#pools.keys.of(at.scope, at.pool.id);
    return simulateUser(seed, at.pool.caseSensitive ? name : name.toLowerCase());
  }
}

function answer(AuthenticationResult: AuthenticationResult): SignInAnswer {
  return { AuthenticationResult, ChallengeParameters: {} };
}

/** Required attributes that a user lacks; `sub` every user has. */
function missingAttributes(pool: UserPool, attributes: Readonly<Record<string, string>>): string[] {
  return pool.schema.filter(({ Name, Required }) => Required && attributes[Name] === undefined).map(({ Name }) => Name);
}

/** Throws InvalidParameterException, NotAuthorizedException. */
function checkNewAttributes({ pool, client }: PublicClient, user: User, attributes: Readonly<Record<string, string>>): void {
  checkAttributes(pool.schema, attributes, false);
  for (const name of Object.keys(attributes)) {
    if (!canWrite(client.settings, name)) throw notAuthorized('A client attempted to write unauthorized attribute');
    if (user.attributes[name] !== undefined) throw notAuthorized(`Cannot modify an already provided ${name}`);
  }
  const [missing] = missingAttributes(pool, { ...user.attributes, ...attributes });
  if (missing !== undefined) throw invalid(`Invalid attributes given, ${missing} is missing`);
}

export function wrongPassword(): AwsError {
  return notAuthorized('Incorrect username or password.');
}

function invalidSession(): AwsError {
  return notAuthorized('Invalid session for the user.');
}

function usedSession(): AwsError {
  return notAuthorized('Invalid session for the user, session can only be used once.');
}
