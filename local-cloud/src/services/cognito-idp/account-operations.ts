import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import { canRecoverByMail, delivery, sendResetCode } from './account-mails.ts';
import { checkPassword } from './password-policy.ts';
import { codeMismatch } from './reset-codes.ts';
import { wrongPassword } from './sign-in.ts';
import { openToEverybody } from './sign-in-operations.ts';
import { makeVerifier, matchesVerifier } from './srp-verifier.ts';
import { notAuthorized, type Tokens } from './tokens.ts';
import { invalid, isEmail } from './user-attributes.ts';
import { canRead } from './user-pool-client-settings.ts';
import { policyOf } from './user-pool-settings.ts';
import type { User, UserPool, UserPoolStore } from './user-pool-store.ts';
import type { PublicClient, UserPools } from './user-pools.ts';

const clientMetadata = { ClientMetadata: z.record(z.string(), z.string()).optional() };
const ofAccount = { ClientId: z.string(), Username: z.string().min(1).max(128) };

/** What people do with their own account. */
export function accountOperations(cloud: Cloud, pools: UserPools, tokens: Tokens): Record<string, Operation<never, unknown>> {
  const setPassword = (store: UserPoolStore, pool: UserPool, user: User, password: string) =>
    store.putUser(pool, {
      ...user,
      status: 'CONFIRMED',
      password: makeVerifier(pool.id, user.username, password),
      modifiedAt_ms: cloud.clock(),
    });

  return {
    GetUser: operation({
      input: z.strictObject({ AccessToken: z.string() }),
      authorize: openToEverybody,
      run: async (input) => {
        const { scope, pool, user, token } = await tokens.userOf(input.AccessToken);
        const client = pools.client(pool.id, token.clientId, scope);
        const { sub = '', ...rest } = user.attributes;
        const readable = Object.entries(rest).filter(([name]) => canRead(client.settings, name));
        return { Username: user.username, UserAttributes: [['sub', sub], ...readable].map(([Name, Value]) => ({ Name, Value })) };
      },
    }),

    GlobalSignOut: operation({
      input: z.strictObject({ AccessToken: z.string() }),
      authorize: openToEverybody,
      run: async (input) => {
        const { scope, pool, user } = await tokens.userOf(input.AccessToken);
        pools.in(scope).sessions.revokeAll(pool.id, user.username);
      },
    }),

    RevokeToken: operation({
      input: z.strictObject({ ClientId: z.string(), Token: z.string() }),
      authorize: openToEverybody,
      run: ({ ClientId, Token }) => {
        const { scope, client } = pools.publicClient(ClientId);
        const { sessions } = pools.in(scope);
        const session = sessions.byRefreshToken(Token);
        if (session === undefined && Token.split('.').length === 3)
          throw new AwsError('UnsupportedTokenTypeException', 'Only refresh tokens can be revoked.');
        if (session === undefined) return;
        if (session.clientId !== client.id) throw new AwsError('UnauthorizedException', 'The token was issued to another client.', 401);
        sessions.revoke(session);
      },
    }),

    ChangePassword: operation({
      input: z.strictObject({ AccessToken: z.string(), PreviousPassword: z.string().optional(), ProposedPassword: z.string() }),
      authorize: openToEverybody,
      run: async ({ AccessToken, PreviousPassword, ProposedPassword }) => {
        const { scope, pool, user } = await tokens.userOf(AccessToken);
        const store = pools.in(scope);
        store.resetCodes.count('ChangePassword', pool.id, user.username, cloud.clock());
        if (PreviousPassword === undefined || user.password === undefined) throw invalid('Missing required parameter PreviousPassword');
        if (!matchesVerifier(pool.id, user.username, PreviousPassword, user.password)) throw wrongPassword();
        checkPassword(ProposedPassword, policyOf(pool));
        setPassword(store, pool, user, ProposedPassword);
      },
    }),

    ForgotPassword: operation({
      input: z.strictObject({ ...ofAccount, ...clientMetadata }),
      authorize: openToEverybody,
      run: async ({ ClientId, Username }) => {
        const at = pools.publicClient(ClientId);
        const store = pools.in(at.scope);
        const now_ms = cloud.clock();
        store.resetCodes.count('ForgotPassword', at.pool.id, countedName(at, Username), now_ms);
        const user = knownUser(at, store, Username);
        if (user === undefined) return { CodeDeliveryDetails: simulatedDelivery(Username) };
        if (user.status === 'FORCE_CHANGE_PASSWORD') throw notResettable();
        if (!canRecoverByMail(at.pool, user)) {
          if (hidesUsers(at)) return { CodeDeliveryDetails: simulatedDelivery(Username) };
          throw noWayOfRecovery();
        }
        const code = store.resetCodes.make(at.pool.id, user.username, now_ms);
        return { CodeDeliveryDetails: sendResetCode(cloud, at.scope, at.pool, user, code) };
      },
    }),

    ConfirmForgotPassword: operation({
      input: z.strictObject({ ...ofAccount, ConfirmationCode: z.string(), Password: z.string(), ...clientMetadata }),
      authorize: openToEverybody,
      run: async ({ ClientId, Username, ConfirmationCode, Password }) => {
        const at = pools.publicClient(ClientId);
        const store = pools.in(at.scope);
        const now_ms = cloud.clock();
        store.resetCodes.count('ConfirmForgotPassword', at.pool.id, countedName(at, Username), now_ms);
        const user = knownUser(at, store, Username);
        if (user === undefined) throw codeMismatch();
        store.resetCodes.check(at.pool.id, user.username, ConfirmationCode, now_ms);
        checkPassword(Password, policyOf(at.pool));
        setPassword(store, at.pool, user, Password);
        store.resetCodes.used(at.pool.id, user.username);
      },
    }),
  };
}

/** Whom a name belongs to; undefined where a stranger must not learn that it belongs to nobody who may. Throws UserNotFoundException, NotAuthorizedException. */
function knownUser(at: PublicClient, store: UserPoolStore, name: string): User | undefined {
  const user = store.userBySignInName(at.pool, name);
  if (user?.enabled) return user;
  if (hidesUsers(at)) return undefined;
  if (user === undefined) throw new AwsError('UserNotFoundException', 'Username/client id combination not found.');
  throw notAuthorized('User is disabled.');
}

function hidesUsers({ client }: PublicClient): boolean {
  return client.settings.PreventUserExistenceErrors === 'ENABLED';
}

/** Attempts count by the name that was given, whether it is anybody's or not. */
function countedName({ pool }: PublicClient, name: string): string {
  return pool.caseSensitive ? name : name.toLowerCase();
}

/** To the address that was given, or to a made-up one (Cognito Developer Guide, "Managing user existence error responses"). */
function simulatedDelivery(name: string) {
  return delivery(isEmail(name) ? name : `${name}@${name}`);
}

/** What an administrator and a user are both told of an invited user who never signed in. */
export function notResettable(): AwsError {
  return notAuthorized('User password cannot be reset in the current state.');
}

export function noWayOfRecovery(): AwsError {
  return invalid('Cannot reset password for the user as there is no registered/verified email or phone_number');
}
