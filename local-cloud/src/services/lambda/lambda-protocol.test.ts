import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createLambda } from './lambda-service.ts';

let test: TestCloud;
beforeAll(async () => {
  test = await startTestCloud([createLambda]);
});
afterAll(() => test.stop());

/** A request as no SDK sends it; the key id names the account, the signature isn't looked at. */
async function raw(method: string, path: string, body?: string): Promise<unknown[]> {
  const Authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20260601/us-east-2/lambda/aws4_request, SignedHeaders=host, Signature=0';
  const reply = await fetch(test.endpoint + path, { method, headers: { Authorization }, ...(body === undefined ? {} : { body }) });
  return [reply.status, reply.headers.get('x-amzn-errortype'), ((await reply.json()) as { Message: string }).Message];
}

it.each(['null', '5', '"x"', '[]', 'true', '{'])('refuses the body %s, which is no JSON object', async (body) => {
  const refused = [400, 'InvalidRequestContentException', expect.any(String)];
  expect(await raw('POST', '/2015-03-31/functions?Qualifier=1', body)).toEqual(refused);
  expect(await raw('PUT', '/2015-03-31/functions/f/configuration', body)).toEqual(refused);
});

it.each(['%zz', '%', '%ff'])('refuses the path segment %s, which is no text', async (segment) => {
  expect(await raw('GET', `/2015-03-31/functions/${segment}`)).toEqual([400, 'ValidationException', expect.stringContaining(segment)]);
  expect(await raw('GET', `/2015-03-31/functions/${segment}/unknown`)).toEqual([501, 'NotCarriedOut', expect.stringContaining(segment)]);
});

it.each(['__proto__', 'constructor'])('names the unknown query parameter %s', async (name) => {
  expect(await raw('GET', `/2015-03-31/functions/f?${name}=1`)).toEqual([501, 'NotCarriedOut', expect.stringContaining(`"${name}"`)]);
});
