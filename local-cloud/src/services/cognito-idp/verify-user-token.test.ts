import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { Bench } from './testing/signing-in.ts';
import { InvalidUserToken, verifyUserToken } from './verify-user-token.ts';

let test: TestCloud;
let bench: Bench;
let now: number;

beforeEach(async () => {
  now = Date.now();
  test = await startTestCloud([createCognitoIdp], { clock: () => now });
  bench = await Bench.make(test);
  await bench.createUser();
});

afterEach(async () => {
  bench.stop();
  await test.stop();
});

const refused = (reason: string) => expect.objectContaining({ constructor: InvalidUserToken, reason });

it('tells whose token it is, which pool’s and which client’s', async () => {
  const { access, id } = await bench.tokens();
  const common = {
    scope: { account: ACCOUNT, region: REGION },
    userPoolId: bench.poolId,
    userPoolArn: `arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/${bench.poolId}`,
    clientId: bench.clientId,
  };
  expect(await verifyUserToken(test.cloud, access)).toMatchObject({ ...common, tokenUse: 'access', claims: decodeJwt(access) });
  expect(await verifyUserToken(test.cloud, id)).toMatchObject({ ...common, tokenUse: 'id', claims: decodeJwt(id) });
});

it('remembers a token, and never past its end', async () => {
  const { access } = await bench.tokens();
  await verifyUserToken(test.cloud, access);
  const started = performance.now();
  for (let call = 0; call < 1_000; call += 1) await verifyUserToken(test.cloud, access);
  expect((performance.now() - started) / 1_000).toBeLessThan(0.1);
  now += 3_599_000;
  await verifyUserToken(test.cloud, access);
  now += 1_000;
  await expect(verifyUserToken(test.cloud, access)).rejects.toEqual(refused('expired'));
});

it('refuses what is not signed by the pool that it names, here and now', async () => {
  const { access } = await bench.tokens();
  const [claims, header] = [decodeJwt(access), decodeProtectedHeader(access)];
  const { privateKey } = await generateKeyPair('RS256');
  const forge = (changes: object, kid = header.kid ?? '', alg = 'RS256') =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ kid, alg }).sign(privateKey);
  const parts = access.split('.');
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${parts[1]}.`;
  for (const token of [
    await forge({}),
    await forge({}, 'unknown'),
    await forge({ iss: `https://cognito-idp.${REGION}.amazonaws.com/${bench.poolId}` }),
    await forge({ iss: `${test.endpoint}/${REGION}_Nobody123` }),
    await forge({ iss: `${test.endpoint}/../${bench.poolId}` }),
    unsigned,
    `${parts[0]}.${Buffer.from(JSON.stringify({ ...claims, sub: 'eve' })).toString('base64url')}.${parts[2]}`,
  ]) {
    await expect(verifyUserToken(test.cloud, token)).rejects.toEqual(refused('refused'));
  }
  for (const token of ['', 'x', 'a.b.c']) await expect(verifyUserToken(test.cloud, token)).rejects.toEqual(refused('malformed'));
});

it('refuses a token of another address, as of a start on another port', async () => {
  const { access } = await bench.tokens();
  test.cloud.endpoint = 'http://127.0.0.1:1';
  await expect(verifyUserToken(test.cloud, access)).rejects.toEqual(refused('refused'));
  test.cloud.endpoint = test.endpoint;
  await verifyUserToken(test.cloud, access);
});

it('believes nothing of a deleted pool', async () => {
  const { access } = await bench.tokens();
  await verifyUserToken(test.cloud, access);
  await bench.cognito.send(new DeleteUserPoolCommand({ UserPoolId: bench.poolId }));
  await expect(verifyUserToken(test.cloud, access)).rejects.toEqual(refused('refused'));
});

it('keeps the private keys in a file that its owner alone can read', async () => {
  await bench.tokens();
  const file = join(test.cloud.state.root, ACCOUNT, REGION, 'cognito-idp', `${bench.poolId}.keys.json`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});
