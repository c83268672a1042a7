import { randomUUID } from 'node:crypto';
import type { FakePerson } from './fake-api.ts';
import { srpChallenge } from './fake-srp.ts';

export interface FakeUser extends FakePerson {
  password: string;
  state: 'fine' | 'disabled' | 'first-password' | 'reset-required' | 'not-set-up';
}

/** What AWS's JSON protocol answers: a status and a body. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

class Refusal extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

type Input = Record<string, unknown> & { AuthParameters?: Record<string, string>; ChallengeResponses?: Record<string, string> };

/** What Amplify needs of a Cognito user pool to sign people in and out. */
export class FakeUserPool {
  readonly id = 'us-east-1_Fake00001';
  readonly users: FakeUser[];
  /** The code that every reset of a password takes. */
  readonly code = '493817';
  tokenLife_s = 3600;
  readonly calls: string[] = [];
  readonly #refreshTokens = new Map<string, FakeUser>();
  readonly #accessTokens = new Map<string, FakeUser>();
  readonly #proofs = new Map<string, { user: FakeUser; proof: ReturnType<typeof srpChallenge> }>();
  readonly #sessions = new Map<string, FakeUser>();

  constructor(users: FakeUser[]) {
    this.users = users;
  }

  /** Whose access token it is; undefined for one that is not good, or not any more. */
  person(token: string | undefined): FakePerson | undefined {
    const user = token === undefined ? undefined : this.#accessTokens.get(token);
    if (user === undefined || token === undefined) return undefined;
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { name, email, persona, organization } = user;
    return exp * 1000 > Date.now() ? { name, email, persona, organization } : undefined;
  }

  /** Ends all sessions, as an administrator does. @param alsoRefresh Otherwise only the access tokens: they are renewed unnoticed. */
  endSessions({ alsoRefresh }: { alsoRefresh: boolean }): void {
    this.#accessTokens.clear();
    if (alsoRefresh) this.#refreshTokens.clear();
  }

  handle(operation: string, input: Input): Answer {
    this.calls.push(operation);
    try {
      return { status: 200, body: this.#answer(operation, input) };
    } catch (error) {
      if (error instanceof Refusal) return { status: 400, body: { __type: error.type, message: error.message } };
      throw error;
    }
  }

  #answer(operation: string, input: Input): unknown {
    switch (operation) {
      case 'InitiateAuth':
        return input['AuthFlow'] === 'USER_SRP_AUTH'
          ? this.#challenge(input.AuthParameters ?? {})
          : this.#refresh(input.AuthParameters ?? {});
      case 'GetTokensFromRefreshToken':
        return this.#refresh({ REFRESH_TOKEN: String(input['RefreshToken']) });
      case 'RespondToAuthChallenge':
        return this.#respond(String(input['ChallengeName']), input.ChallengeResponses ?? {}, String(input['Session']));
      case 'ForgotPassword':
        return { CodeDeliveryDetails: { Destination: 'a***@e***', DeliveryMedium: 'EMAIL', AttributeName: 'email' } };
      case 'ConfirmForgotPassword': {
        if (input['ConfirmationCode'] !== this.code) throw new Refusal('CodeMismatchException', 'Invalid verification code provided.');
        const user = this.#user(String(input['Username']));
        user.password = String(input['Password']);
        if (user.state === 'reset-required') user.state = 'fine';
        return {};
      }
      case 'RevokeToken':
        this.#refreshTokens.delete(String(input['Token']));
        return {};
      case 'GlobalSignOut':
        if (!this.#accessTokens.has(String(input['AccessToken'])))
          throw new Refusal('NotAuthorizedException', 'Access Token has been revoked');
        this.endSessions({ alsoRefresh: true });
        return {};
      default:
        throw new Refusal('UnknownOperationException', `${operation} is not made up here`);
    }
  }

  #user(email: string): FakeUser {
    const user = this.users.find((each) => each.email === email.toLowerCase());
    if (user === undefined) throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    return user;
  }

  #challenge({ USERNAME = '', SRP_A = '' }: Record<string, string>): unknown {
    const user = this.#user(USERNAME);
    const proof = srpChallenge(this.id.split('_')[1] ?? '', USERNAME, user.password, SRP_A);
    this.#proofs.set(proof.SECRET_BLOCK, { user, proof });
    const { SALT, SRP_B, SECRET_BLOCK } = proof;
    const ChallengeParameters = { SALT, SRP_B, SECRET_BLOCK, USERNAME, USER_ID_FOR_SRP: USERNAME };
    return { ChallengeName: 'PASSWORD_VERIFIER', ChallengeParameters };
  }

  #respond(challenge: string, responses: Record<string, string>, session: string): unknown {
    if (challenge === 'NEW_PASSWORD_REQUIRED') {
      const user = this.#sessions.get(session);
      if (user === undefined) throw new Refusal('NotAuthorizedException', 'Invalid session for the user.');
      user.password = responses['NEW_PASSWORD'] ?? '';
      user.state = 'fine';
      return this.#tokens(user);
    }
    const found = this.#proofs.get(responses['PASSWORD_CLAIM_SECRET_BLOCK'] ?? '');
    if (!found?.proof.isProvedBy(responses['PASSWORD_CLAIM_SIGNATURE'] ?? '', responses['TIMESTAMP'] ?? '')) {
      throw new Refusal('NotAuthorizedException', 'Incorrect username or password.');
    }
    const { user } = found;
    if (user.state === 'disabled') throw new Refusal('NotAuthorizedException', 'User is disabled.');
    if (user.state === 'reset-required') throw new Refusal('PasswordResetRequiredException', 'Password reset required for the user');
    if (user.state === 'not-set-up') {
      throw new Refusal('UserLambdaValidationException', 'PreTokenGeneration failed with error There is no such user.');
    }
    if (user.state === 'first-password') {
      const Session = randomUUID();
      this.#sessions.set(Session, user);
      return {
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeParameters: { USER_ID_FOR_SRP: user.email, requiredAttributes: '[]', userAttributes: '{}' },
      };
    }
    return this.#tokens(user);
  }

  #refresh({ REFRESH_TOKEN = '' }: Record<string, string>): unknown {
    const user = this.#refreshTokens.get(REFRESH_TOKEN);
    if (user === undefined) throw new Refusal('NotAuthorizedException', 'Refresh Token has been revoked');
    return this.#tokens(user, REFRESH_TOKEN);
  }

  #tokens(user: FakeUser, known?: string): unknown {
    const RefreshToken = known ?? randomUUID();
    this.#refreshTokens.set(RefreshToken, user);
    const AccessToken = this.#token(user, 'access');
    this.#accessTokens.set(AccessToken, user);
    const result = { AccessToken, IdToken: this.#token(user, 'id'), ExpiresIn: this.tokenLife_s, TokenType: 'Bearer' };
    return { AuthenticationResult: known === undefined ? { ...result, RefreshToken } : result, ChallengeParameters: {} };
  }

  /** Nobody checks these signatures: Amplify reads tokens, and this API knows its own. */
  #token(user: FakeUser, token_use: string): string {
    const iat = Math.floor(Date.now() / 1000);
    const claims = {
      sub: user.email,
      username: user.email,
      token_use,
      origin_jti: 'fake',
      jti: randomUUID(),
      iat,
      exp: iat + this.tokenLife_s,
    };
    return [{ alg: 'none' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
      .concat('.fake');
  }
}
