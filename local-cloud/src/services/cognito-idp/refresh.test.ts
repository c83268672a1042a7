import {
  AdminDeleteUserCommand,
  GetTokensFromRefreshTokenCommand,
  RespondToAuthChallengeCommand,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { ADA, Bench, PASSWORD } from './testing/signing-in.ts';

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

describe('a refresh token', () => {
  it('yields new tokens of the same session, by either operation, and no new refresh token', async () => {
    await bench.createUser();
    const tokens = await bench.tokens();
    now += 60_000;
    const { AuthenticationResult: one } = await bench.refresh(tokens.refresh);
    const { AuthenticationResult: other } = await bench.cognito.send(
      new GetTokensFromRefreshTokenCommand({ ClientId: bench.clientId, RefreshToken: tokens.refresh }),
    );
    const first = decodeJwt(tokens.access);
    for (const result of [one, other]) {
      expect(result).toMatchObject({ TokenType: 'Bearer', ExpiresIn: 3600 });
      expect(result?.RefreshToken).toBeUndefined();
      const access = decodeJwt(result?.AccessToken ?? '');
      expect(access).toMatchObject({
        origin_jti: first['origin_jti'],
        auth_time: first['auth_time'],
        iat: Math.floor(now / 1000),
      });
      expect(access.jti).not.toBe(first.jti);
    }
  });

  it('is refused when it is made up, another client’s, or of a deleted user', async () => {
    await bench.createUser();
    const { refresh } = await bench.tokens();
    await expect(bench.refresh('made-up')).rejects.toMatchObject({ name: 'NotAuthorizedException', message: 'Invalid Refresh Token.' });
    await expect(bench.refresh(refresh, await bench.createClient())).rejects.toMatchObject({ message: 'Invalid Refresh Token.' });
    const client = { UserPoolId: bench.poolId, ClientId: bench.clientId };
    await bench.cognito.send(new UpdateUserPoolClientCommand({ ...client, ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] }));
    await expect(bench.refresh(refresh)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await bench.cognito.send(new GetTokensFromRefreshTokenCommand({ ClientId: bench.clientId, RefreshToken: refresh }));
    await bench.cognito.send(new AdminDeleteUserCommand({ UserPoolId: bench.poolId, Username: ADA }));
    const gone = bench.cognito.send(new GetTokensFromRefreshTokenCommand({ ClientId: bench.clientId, RefreshToken: refresh }));
    await expect(gone).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });
});

it('keeps sessions, keys and half-done sign-ins over a restart', async () => {
  await bench.createUser();
  const tokens = await bench.tokens();
  const half = await bench.begin();
  const { kid } = decodeProtectedHeader(tokens.access);
  test = await test.restart();
  bench = bench.on(test);
  const { AuthenticationResult: refreshed } = await bench.refresh(tokens.refresh);
  expect(decodeProtectedHeader(refreshed?.AccessToken ?? '').kid).toBe(kid);
  const { AuthenticationResult: finished } = await bench.cognito.send(
    new RespondToAuthChallengeCommand({
      ClientId: bench.clientId,
      ChallengeName: 'PASSWORD_VERIFIER',
      ChallengeResponses: half.srp.answer(half.parameters, PASSWORD),
    }),
  );
  expect(finished?.AccessToken).toEqual(expect.any(String));
});
