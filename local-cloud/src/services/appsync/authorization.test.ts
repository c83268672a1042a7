import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT } from '../../testing/test-cloud.ts';
import { assumeRole } from '../iam/role-sessions.ts';
import { ROLE } from '../lambda/testing/lambda-cloud.ts';
import { type AppSyncCloud, startAppSyncCloud, type TestApi } from './testing/appsync-cloud.ts';

const SCHEMA = `
  type Query {
    same: Int
    secret: String @aws_iam
    both: String @aws_iam @aws_cognito_user_pools
    group: String @aws_cognito_user_pools(cognito_groups: ["admins"])
    list: [Item!]!
  }
  type Item { id: ID! private: String @aws_iam }
`;

let cloud: AppSyncCloud;
let api: TestApi;
let poolId: string;
let token: string;

beforeAll(async () => {
  cloud = await startAppSyncCloud();
  poolId = await cloud.pool();
  token = await cloud.token(poolId, { path: '/enfusion', 'cognito:groups': ['users'] });
  api = await cloud.api(SCHEMA, { poolId });
  await api.functionSource(
    'work',
    "exports.handler = async ({ info: { fieldName } }) => ({ same: 1, list: [{ id: 0, private: 'x' }] })[fieldName] ?? fieldName",
  );
  for (const field of ['same', 'secret', 'both', 'group', 'list']) await api.resolver(`Query.${field}`, 'work');
});
afterAll(() => cloud.stop());

describe('who may', () => {
  const refusal = async (authorization: string | undefined, of = api) => {
    const { status, errors, headers } = await of.ask('{ same }', authorization);
    return [status, errors?.[0]?.['errorType'], errors?.[0]?.['message'], headers.get('x-amzn-errortype')];
  };
  const NOT_PROVIDED = [401, 'UnauthorizedException', 'Valid authorization header not provided.', 'UnauthorizedException'];

  it('ask is nobody without a token, with a forged one or with one of another pool', async () => {
    expect(await refusal(undefined)).toEqual(NOT_PROVIDED);
    expect(await refusal('nonsense')).toEqual(NOT_PROVIDED);
    const [head, , signature] = token.split('.');
    const claims = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()), path: '/' }),
    ).toString('base64url');
    expect(await refusal(`${head}.${claims}.${signature}`)).toEqual(NOT_PROVIDED);
    expect(await refusal(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`)).toEqual(NOT_PROVIDED);
    expect(await refusal(await cloud.token(await cloud.pool()))).toEqual(NOT_PROVIDED);
  });

  it("ask is not the holder of another API's token", async () => {
    const otherPool = await cloud.pool();
    const other = await cloud.api(SCHEMA, { poolId: otherPool });
    expect(await refusal(token, other)).toEqual(NOT_PROVIDED);
    expect((await other.ask('{ __typename }', await cloud.token(otherPool))).status).toBe(200);
  });

  it('ask is nobody whose token has expired, or is for another client', async () => {
    expect(await refusal(await cloud.token(poolId, {}, { expiresIn_s: -1 }))).toEqual([
      401,
      'UnauthorizedException',
      'Token has expired.',
      'UnauthorizedException',
    ]);
    const strict = await cloud.api(SCHEMA, {
      poolId,
      userPoolConfig: { userPoolId: poolId, awsRegion: 'us-east-2', defaultAction: 'ALLOW', appIdClientRegex: 'web|app' },
    });
    expect(await refusal(await cloud.token(poolId, {}, { clientId: 'webhook' }), strict)).toEqual(NOT_PROVIDED);
    expect((await strict.ask('{ __typename }', await cloud.token(poolId, {}, { clientId: 'web' }))).status).toBe(200);
  });

  it('read a field is what its directives say', async () => {
    const { data, errors } = await api.ask('{ secret both group list { id private } }', token);
    expect(data).toEqual({ secret: null, both: 'both', group: null, list: [{ id: '0', private: null }] });
    expect(errors?.map(({ errorType, message }) => [errorType, message])).toEqual([
      ['Unauthorized', 'Not Authorized to access secret on type Query'],
      ['Unauthorized', 'Not Authorized to access group on type Query'],
      ['Unauthorized', 'Not Authorized to access private on type Item'],
    ]);
    const admin = await cloud.token(poolId, { 'cognito:groups': ['admins'] });
    expect((await api.ask('{ group }', admin)).data).toEqual({ group: 'group' });
  });

  it('read a type of its own directives is what these say', async () => {
    const typed = await cloud.api(
      'type Query { a: A b: A @aws_iam @aws_cognito_user_pools } type A @aws_iam { x: Int y: Int @aws_cognito_user_pools }',
      { poolId },
    );
    await typed.functionSource('work', 'exports.handler = async () => ({ x: 1, y: 2 })');
    await typed.resolver('Query.a', 'work');
    expect((await typed.ask('{ a { x y } }', token)).data).toEqual({ a: { x: null, y: 2 } });
  });
});

describe('a caller that signs', () => {
  const signed = (accessKeyId: string, service = 'appsync') =>
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261122/us-east-2/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const asWorker = async (query: string, of = api) => {
    const { accessKeyId, sessionToken } = assumeRole(cloud.lambda.test.cloud, {
      roleArn: ROLE,
      sessionName: 's',
      servicePrincipal: 'lambda.amazonaws.com',
    });
    return of.ask(query, signed(accessKeyId), { headers: { 'x-amz-security-token': sessionToken } });
  };
  const fieldArn = (field: string) => `arn:aws:appsync:us-east-2:${ACCOUNT}:apis/${api.id}/types/Query/fields/${field}`;
  const allow = (...fields: string[]) =>
    cloud.lambda.allow(
      { Action: 'logs:*', Resource: '*' },
      ...fields.map((field) => ({ Action: 'appsync:GraphQL', Resource: fieldArn(field) })),
    );

  it('is not let in without a permission on any of the fields', async () => {
    await allow('other');
    expect(await asWorker('{ secret both }')).toMatchObject({
      status: 401,
      errors: [{ errorType: 'UnauthorizedException', message: 'Permission denied' }],
    });
  });

  it('reads the fields that IAM and the directives both let it', async () => {
    await allow('secret', 'same');
    const query = '{ secret both same }';
    // What others get by the same text is no matter.
    expect((await api.ask(query, token)).data).toEqual({ secret: null, both: 'both', same: 1 });
    const { data, errors } = await asWorker(query);
    expect(data).toEqual({ secret: 'secret', both: null, same: null });
    expect(errors).toMatchObject([
      { path: ['both'], errorType: 'Unauthorized' },
      { path: ['same'], message: 'Not Authorized to access same on type Query' },
    ]);
  });

  it('is told to the resolver', async () => {
    const open = await cloud.api('type Query { who: AWSJSON @aws_iam }', { poolId });
    await open.functionSource('who', 'exports.handler = async ({ identity }) => identity');
    await open.resolver('Query.who', 'who');
    const { data } = await open.ask('{ who }', signed(ACCOUNT));
    expect(JSON.parse((data as { who: string }).who)).toEqual({
      accountId: ACCOUNT,
      cognitoIdentityAuthProvider: null,
      cognitoIdentityAuthType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      sourceIp: ['127.0.0.1'],
      userArn: `arn:aws:iam::${ACCOUNT}:root`,
      username: ACCOUNT,
    });
  });

  it('is nobody whose session is unknown, who signs for another service, or where IAM is no way in', async () => {
    expect(await api.ask('{ secret }', signed('ASIANOBODY'))).toMatchObject({
      status: 403,
      errors: [{ errorType: 'UnrecognizedClientException' }],
    });
    expect(await api.ask('{ secret }', signed(ACCOUNT, 's3'))).toMatchObject({
      status: 403,
      errors: [{ errorType: 'SignatureDoesNotMatch' }],
    });
    const closed = await cloud.api('type Query { a: Int }', { poolId, additionalAuthenticationProviders: [] });
    expect(await closed.ask('{ a }', signed(ACCOUNT))).toMatchObject({ status: 401 });
  });

  it('of another account may nothing', async () => {
    expect(await api.ask('{ secret }', signed('444455556666'))).toMatchObject({ status: 401, errors: [{ message: 'Permission denied' }] });
  });
});
