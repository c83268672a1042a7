import { randomBytes } from 'node:crypto';
import {
  AdminDisableUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
  GlobalSignOutCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { personas, userKey } from '@enstratus/contract';
import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientOptions } from '../../src/tools/running-system.ts';
import { signIn } from '../../src/tools/sign-in.ts';
import { SignedIn } from './graphql-client.ts';
import { System } from './system.ts';

const me = '{ me { user_id name email persona organization { path } } }';

let system: System;
let cognito: CognitoIdentityProviderClient;
let issuer: string;

beforeAll(() => {
  system = new System();
  cognito = new CognitoIdentityProviderClient(clientOptions(system.endpoints));
  issuer = `${system.endpoints.aws}/${system.endpoints.userPoolId}`;
});

describe('tokens', () => {
  it.each(personas)('of the %s carry their place in the tree, and verify against the pool’s keys', async (persona) => {
    const user = system.endpoints.users.find((one) => one.persona === persona);
    if (user === undefined) throw new Error('no login');
    const { AccessToken, IdToken } = await signIn(system.endpoints, user.email, user.password);
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    for (const [token, use] of [
      [AccessToken, 'access'],
      [IdToken, 'id'],
    ] as const) {
      const { payload } = await jwtVerify(token, keys, { issuer });
      expect(payload).toMatchObject({ token_use: use, user_id: user.user_id, persona, path: user.path, 'cognito:groups': [persona] });
    }
  });

  it('that somebody made themselves, or changed, open nothing', async () => {
    const person = await SignedIn.as(system, 'customer');
    const claims = { ...decodeJwt(person.token), path: '/enfusion', persona: 'admin' };
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(randomBytes(32));
    const [header = '', , signature = ''] = person.token.split('.');
    const changed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    for (const token of [forged, changed, unsigned, '', 'x']) {
      const answer = await person.ask(me, {}, token);
      expect(answer.data ?? null).toBeNull();
      expect(answer.errors?.[0]?.errorType).toBe('UnauthorizedException');
    }
    expect((await person.ask(me)).data?.['me']).toMatchObject({ user_id: person.user.user_id, organization: { path: person.user.path } });
  });
});

describe('who does not get in', () => {
  it('a wrong password, and somebody whom nobody knows, in the same words', async () => {
    const person = await SignedIn.new(system, 'customer', '/enfusion/s1/d1/c1');
    const wrong = await signIn(system.endpoints, person.user.email, 'Wrong-password-1').catch((error: Error) => error.message);
    const unknown = await signIn(system.endpoints, 'nobody@test.example', 'Wrong-password-1').catch((error: Error) => error.message);
    expect(wrong).toBe('NotAuthorizedException: Incorrect username or password.');
    expect(unknown).toBe(wrong);
  });

  it('somebody disabled, neither by their password nor by the session that they had', async () => {
    const person = await SignedIn.new(system, 'customer', '/enfusion/s1/d1/c1');
    const { RefreshToken } = await signIn(system.endpoints, person.user.email, person.user.password);
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: system.endpoints.userPoolId, Username: person.user.email }));
    await expect(signIn(system.endpoints, person.user.email, person.user.password)).rejects.toThrow('NotAuthorizedException');
    await expect(refresh(RefreshToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('somebody of whom the table knows nothing, or something that does not fit', async () => {
    const person = await SignedIn.new(system, 'customer', '/enfusion/s1/d1/c1');
    const key = userKey(person.user.user_id);
    await system.table.send(
      new PutCommand({ TableName: system.endpoints.tableName, Item: { ...key, persona: 'owner', path: 'everything' } }),
    );
    await expect(signIn(system.endpoints, person.user.email, person.user.password)).rejects.toThrow('UserLambdaValidationException');
  });

  it('a session that was signed out everywhere', async () => {
    const person = await SignedIn.new(system, 'customer', '/enfusion/s1/d1/c1');
    const { AccessToken, RefreshToken } = await signIn(system.endpoints, person.user.email, person.user.password);
    await refresh(RefreshToken);
    await cognito.send(new GlobalSignOutCommand({ AccessToken }));
    await expect(refresh(RefreshToken)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('a password that the policy does not take', async () => {
    const { UserPoolId, Username } = { UserPoolId: system.endpoints.userPoolId, Username: system.endpoints.users[0]?.email };
    await expect(
      cognito.send(new AdminSetUserPasswordCommand({ UserPoolId, Username, Password: 'short', Permanent: true })),
    ).rejects.toMatchObject({ name: 'InvalidPasswordException' });
  });
});

const refresh = (REFRESH_TOKEN: string) =>
  cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: system.endpoints.userPoolClientId,
      AuthParameters: { REFRESH_TOKEN },
    }),
  );
