import fc from 'fast-check';
import { credential } from './aws-messages.ts';
import type { Furniture } from './furnished-cloud.ts';
import { type HttpMessage, nearMessage } from './http-message.ts';
import { oddText } from './odd-values.ts';

const odd = oddText.map((text) => encodeURIComponent(text.toWellFormed()));

/** Requests to what services answer beside their protocols: keys of pools, function URLs, GraphQL, answers of custom resources, credentials of builds. */
export function openPathMessages({ userPoolId, functionUrl, apiId }: Furniture): fc.Arbitrary<HttpMessage> {
  const functionPath = new URL(functionUrl).pathname;
  const known = (...paths: readonly string[]) => fc.constantFrom(...paths);
  const path = fc.oneof(
    known(
      `/${userPoolId}/.well-known/jwks.json`,
      `/${userPoolId}/.well-known/openid-configuration`,
      '/us-east-2_nobody/.well-known/jwks.json',
    ),
    known(functionPath, `${functionPath}a/b?c=d`, '/_lambda-url/', '/_lambda-url/nobody/'),
    known(`/_appsync/${apiId}/graphql`, '/_appsync/nobody/graphql', '/_appsync/'),
    known('/_cloudformation/custom-resource/', '/_cloudformation/custom-resource/nobody'),
    known('/_codebuild/credentials/', '/_codebuild/credentials/nobody', '/_codebuild/credentials/__proto__'),
    known('/_local/grants'),
    fc
      .tuple(known('/_lambda-url/', '/_appsync/', '/_cloudformation/custom-resource/', '/_codebuild/credentials/', '/'), odd)
      .map((parts) => parts.join('')),
  );
  const body = fc.constantFrom(
    ...['', '{}', '{"query":"{ echo }"}', '{"query":"{"}', '{"query":"{ echo(text: \\"a\\") }","variables":[]}', '['],
    ...['{"Status":"SUCCESS","PhysicalResourceId":"x","Data":{}}', '{"Status":"FAILED"}', '{"Status":1}'],
  );
  const headers = fc.constantFrom<Record<string, string>>(
    { 'content-type': 'application/json' },
    { 'content-type': 'application/json', authorization: credential('appsync') },
    { 'content-type': 'application/json', authorization: 'a.b.c' },
    { 'content-type': 'application/json', 'x-api-key': 'da2-nobody' },
  );
  const preflight: HttpMessage = {
    method: 'OPTIONS',
    path: '/',
    headers: { origin: 'http://127.0.0.1:1', 'access-control-request-headers': 'x-amz-target,content-type' },
    body: '',
  };
  return nearMessage(
    fc.oneof(
      {
        weight: 15,
        arbitrary: fc
          .record({ method: fc.constantFrom('GET', 'GET', 'POST', 'PUT'), path, headers, body })
          .map((message) => (message.method === 'GET' ? { ...message, body: '' } : message)),
      },
      { weight: 1, arbitrary: fc.constant(preflight) },
    ),
  );
}
