import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword,
  confirmSignIn,
  fetchAuthSession,
  resetPassword,
  type SignInOutput,
  signIn,
  signOut as signOutHere,
} from 'aws-amplify/auth';
import { ConsoleLogger } from 'aws-amplify/utils';
import type { RuntimeConfig } from '../config/runtime-config.ts';
import { ServiceFailed, SessionEnded, Unreachable } from '../graphql/failures.ts';
import { type Auth, AuthFailed, type SignInOutcome } from './auth.ts';
import { isUnreachable, problemOf } from './cognito-errors.ts';

/** Signs in against a Cognito user pool with Amplify, which proves the password by SRP: it never leaves the browser. */
export function amplifyAuth(config: RuntimeConfig): Auth {
  const userPoolEndpoint = new URL(config.user_pool_issuer).origin;
  // It warns of every address of a user pool that it was given, even of the usual one.
  ConsoleLogger.LOG_LEVEL = 'ERROR';
  Amplify.configure({
    Auth: { Cognito: { userPoolId: config.user_pool_id, userPoolClientId: config.user_pool_client_id, userPoolEndpoint } },
  });

  async function accessToken({ refresh }: { refresh: boolean } = { refresh: false }): Promise<string> {
    const session = await fetchAuthSession({ forceRefresh: refresh }).catch((error: unknown) => {
      if (isUnreachable(error)) throw new Unreachable('The sign-in service could not be reached.');
      if (endsSession(error)) throw new SessionEnded('The session was ended.');
      throw new ServiceFailed('The sign-in service could not renew the session.', true);
    });
    if (session.tokens === undefined) throw new SessionEnded('Nobody is signed in.');
    return session.tokens.accessToken.toString();
  }

  async function signOut(): Promise<void> {
    await signOutHere().catch(() => undefined);
    for (const key of Object.keys(localStorage)) if (key.startsWith('CognitoIdentityServiceProvider.')) localStorage.removeItem(key);
  }

  return {
    accessToken,
    signOut,

    async hasSession() {
      try {
        await accessToken();
        return true;
      } catch (error) {
        // Without network nobody can tell; what was kept counts until somebody says otherwise.
        return !(error instanceof SessionEnded);
      }
    },

    async signIn(email, password) {
      // Somebody whose session broke half-way may still be there; Amplify refuses to sign in over them.
      await signOut();
      return outcomeOf(await failing(() => signIn({ username: email.trim(), password })));
    },

    async completeNewPassword(password) {
      return outcomeOf(await failing(() => confirmSignIn({ challengeResponse: password })));
    },

    async requestPasswordReset(email) {
      await failing(() => resetPassword({ username: email.trim() }));
    },

    async confirmPasswordReset(email, code, password) {
      await failing(() => confirmResetPassword({ username: email.trim(), confirmationCode: code.trim(), newPassword: password }));
    },

    async signOutEverywhere() {
      // Amplify's own global sign-out hides a failure, and would claim an end to sessions that go on.
      const token = await failing(accessToken);
      const response = await failing(() =>
        fetch(userPoolEndpoint, {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSCognitoIdentityProviderService.GlobalSignOut' },
          body: JSON.stringify({ AccessToken: token }),
        }),
      );
      // A token that is refused belongs to a session that has ended already.
      if (!response.ok && response.status !== 400) throw new AuthFailed('unknown', `The sign-in service answered ${response.status}.`);
      await signOut();
    },

    onChangedElsewhere(changed) {
      const listen = ({ key }: StorageEvent): void => {
        if (key === null || (key.startsWith('CognitoIdentityServiceProvider.') && key.endsWith('.LastAuthUser'))) changed();
      };
      addEventListener('storage', listen);
      return () => removeEventListener('storage', listen);
    },
  };
}

async function failing<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new AuthFailed(problemOf(error), error instanceof Error ? error.message : String(error));
  }
}

/** Errors with which a user pool says that this person has no session any more (InitiateAuth, "Errors"). */
function endsSession(error: unknown): boolean {
  const names = ['NotAuthorizedException', 'PasswordResetRequiredException', 'UserNotConfirmedException', 'UserNotFoundException'];
  return error instanceof Error && (names.includes(error.name) || error.name.startsWith('UserUnAuthenticated'));
}

function outcomeOf({ isSignedIn, nextStep: { signInStep } }: SignInOutput): SignInOutcome {
  if (isSignedIn) return 'signed-in';
  if (signInStep === 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED') return 'new-password-required';
  if (signInStep === 'RESET_PASSWORD') return 'reset-required';
  throw new AuthFailed('unsupported', `This page does not know the sign-in step ${signInStep}.`);
}
