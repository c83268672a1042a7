import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { Amplify } from 'aws-amplify';
import {
  confirmResetPassword,
  confirmSignIn,
  fetchAuthSession,
  fetchUserAttributes,
  getCurrentUser,
  resetPassword,
  signIn,
  signOut,
  updatePassword,
} from 'aws-amplify/auth';
import { cognitoUserPoolsTokenProvider } from 'aws-amplify/auth/cognito';
import { ConsoleLogger } from 'aws-amplify/utils';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { outboxOf } from '../mail/outbox.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench, PASSWORD } from './testing/signing-in.ts';

// Amplify would warn of an endpoint that is not AWS's at each configuration.
ConsoleLogger.LOG_LEVEL = 'ERROR';

let test: TestCloud;
let bench: Bench;
let kept: Map<string, string>;

beforeEach(async () => {
  test = await startTestCloud([createCognitoIdp]);
  bench = await Bench.make(test);
  kept = new Map();
  Amplify.configure({
    Auth: {
      Cognito: { userPoolId: bench.poolId, userPoolClientId: bench.clientId, userPoolEndpoint: test.endpoint, loginWith: { email: true } },
    },
  });
  cognitoUserPoolsTokenProvider.setKeyValueStorage({
    setItem: async (key, value) => void kept.set(key, value),
    getItem: async (key) => kept.get(key) ?? null,
    removeItem: async (key) => void kept.delete(key),
    clear: async () => kept.clear(),
  });
});

afterEach(async () => {
  await signOut();
  bench.stop();
  await test.stop();
});

const ofAda = () => ({ UserPoolId: bench.poolId, Username: ADA });
const signInAs = (username: string, password = PASSWORD) => signIn({ username, password });
const mailed = (pattern: RegExp) => pattern.exec(outboxOf(test.cloud).list(ADA)[0]?.body ?? '')?.[0] ?? '';

/** The library by which the dashboard signs in, as it is. */
describe('Amplify', () => {
  it('signs in by SRP, keeps the session and signs out', async () => {
    const sub = await bench.createUser(ADA, { email_verified: 'true', 'custom:user_id': 'u-1' });
    expect(await signInAs(ADA)).toEqual({ isSignedIn: true, nextStep: { signInStep: 'DONE' } });
    expect(await getCurrentUser()).toMatchObject({
      username: sub,
      userId: sub,
      signInDetails: { loginId: ADA, authFlowType: 'USER_SRP_AUTH' },
    });
    const { tokens } = await fetchAuthSession();
    expect(tokens?.accessToken.payload).toMatchObject({
      username: sub,
      client_id: bench.clientId,
      iss: `${test.endpoint}/${bench.poolId}`,
    });
    expect(tokens?.idToken?.payload).toMatchObject({ email: ADA, 'custom:user_id': 'u-1' });
    expect(await fetchUserAttributes()).toEqual({ sub, email: ADA, email_verified: 'true', 'custom:user_id': 'u-1' });
    await signOut();
    expect((await fetchAuthSession()).tokens).toBeUndefined();
    await expect(getCurrentUser()).rejects.toMatchObject({ name: 'UserUnAuthenticatedException' });
  });

  it('refreshes', async () => {
    await bench.createUser();
    await signInAs(ADA);
    const before = (await fetchAuthSession()).tokens?.accessToken.payload;
    const after = (await fetchAuthSession({ forceRefresh: true })).tokens?.accessToken.payload;
    expect(after?.['origin_jti']).toBe(before?.['origin_jti']);
    expect(after?.jti).not.toBe(before?.jti);
  });

  it.each([
    ['a wrong password', ADA, 'Wrong-Horse-1'],
    ['an unknown user', 'nobody@example.com', PASSWORD],
  ])('tells %s in the same words', async (_, username, password) => {
    await bench.createUser();
    await expect(signInAs(username, password)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Incorrect username or password.',
    });
  });

  it('is refused for a disabled user, at sign-in and at refresh', async () => {
    await bench.createUser();
    await signInAs(ADA);
    await bench.cognito.send(new AdminDisableUserCommand(ofAda()));
    expect((await fetchAuthSession({ forceRefresh: true })).tokens).toBeUndefined();
    await expect(signInAs(ADA)).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'User is disabled.' });
    await bench.cognito.send(new AdminEnableUserCommand(ofAda()));
    expect((await signInAs(ADA)).isSignedIn).toBe(true);
  });

  it('signs out everywhere', async () => {
    await bench.createUser();
    const elsewhere = await bench.tokens();
    await signInAs(ADA);
    await signOut({ global: true });
    await expect(bench.refresh(elsewhere.refresh)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
  });

  it('signs out here alone, and ends the session behind it', async () => {
    await bench.createUser();
    const elsewhere = await bench.tokens();
    await signInAs(ADA);
    const [, refreshToken = ''] = [...kept].find(([key]) => key.endsWith('.refreshToken')) ?? [];
    await signOut();
    await expect(bench.refresh(refreshToken)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    await bench.refresh(elsewhere.refresh);
  });

  it('lets an invited user choose a password', async () => {
    await bench.inviteUser(ADA, 'Temporary-1');
    expect((await signInAs(ADA, 'Temporary-1')).nextStep).toEqual({
      signInStep: 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED',
      missingAttributes: [],
    });
    await expect(confirmSignIn({ challengeResponse: 'short' })).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    expect(await confirmSignIn({ challengeResponse: PASSWORD })).toEqual({ isSignedIn: true, nextStep: { signInStep: 'DONE' } });
    expect((await bench.cognito.send(new AdminGetUserCommand(ofAda()))).UserStatus).toBe('CONFIRMED');
  });

  it('resets a forgotten password by the code in the mail', async () => {
    await bench.createUser();
    expect((await resetPassword({ username: ADA })).nextStep).toEqual({
      resetPasswordStep: 'CONFIRM_RESET_PASSWORD_WITH_CODE',
      codeDeliveryDetails: { deliveryMedium: 'EMAIL', destination: 'a***@e***', attributeName: 'email' },
    });
    const confirmationCode = mailed(/\d{6}/);
    const confirm = (code: string) => confirmResetPassword({ username: ADA, newPassword: 'Another-Horse-2', confirmationCode: code });
    await expect(confirm(confirmationCode === '123456' ? '654321' : '123456')).rejects.toMatchObject({ name: 'CodeMismatchException' });
    await confirm(confirmationCode);
    expect((await signInAs(ADA, 'Another-Horse-2')).isSignedIn).toBe(true);
  });

  it('is sent to a reset by an administrator’s wish', async () => {
    await bench.createUser();
    await bench.cognito.send(new AdminResetUserPasswordCommand(ofAda()));
    expect((await signInAs(ADA)).nextStep).toEqual({ signInStep: 'RESET_PASSWORD' });
  });

  it('changes a password', async () => {
    await bench.createUser();
    await signInAs(ADA);
    await expect(updatePassword({ oldPassword: 'Wrong-Horse-1', newPassword: 'Another-Horse-2' })).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    await updatePassword({ oldPassword: PASSWORD, newPassword: 'Another-Horse-2' });
    await signOut();
    expect((await signInAs(ADA, 'Another-Horse-2')).isSignedIn).toBe(true);
  });
});
