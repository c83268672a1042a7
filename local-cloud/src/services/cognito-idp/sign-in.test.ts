import {
  AdminAddUserToGroupCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminResetUserPasswordCommand,
  CreateGroupCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench, PASSWORD } from './testing/signing-in.ts';

const WRONG = { name: 'NotAuthorizedException', message: 'Incorrect username or password.' };
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

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

describe('signing in by SRP', () => {
  it('yields tokens with the claims that Cognito gives them, which verify against the published keys', async () => {
    const sub = await bench.createUser(ADA, { email_verified: 'true', 'custom:user_id': 'u-1', 'custom:secret': 'hidden', name: 'Ada' });
    for (const GroupName of ['partner', 'admin']) {
      await bench.cognito.send(new CreateGroupCommand({ UserPoolId: bench.poolId, GroupName }));
      await bench.cognito.send(new AdminAddUserToGroupCommand({ ...ofAda(), GroupName }));
    }
    const { name, parameters } = await bench.begin();
    expect([name, parameters['USER_ID_FOR_SRP'], parameters['USERNAME']]).toEqual(['PASSWORD_VERIFIER', sub, sub]);
    const tokens = await bench.tokens();
    expect(tokens.expiresIn_s).toBe(3600);
    const issuer = `${test.endpoint}/${bench.poolId}`;
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    const read = async (token: string) =>
      (await jwtVerify(token, keys, { issuer, algorithms: ['RS256'], currentDate: new Date(now) })).payload;
    const [access, id] = [await read(tokens.access), await read(tokens.id)];
    const seconds = Math.floor(now / 1000);
    const common = {
      sub,
      iss: issuer,
      'cognito:groups': ['admin', 'partner'],
      origin_jti: UUID,
      event_id: UUID,
      jti: UUID,
      auth_time: seconds,
      iat: seconds,
      exp: seconds + 3600,
    };
    expect(access).toEqual({
      ...common,
      client_id: bench.clientId,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      username: sub,
    });
    expect(id).toEqual({
      ...common,
      aud: bench.clientId,
      token_use: 'id',
      'cognito:username': sub,
      email: ADA,
      email_verified: true,
      'custom:user_id': 'u-1',
    });
    expect([access['origin_jti'], access['event_id']]).toEqual([id['origin_jti'], id['event_id']]);
    expect(decodeProtectedHeader(tokens.access).kid).not.toBe(decodeProtectedHeader(tokens.id).kid);
  });

  it('makes tokens as valid as the client says', async () => {
    await bench.createUser();
    const client = await bench.createClient({
      AccessTokenValidity: 5,
      IdTokenValidity: 1,
      RefreshTokenValidity: 2,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'days', RefreshToken: 'hours' },
    });
    const tokens = await bench.tokens(ADA, PASSWORD, client);
    const valid_s = (token: string) => (decodeJwt(token).exp ?? 0) - (decodeJwt(token).iat ?? 0);
    expect([tokens.expiresIn_s, valid_s(tokens.access), valid_s(tokens.id)]).toEqual([300, 300, 86_400]);
    now += 7_199_000;
    await bench.refresh(tokens.refresh, client);
    now += 1_000;
    await expect(bench.refresh(tokens.refresh, client)).rejects.toMatchObject({ message: 'Refresh Token has expired' });
  });

  it('refuses a wrong password, and an answer that is not this user’s or comes twice', async () => {
    await bench.createUser();
    await expect(bench.signIn(ADA, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
    const { srp, parameters } = await bench.begin();
    const answer = (changes: Record<string, string>) =>
      bench.cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId: bench.clientId,
          ChallengeName: 'PASSWORD_VERIFIER',
          ChallengeResponses: { ...srp.answer(parameters, PASSWORD), ...changes },
        }),
      );
    await expect(answer({ TIMESTAMP: 'now' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(answer({ PASSWORD_CLAIM_SECRET_BLOCK: 'AAAA' })).rejects.toMatchObject({ message: 'Invalid session for the user.' });
    await answer({});
    await expect(answer({})).rejects.toMatchObject({ message: 'Invalid session for the user.' });
  });

  it('forgets a challenge after the client’s time for it', async () => {
    await bench.createUser();
    const { srp, parameters } = await bench.begin();
    now += 180_000;
    await expect(
      bench.cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId: bench.clientId,
          ChallengeName: 'PASSWORD_VERIFIER',
          ChallengeResponses: srp.answer(parameters, PASSWORD),
        }),
      ),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Invalid session for the user, session is expired.' });
  });

  it('refuses what is no SRP, a flow that the client lacks, and a client that is not there', async () => {
    const begin = (ClientId: string, AuthParameters: Record<string, string>) =>
      bench.cognito.send(new InitiateAuthCommand({ ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters }));
    const invalid = (message: unknown) => ({ name: 'InvalidParameterException', message });
    await expect(begin(bench.clientId, { SRP_A: 'ff' })).rejects.toMatchObject(invalid('Missing required parameter USERNAME'));
    await expect(begin(bench.clientId, { USERNAME: ADA })).rejects.toMatchObject(invalid('Missing required parameter SRP_A'));
    await expect(begin(bench.clientId, { USERNAME: ADA, SRP_A: '0' })).rejects.toMatchObject(invalid(expect.stringContaining('SRP_A')));
    await expect(begin(bench.clientId, { USERNAME: ADA, SRP_A: 'ff', DEVICE_KEY: 'x' })).rejects.toMatchObject({
      name: 'NotCarriedOut',
      message: expect.stringContaining('DEVICE_KEY'),
    });
    await expect(begin('nobody', { USERNAME: ADA, SRP_A: 'ff' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'User pool client nobody does not exist.',
    });
    const other = await bench.createClient({ ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'] });
    await expect(begin(other, { USERNAME: ADA, SRP_A: 'ff' })).rejects.toMatchObject(
      invalid('USER_SRP_AUTH is not enabled for the client.'),
    );
  });
});

describe('a stranger', () => {
  it('is answered like somebody with a wrong password, in the same words each time', async () => {
    const { parameters } = await bench.begin('Nobody@example.com');
    const again = (await bench.begin('nobody@example.com')).parameters;
    expect(parameters).toMatchObject({ USER_ID_FOR_SRP: UUID, SALT: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect([again['SALT'], again['USER_ID_FOR_SRP']]).toEqual([parameters['SALT'], parameters['USER_ID_FOR_SRP']]);
    await expect(bench.signIn('nobody@example.com')).rejects.toMatchObject(WRONG);
  });

  it('is told where the client does not hide who exists', async () => {
    const client = await bench.createClient({ PreventUserExistenceErrors: 'LEGACY' });
    await expect(bench.signIn('nobody@example.com', PASSWORD, client)).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
    });
  });

  it('is locked out like somebody after five failures', async () => {
    await bench.createUser();
    for (const name of [ADA, 'nobody@example.com']) {
      for (let attempt = 0; attempt < 5; attempt += 1) await expect(bench.signIn(name, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
      await expect(bench.signIn(name)).rejects.toMatchObject({ message: 'Password attempts exceeded' });
    }
    now += 1_000;
    await expect(bench.signIn(ADA, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
    now += 1_999;
    await expect(bench.signIn()).rejects.toMatchObject({ message: 'Password attempts exceeded' });
    now += 1;
    await bench.signIn();
    await expect(bench.signIn(ADA, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
    await bench.signIn();
  });
});

describe('a disabled user', () => {
  it('neither signs in nor goes on', async () => {
    await bench.createUser();
    const disabled = { name: 'NotAuthorizedException', message: 'User is disabled.' };
    const tokens = await bench.tokens();
    await bench.cognito.send(new AdminDisableUserCommand(ofAda()));
    await expect(bench.signIn()).rejects.toMatchObject(disabled);
    await expect(bench.signIn(ADA, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
    await expect(bench.refresh(tokens.refresh)).rejects.toMatchObject(disabled);
    const legacy = await bench.createClient({ PreventUserExistenceErrors: 'LEGACY' });
    await expect(bench.begin(ADA, legacy)).rejects.toMatchObject(disabled);
    await bench.cognito.send(new AdminEnableUserCommand(ofAda()));
    await expect(bench.refresh(tokens.refresh)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    await bench.signIn();
  });
});

describe('a temporary password', () => {
  const setPassword = (Session: string | undefined, answers: Record<string, string>) =>
    bench.cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: bench.clientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: ADA, ...answers },
      }),
    );

  it('has to be changed at the first sign-in', async () => {
    await bench.inviteUser(ADA, 'Temporary-1', { 'custom:user_id': 'u-1', 'custom:secret': 'hidden' });
    const { ChallengeName, ChallengeParameters, Session, AuthenticationResult } = await bench.signIn(ADA, 'Temporary-1');
    expect([ChallengeName, AuthenticationResult]).toEqual(['NEW_PASSWORD_REQUIRED', undefined]);
    expect(JSON.parse(ChallengeParameters?.['requiredAttributes'] ?? '')).toEqual([]);
    expect(JSON.parse(ChallengeParameters?.['userAttributes'] ?? '')).toEqual({ email: ADA, 'custom:user_id': 'u-1' });
    await expect(setPassword('made-up', { NEW_PASSWORD: PASSWORD })).rejects.toMatchObject({ message: 'Invalid session for the user.' });
    await expect(setPassword(Session, { NEW_PASSWORD: PASSWORD, USERNAME: 'eve@example.com' })).rejects.toMatchObject({
      message: 'Invalid session for the user.',
    });
    await expect(setPassword(Session, { NEW_PASSWORD: 'short' })).rejects.toMatchObject({ name: 'InvalidPasswordException' });
    await expect(setPassword(Session, { NEW_PASSWORD: PASSWORD, 'userAttributes.email': 'eve@example.com' })).rejects.toMatchObject({
      message: 'Cannot modify an already provided email',
    });
    const changed = await setPassword(Session, { NEW_PASSWORD: PASSWORD });
    expect(changed.AuthenticationResult?.RefreshToken).toEqual(expect.any(String));
    await expect(setPassword(Session, { NEW_PASSWORD: 'Another-Horse-1' })).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(bench.signIn(ADA, 'Temporary-1')).rejects.toMatchObject(WRONG);
    expect((await bench.signIn()).AuthenticationResult?.IdToken).toEqual(expect.any(String));
  });

  it('asks for what the pool requires and nobody has given', async () => {
    const strict = await Bench.make(test, { Schema: [{ Name: 'given_name', Required: true }] }, { ReadAttributes: ['email'] });
    await strict.inviteUser(ADA, 'Temporary-1');
    const { ChallengeParameters, Session } = await strict.signIn(ADA, 'Temporary-1');
    expect(JSON.parse(ChallengeParameters?.['requiredAttributes'] ?? '')).toEqual(['userAttributes.given_name']);
    const answer = (answers: Record<string, string>) =>
      strict.cognito.send(
        new RespondToAuthChallengeCommand({
          ClientId: strict.clientId,
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          Session,
          ChallengeResponses: { USERNAME: ADA, NEW_PASSWORD: PASSWORD, ...answers },
        }),
      );
    await expect(answer({})).rejects.toMatchObject({ message: 'Invalid attributes given, given_name is missing' });
    await expect(answer({ 'userAttributes.custom:admin': 'yes' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await answer({ 'userAttributes.given_name': 'Ada' });
    strict.stop();
  });

  it('stops being accepted when the pool says so', async () => {
    await bench.inviteUser(ADA, 'Temporary-1');
    now += 7 * 86_400_000;
    await expect(bench.signIn(ADA, 'Temporary-1')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Temporary password has expired and must be reset by an administrator.',
    });
  });
});

it('asks for a reset where an administrator wants one', async () => {
  await bench.createUser();
  await bench.cognito.send(new AdminResetUserPasswordCommand(ofAda()));
  await expect(bench.signIn(ADA, 'Wrong-Horse-1')).rejects.toMatchObject(WRONG);
  await expect(bench.signIn()).rejects.toMatchObject({
    name: 'PasswordResetRequiredException',
    message: 'Password reset required for the user',
  });
});
