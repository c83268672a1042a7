import {
  AdminCreateUserCommand,
  type AdminCreateUserCommandInput,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminResetUserPasswordCommand,
  AdminUpdateUserAttributesCommand,
  AdminUserGlobalSignOutCommand,
  ChangePasswordCommand,
  ConfirmForgotPasswordCommand,
  ForgotPasswordCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { outboxOf } from '../mail/outbox.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench, PASSWORD } from './testing/signing-in.ts';

const NEW_PASSWORD = 'Another-Horse-2';
const REVOKED = { name: 'NotAuthorizedException', message: 'Access Token has been revoked' };
const LIMIT = { name: 'LimitExceededException', message: 'Attempt limit exceeded, please try after some time.' };

let test: TestCloud;
let bench: Bench;
let now: number;

beforeEach(async () => {
  now = Date.now();
  test = await startTestCloud([createCognitoIdp], { clock: () => now });
  bench = await Bench.make(test);
});

afterEach(async () => {
  bench.stop();
  await test.stop();
});

const ofAda = () => ({ UserPoolId: bench.poolId, Username: ADA });
const getUser = (AccessToken: string) => bench.cognito.send(new GetUserCommand({ AccessToken }));
const mails = (to = ADA) => outboxOf(test.cloud).list(to);
/** The code in the newest mail. */
const code = () => /\d{6}/.exec(mails()[0]?.body ?? '')?.[0] ?? '';

describe('an access token', () => {
  it('tells its holder who they are, as far as the client may read', async () => {
    const sub = await bench.createUser(ADA, { email_verified: 'true', 'custom:user_id': 'u-1', 'custom:secret': 'hidden' });
    const { access } = await bench.tokens();
    const { Username, UserAttributes } = await getUser(access);
    expect([Username, Object.fromEntries((UserAttributes ?? []).map(({ Name, Value }) => [Name, Value]))]).toEqual([
      sub,
      { sub, email: ADA, email_verified: 'true', 'custom:user_id': 'u-1' },
    ]);
  });

  it('is refused when it is none, has expired or its user is gone', async () => {
    await bench.createUser();
    const { access, id } = await bench.tokens();
    const invalid = { name: 'NotAuthorizedException', message: 'Invalid Access Token' };
    await expect(getUser('nonsense')).rejects.toMatchObject(invalid);
    await expect(getUser(id)).rejects.toMatchObject(invalid);
    await expect(getUser(`${access.slice(0, -4)}AAAA`)).rejects.toMatchObject(invalid);
    now += 3_600_000;
    await expect(getUser(access)).rejects.toMatchObject({ message: 'Access Token has expired' });
  });
});

describe('signing out', () => {
  it('everywhere ends every session of the user, and of nobody else', async () => {
    await bench.createUser();
    await bench.createUser('eve@example.com');
    const [here, there, eve] = [await bench.tokens(), await bench.tokens(), await bench.tokens('eve@example.com')];
    await bench.cognito.send(new GlobalSignOutCommand({ AccessToken: here.access }));
    for (const { access, refresh } of [here, there]) {
      await expect(getUser(access)).rejects.toMatchObject(REVOKED);
      await expect(bench.refresh(refresh)).rejects.toMatchObject({
        name: 'NotAuthorizedException',
        message: 'Refresh Token has been revoked',
      });
    }
    await getUser(eve.access);
    await getUser((await bench.tokens()).access);
  });

  it('by an administrator, or by disabling the user, does the same', async () => {
    await bench.createUser();
    const first = await bench.tokens();
    await bench.cognito.send(new AdminUserGlobalSignOutCommand(ofAda()));
    await expect(getUser(first.access)).rejects.toMatchObject(REVOKED);
    const second = await bench.tokens();
    await bench.cognito.send(new AdminDisableUserCommand(ofAda()));
    await expect(getUser(second.access)).rejects.toMatchObject(REVOKED);
  });

  it('of one session leaves the others, and needs its own client', async () => {
    await bench.createUser();
    const [here, there] = [await bench.tokens(), await bench.tokens()];
    const revoke = (Token: string, ClientId = bench.clientId) => bench.cognito.send(new RevokeTokenCommand({ ClientId, Token }));
    await expect(revoke(here.refresh, await bench.createClient())).rejects.toMatchObject({ name: 'UnauthorizedException' });
    await expect(revoke(here.access)).rejects.toMatchObject({ name: 'UnsupportedTokenTypeException' });
    await revoke('made-up');
    await getUser(here.access);
    await revoke(here.refresh);
    await revoke(here.refresh);
    await expect(getUser(here.access)).rejects.toMatchObject(REVOKED);
    await expect(bench.refresh(here.refresh)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    await getUser(there.access);
  });
});

it('changes a password for who knows the old one, five times an hour', async () => {
  await bench.createUser();
  const { access } = await bench.tokens();
  const change = (PreviousPassword: string, ProposedPassword: string) =>
    bench.cognito.send(new ChangePasswordCommand({ AccessToken: access, PreviousPassword, ProposedPassword }));
  await expect(change('Wrong-Horse-1', NEW_PASSWORD)).rejects.toMatchObject({
    name: 'NotAuthorizedException',
    message: 'Incorrect username or password.',
  });
  await expect(change(PASSWORD, 'short')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
  await change(PASSWORD, NEW_PASSWORD);
  await expect(bench.signIn()).rejects.toMatchObject({ message: 'Incorrect username or password.' });
  await bench.signIn(ADA, NEW_PASSWORD);
  await change(NEW_PASSWORD, PASSWORD);
  await change(PASSWORD, NEW_PASSWORD);
  await expect(change(NEW_PASSWORD, PASSWORD)).rejects.toMatchObject(LIMIT);
});

describe('a forgotten password', () => {
  const forgot = (Username = ADA, ClientId = bench.clientId) => bench.cognito.send(new ForgotPasswordCommand({ ClientId, Username }));
  const confirm = (ConfirmationCode: string, Password = NEW_PASSWORD, Username = ADA) =>
    bench.cognito.send(new ConfirmForgotPasswordCommand({ ClientId: bench.clientId, Username, ConfirmationCode, Password }));
  const expired = { name: 'ExpiredCodeException', message: 'Invalid code provided, please request a code again.' };
  const mismatch = { name: 'CodeMismatchException', message: 'Invalid verification code provided, please try again.' };
  const delivery = { AttributeName: 'email', DeliveryMedium: 'EMAIL' };

  it('is set anew by the code in a mail, once', async () => {
    await bench.createUser();
    await expect(confirm('123456')).rejects.toMatchObject(expired);
    expect((await forgot()).CodeDeliveryDetails).toEqual({ ...delivery, Destination: 'a***@e***' });
    const right = code();
    expect(mails()).toMatchObject([{ to: ADA, subject: 'Your verification code', body: `Your verification code is ${right}.` }]);
    await expect(confirm(right === '123456' ? '654321' : '123456')).rejects.toMatchObject(mismatch);
    await expect(confirm(right, 'short')).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await confirm(right);
    await bench.signIn(ADA, NEW_PASSWORD);
    await expect(bench.signIn()).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(confirm(right)).rejects.toMatchObject(expired);
  });

  it('has a code for an hour, the newest alone', async () => {
    await bench.createUser();
    await forgot();
    const first = code();
    await forgot();
    if (first !== code()) await expect(confirm(first)).rejects.toMatchObject(mismatch);
    now += 3_600_000;
    await expect(confirm(code())).rejects.toMatchObject(expired);
  });

  it('can be tried only so often in an hour', async () => {
    await bench.createUser();
    for (let call = 0; call < 20; call += 1) await forgot();
    await expect(forgot()).rejects.toMatchObject(LIMIT);
    const wrong = code() === '123456' ? '654321' : '123456';
    for (let call = 0; call < 20; call += 1) await expect(confirm(wrong)).rejects.toMatchObject(mismatch);
    await expect(confirm(code())).rejects.toMatchObject(LIMIT);
    now += 3_600_000;
    await forgot();
    await confirm(code());
  });

  it('of who does not exist, is disabled or has no verified address looks the same', async () => {
    await bench.createUser('unverified@example.com', {});
    await bench.createUser();
    await bench.cognito.send(new AdminDisableUserCommand(ofAda()));
    for (const [name, Destination] of [
      ['nobody@example.com', 'n***@e***'],
      ['unverified@example.com', 'u***@e***'],
      [ADA, 'a***@e***'],
    ] as const) {
      expect((await forgot(name)).CodeDeliveryDetails).toEqual({ ...delivery, Destination });
      expect(mails(name)).toEqual([]);
    }
    await expect(confirm('123456', NEW_PASSWORD, 'nobody@example.com')).rejects.toMatchObject(mismatch);
    await expect(confirm('123456')).rejects.toMatchObject(mismatch);
  });

  it('is told apart by a client that does not hide who exists', async () => {
    const legacy = await bench.createClient({ PreventUserExistenceErrors: 'LEGACY' });
    await bench.createUser('unverified@example.com', {});
    await bench.createUser();
    await bench.cognito.send(new AdminDisableUserCommand(ofAda()));
    await expect(forgot('nobody@example.com', legacy)).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'Username/client id combination not found.',
    });
    await expect(forgot(ADA, legacy)).rejects.toMatchObject({ message: 'User is disabled.' });
    await expect(forgot('unverified@example.com', legacy)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('is none before the first sign-in', async () => {
    await bench.inviteUser();
    await expect(forgot()).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User password cannot be reset in the current state.',
    });
  });

  it('can be an administrator’s wish', async () => {
    await bench.createUser();
    await bench.cognito.send(new AdminResetUserPasswordCommand(ofAda()));
    expect((await bench.cognito.send(new AdminGetUserCommand(ofAda()))).UserStatus).toBe('RESET_REQUIRED');
    await confirm(code());
    await bench.signIn(ADA, NEW_PASSWORD);
    expect((await bench.cognito.send(new AdminGetUserCommand(ofAda()))).UserStatus).toBe('CONFIRMED');
  });

  it('goes to the telephone by SMS only, where that comes first: not carried out', async () => {
    const phone = await Bench.make(test, { AccountRecoverySetting: undefined });
    await phone.createUser(ADA, { email_verified: 'true', phone_number: '+15551234', phone_number_verified: 'true' });
    const send = (bench: Bench) => bench.cognito.send(new ForgotPasswordCommand({ ClientId: bench.clientId, Username: ADA }));
    await expect(send(phone)).rejects.toMatchObject({ name: 'NotCarriedOut' });
    const attributes = { UserPoolId: phone.poolId, Username: ADA, UserAttributes: [{ Name: 'phone_number_verified', Value: 'false' }] };
    await phone.cognito.send(new AdminUpdateUserAttributesCommand(attributes));
    await send(phone);
    phone.stop();
  });
});

describe('an invitation', () => {
  const invite = (input: Partial<AdminCreateUserCommandInput> = {}, at = bench) =>
    at.cognito.send(new AdminCreateUserCommand({ UserPoolId: at.poolId, Username: ADA, ...input }));

  it('tells a new user a password to sign in with, and can be sent again', async () => {
    await invite();
    const [, first = ''] = /^Your username is ada@example\.com and temporary password is (\S+)\.$/.exec(mails()[0]?.body ?? '') ?? [];
    expect(mails()).toMatchObject([{ subject: 'Your temporary password' }]);
    expect((await bench.signIn(ADA, first)).ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    await invite({ MessageAction: 'RESEND', TemporaryPassword: 'Second-Chance-1' });
    expect(mails()[0]?.body).toContain('Second-Chance-1');
    await expect(bench.signIn(ADA, first)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    expect((await bench.signIn(ADA, 'Second-Chance-1')).ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
  });

  it('says what the pool says, whatever characters the password has', async () => {
    const InviteMessageTemplate = { EmailSubject: 'Welcome', EmailMessage: '<b>{username}</b>: {####}' };
    const worded = await Bench.make(test, { AdminCreateUserConfig: { InviteMessageTemplate } });
    await invite({ TemporaryPassword: "A1b$&$'c{####}" }, worded);
    expect(mails()).toMatchObject([{ subject: 'Welcome', body: "<b>ada@example.com</b>: A1b$&$'c{####}" }]);
    worded.stop();
  });

  it('is not sent again to who has signed in, nor at all where it is suppressed', async () => {
    await bench.createUser();
    await expect(invite({ MessageAction: 'RESEND' })).rejects.toMatchObject({ name: 'UnsupportedUserStateException' });
    expect(mails()).toEqual([]);
  });
});
