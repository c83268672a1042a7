import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createCognitoIdp } from './cognito-idp-service.ts';
import { Bench } from './testing/signing-in.ts';

let test: TestCloud;
let bench: Bench;

beforeAll(async () => {
  test = await startTestCloud([createCognitoIdp]);
  bench = await Bench.make(test);
});

afterAll(async () => {
  bench.stop();
  await test.stop();
});

const PAGE = { origin: 'http://127.0.0.1:4570' };
const target = (operation: string) => `AWSCognitoIdentityProviderService.${operation}`;

function preflight(headers: string, query = ''): Promise<Response> {
  return fetch(`${test.endpoint}/${query}`, {
    method: 'OPTIONS',
    headers: { ...PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
  });
}

it('lets a web page of another origin ask first', async () => {
  const reply = await preflight('cache-control,content-type,x-amz-target,x-amz-user-agent');
  expect([reply.status, Object.fromEntries(reply.headers)]).toEqual([
    200,
    expect.objectContaining({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'cache-control,content-type,x-amz-target,x-amz-user-agent',
      'access-control-allow-methods': 'POST',
      'access-control-max-age': '172800',
      'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date',
    }),
  ]);
});

it('does not let a page sign requests: whoever signs is an administrator here', async () => {
  const reply = await preflight('authorization,content-type,x-amz-target');
  expect([reply.ok, reply.headers.get('access-control-allow-origin')]).toEqual([false, null]);
});

it('does not let a page sign requests in the address either, of whatever service', async () => {
  const signed = `X-Amz-Credential=${ACCOUNT}/20261122/us-east-2/dynamodb/aws4_request`;
  const reply = await preflight('content-type,x-amz-target', `?${signed}`);
  expect([reply.ok, reply.headers.get('access-control-allow-origin')]).toEqual([false, null]);
});

it.each([
  ['a success', 'ForgotPassword', { Username: 'nobody@example.com' }, 200],
  ['a refusal', 'InitiateAuth', { AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: 'x' } }, 400],
  ['what is missing here', 'SignUp', {}, 501],
])('lets a page read %s', async (_, operation, input, status) => {
  const reply = await fetch(`${test.endpoint}/`, {
    method: 'POST',
    headers: { ...PAGE, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target(operation) },
    body: JSON.stringify({ ClientId: bench.clientId, ...input }),
  });
  expect([reply.status, reply.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
});

it('refuses a page of elsewhere as ever', async () => {
  const reply = await fetch(`${test.endpoint}/`, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'x-amz-target': target('InitiateAuth') },
    body: '{}',
  });
  expect(reply.status).toBe(403);
});

it('publishes a pool’s keys and configuration, no private part among them', async () => {
  const issuer = `${test.endpoint}/${bench.poolId}`;
  const read = async (path: string) => {
    const reply = await fetch(`${issuer}/.well-known/${path}`);
    return { status: reply.status, origin: reply.headers.get('access-control-allow-origin'), body: (await reply.json()) as unknown };
  };
  expect(await read('openid-configuration')).toMatchObject({
    status: 200,
    origin: '*',
    body: { issuer, jwks_uri: `${issuer}/.well-known/jwks.json`, id_token_signing_alg_values_supported: ['RS256'] },
  });
  const key = { alg: 'RS256', kty: 'RSA', use: 'sig', e: 'AQAB', n: expect.any(String), kid: expect.any(String) };
  expect(await read('jwks.json')).toEqual({ status: 200, origin: '*', body: { keys: [key, key] } });
  expect((await fetch(`${test.endpoint}/us-east-2_Nobody123/.well-known/jwks.json`)).status).toBe(404);
});
