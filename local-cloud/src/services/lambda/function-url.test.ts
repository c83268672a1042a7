import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  ListFunctionUrlConfigsCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assumeRole } from '../iam/role-sessions.ts';
import { type LambdaCloud, lambdaCloud, ROLE, startLambdaCloud } from './testing/lambda-cloud.ts';

let cloud: LambdaCloud;
beforeAll(async () => {
  cloud = await startLambdaCloud();
});
afterAll(() => cloud.test.stop());

async function openUrl(name: string, source: string): Promise<string> {
  await cloud.create(name, source);
  const { FunctionUrl } = await cloud.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE' }));
  await grantUrl(name);
  await grantInvoke(name);
  return FunctionUrl ?? '';
}

const grantUrl = (FunctionName: string) =>
  cloud.lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    }),
  );
const grantInvoke = (FunctionName: string) =>
  cloud.lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'invoke',
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    }),
  );

it('tells the handler the request in payload format 2.0', async () => {
  const url = await openUrl('event', 'exports.handler = async (event) => event;');
  const response = await fetch(`${url}some/path%20x?a=1&b=2&a=3&c=%2F`, {
    method: 'POST',
    body: '{"x":1}',
    headers: { 'Content-Type': 'application/json', Cookie: 'one=1; two=2', 'X-Custom': 'yes', 'User-Agent': 'ParticleBot/1.1' },
  });
  expect(response.status).toBe(200);
  const id = /_lambda-url\/([a-z2-7]{32})\//.exec(url)?.[1];
  expect(await response.json()).toMatchObject({
    version: '2.0',
    routeKey: '$default',
    rawPath: '/some/path%20x',
    rawQueryString: 'a=1&b=2&a=3&c=%2F',
    cookies: ['one=1', 'two=2'],
    headers: {
      'content-type': 'application/json',
      'x-custom': 'yes',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
      'x-forwarded-for': '127.0.0.1',
    },
    queryStringParameters: { a: '1,3', b: '2', c: '/' },
    requestContext: {
      accountId: 'anonymous',
      apiId: id,
      domainPrefix: id,
      http: { method: 'POST', path: '/some/path%20x', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'ParticleBot/1.1' },
      requestId: response.headers.get('x-amzn-requestid'),
      routeKey: '$default',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"x":1}',
    isBase64Encoded: false,
  });
  const named = (await (await fetch(`${url}?constructor=1&__proto__=2&__proto__=3`)).json()) as { queryStringParameters: object };
  expect(Object.entries(named.queryStringParameters)).toEqual([
    ['constructor', '1'],
    ['__proto__', '2,3'],
  ]);
  const bare = (await (await fetch(url.slice(0, -1))).json()) as Record<string, unknown>;
  expect(bare).toMatchObject({ rawPath: '/', rawQueryString: '', isBase64Encoded: false });
  for (const absent of ['body', 'cookies', 'queryStringParameters']) expect(bare).not.toHaveProperty(absent);
});

it('loses no byte of a body that is no text, whatever its type says', async () => {
  const url = await openUrl('bytes', 'exports.handler = async ({ body, isBase64Encoded }) => ({ body, isBase64Encoded });');
  const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]);
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await response.json()).toEqual({ isBase64Encoded: true, body: body.toString('base64') });
});

it.each([
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
  [undefined, true],
  ['text/plain', false],
  ['application/json; charset=utf-8', false],
])('hands over a body of type %s in Base64: %s', async (type, isBase64Encoded) => {
  const name = `body-${String(type).replaceAll(/[^a-z]/g, '-')}`.slice(0, 60);
  const url = await openUrl(name, 'exports.handler = async ({ body, isBase64Encoded }) => ({ body, isBase64Encoded });');
  const text = 'event=status&data=%7B%7D';
  const response = await fetch(url, {
    method: 'POST',
    body: Buffer.from(text),
    headers: type === undefined ? {} : { 'Content-Type': type },
  });
  expect(await response.json()).toEqual({ isBase64Encoded, body: isBase64Encoded ? Buffer.from(text).toString('base64') : text });
});

it('answers what the handler says', async () => {
  const url = await openUrl(
    'answers',
    `exports.handler = async ({ rawPath }) => ({
      '/text': 'Hello',
      '/none': undefined,
      '/full': { statusCode: 201, headers: { 'Content-Type': 'text/html', 'X-Count': 3 }, cookies: ['a=1; Secure', 'b=2'], body: '<p>' },
      '/binary': { statusCode: '200', headers: { 'content-type': 'image/png' }, body: 'iVBORw==', isBase64Encoded: true },
      '/empty': { statusCode: 204 },
      '/bad-status': { statusCode: 'many' },
      '/bad-body': { statusCode: 200, body: { a: 1 } },
      '/bad-header': { statusCode: 200, headers: { 'x y': 'z' } },
    })[rawPath];`,
  );
  const get = (path: string) => fetch(new URL(path.slice(1), url));
  const text = await get('/text');
  expect([text.status, text.headers.get('content-type'), await text.text()]).toEqual([200, 'application/json', '"Hello"']);
  expect(await (await get('/none')).text()).toBe('null');
  const full = await get('/full');
  expect([full.status, full.headers.get('content-type'), full.headers.get('x-count'), await full.text()]).toEqual([
    201,
    'text/html',
    '3',
    '<p>',
  ]);
  expect(full.headers.getSetCookie()).toEqual(['a=1; Secure', 'b=2']);
  expect(Buffer.from(await (await get('/binary')).arrayBuffer()).toString('hex')).toBe('89504e47');
  expect((await get('/empty')).status).toBe(204);
  for (const path of ['/bad-status', '/bad-body', '/bad-header']) expect([path, (await get(path)).status]).toEqual([path, 502]);
});

it('answers 502 on a failure, 413 on too much, 429 when throttled', async () => {
  const url = await openUrl('fails', "exports.handler = async () => { throw new Error('secret inside'); };");
  const failed = await fetch(url);
  expect([failed.status, await failed.text()]).toEqual([502, 'Internal Server Error']);
  expect((await fetch(url, { method: 'POST', body: Buffer.alloc(6 * 1024 * 1024 + 1) })).status).toBe(413);
  await cloud.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'fails', ReservedConcurrentExecutions: 0 }));
  expect((await fetch(url)).status).toBe(429);
});

it('needs both permissions', async () => {
  const url = await openUrl('guarded', 'exports.handler = async () => 1;');
  expect((await fetch(url)).status).toBe(200);
  for (const [StatementId, grant] of [
    ['url', grantUrl],
    ['invoke', grantInvoke],
  ] as const) {
    await cloud.lambda.send(new RemovePermissionCommand({ FunctionName: 'guarded', StatementId }));
    const refused = await fetch(url);
    expect([refused.status, await refused.json()]).toEqual([403, { Message: 'Forbidden' }]);
    await grant('guarded');
  }
  expect((await fetch(url)).status).toBe(200);
});

it('lets in who signs, where that is asked for', async () => {
  const url = await openUrl('signed', 'exports.handler = async ({ requestContext }) => requestContext.authorizer.iam.userArn;');
  await cloud.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'signed', AuthType: 'AWS_IAM' }));
  expect((await fetch(url)).status).toBe(403);
  const authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20260601/us-east-2/lambda/aws4_request, SignedHeaders=host, Signature=x';
  expect(await (await fetch(url, { headers: { Authorization: authorization } })).json()).toBe('arn:aws:iam::111122223333:root');
  expect((await fetch(url, { headers: { Authorization: authorization.replace('111122223333', 'ASIAUNKNOWN') } })).status).toBe(403);
});

it('names the condition that it cannot judge', async () => {
  const url = await openUrl('judged', 'exports.handler = async () => 1;');
  await cloud.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'judged', AuthType: 'AWS_IAM' }));
  const Action = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];
  const Condition = { StringEquals: { 'aws:NobodyKnowsThis': 'x' } };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*', Condition }] });
  await cloud.iam.send(new PutRolePolicyCommand({ RoleName: 'worker', PolicyName: 'conditional', PolicyDocument }));
  try {
    const session = assumeRole(cloud.test.cloud, { roleArn: ROLE, sessionName: 's', servicePrincipal: 'lambda.amazonaws.com' });
    const Authorization = `AWS4-HMAC-SHA256 Credential=${session.accessKeyId}/20260601/us-east-2/lambda/aws4_request, SignedHeaders=host, Signature=x`;
    const reply = await fetch(url, { headers: { Authorization, 'X-Amz-Security-Token': session.sessionToken } });
    expect([reply.status, reply.headers.get('x-amzn-errortype'), await reply.json()]).toEqual([
      501,
      'NotCarriedOut',
      { Message: expect.stringContaining('the IAM condition key "aws:NobodyKnowsThis"') },
    ]);
  } finally {
    await cloud.iam.send(new DeleteRolePolicyCommand({ RoleName: 'worker', PolicyName: 'conditional' }));
  }
});

it('is shown, unknown after deletion, and the same after a restart', async () => {
  const url = await openUrl('lasting', 'exports.handler = async () => 1;');
  const shown = await cloud.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'lasting' }));
  expect(shown).toMatchObject({ FunctionUrl: url, AuthType: 'NONE', InvokeMode: 'BUFFERED' });
  cloud = lambdaCloud(await cloud.test.restart());
  const { FunctionUrlConfigs } = await cloud.lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'lasting' }));
  const after = FunctionUrlConfigs?.[0]?.FunctionUrl ?? '';
  expect(new URL(after).pathname).toBe(new URL(url).pathname);
  expect(after.startsWith(cloud.test.endpoint)).toBe(true);
  expect((await fetch(after)).status).toBe(200);
  await cloud.lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'lasting' }));
  expect((await fetch(after)).status).toBe(404);
});
