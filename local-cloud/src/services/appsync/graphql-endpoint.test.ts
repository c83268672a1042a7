import { CreateDataSourceCommand, CreateGraphqlApiCommand } from '@aws-sdk/client-appsync';
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { type AppSyncCloud, startAppSyncCloud, type TestApi } from './testing/appsync-cloud.ts';
import { type GraphqlRequestRecord, onGraphqlRequest } from './timings.ts';

const SCHEMA = `
  type Query {
    echo(text: String!, at: AWSDateTime, json: AWSJSON): Echo!
    list(n: Int!): [Item!]!
    fails(how: String!): Item
    nested: Level
    same(n: Int): Int
    secret: String @aws_iam
    node: Node
  }
  type Mutation { set(n: Int!): Item }
  interface Node { id: ID! }
  type Echo { context: AWSJSON! trace: String }
  type Item implements Node { id: ID! name: String state: State big: Float at: AWSDateTime }
  type Other implements Node { id: ID! other: Int }
  type Level { level: Level value: Int }
  enum State { on off }
`;

const FUNCTION = `
exports.handler = async (event) => {
  const { info: { fieldName }, arguments: args } = event;
  switch (fieldName) {
    case 'echo': return { context: event, trace: process.env._X_AMZN_TRACE_ID };
    case 'list': return Array.from({ length: args.n }, (_, i) => ({ id: i, name: 'item ' + i, state: i % 2 ? 'on' : 'off', big: i / 2  }));
    case 'nested': return { value: 1, level: { value: 2, level: { value: 3, level: null } } };
    case 'same': return args.n ?? null;
    case 'set': return { id: args.n };
    case 'node': return { __typename: 'Other', id: 'o', other: 5 };
    case 'fails': {
      if (args.how === 'custom') { const error = new Error('not today'); error.name = 'NotToday'; throw error; }
      if (args.how === 'unauthorized') { const error = new Error('mine'); error.name = 'UnauthorizedException'; throw error; }
      if (args.how === 'throw') throw new Error('broken');
      if (args.how === 'noid') return { name: 'without id' };
      if (args.how === 'state') return { id: 1, state: 'asleep' };
      if (args.how === 'date') return { id: 1, at: 'yesterday' };
      if (args.how === 'list') return [1];
      return 5;
    }
    default: return fieldName;
  }
};`;

let cloud: AppSyncCloud;
let api: TestApi;
let poolId: string;
let token: string;

beforeAll(async () => {
  cloud = await startAppSyncCloud();
  poolId = await cloud.pool();
  token = await cloud.token(poolId, { path: '/enfusion', 'cognito:groups': ['users'] });
  api = await cloud.api(SCHEMA, { poolId });
  await api.functionSource('work', FUNCTION);
  for (const field of ['echo', 'list', 'fails', 'nested', 'same', 'secret', 'node']) await api.resolver(`Query.${field}`, 'work');
  await api.resolver('Mutation.set', 'work');
});
afterAll(() => cloud.stop());

const contextOf = async (query: string, authorization = token, more: Parameters<TestApi['ask']>[2] = {}) => {
  const { data, errors } = await api.ask(query, authorization, more);
  expect(errors).toBeUndefined();
  return JSON.parse((data as { echo: { context: string } }).echo.context) as Record<string, unknown> & { identity: object; info: object };
};

describe('a direct Lambda resolver', () => {
  it('is given the context as AppSync makes it', async () => {
    const query = `query Q($t: String!, $at: AWSDateTime) {
      echo(text: $t, at: $at, json: "{\\"a\\":[1]}") { ...parts other: context }
    }
    fragment parts on Echo { context }`;
    const variables = { t: 'hello', at: '2026-11-22T10:00:00Z', unused: 1 };
    const context = await contextOf(query, `Bearer ${token}`, {
      variables,
      headers: { 'X-Custom': 'yes', cookie: 'a=b', 'x-forwarded-for': '203.0.113.9' },
    });
    expect(context).toEqual({
      arguments: { text: 'hello', at: '2026-11-22T10:00:00Z', json: { a: [1] } },
      identity: {
        claims: expect.objectContaining({ sub: 'user-1', path: '/enfusion', client_id: 'client', token_use: 'access' }),
        defaultAuthStrategy: 'ALLOW',
        groups: ['users'],
        issuer: `${cloud.lambda.test.endpoint}/${poolId}`,
        sourceIp: ['203.0.113.9', '127.0.0.1'],
        sub: 'user-1',
        username: 'ann',
      },
      source: null,
      request: {
        headers: expect.objectContaining({
          'x-custom': 'yes',
          authorization: `Bearer ${token}`,
          'x-amzn-trace-id': expect.stringMatching(/^Root=1-/),
        }),
        domainName: null,
      },
      prev: null,
      info: {
        fieldName: 'echo',
        parentTypeName: 'Query',
        variables,
        selectionSetList: ['context', 'other'],
        selectionSetGraphQL: '{\n  ...parts\n  other: context\n}',
      },
      stash: {},
    });
    expect((context['request'] as { headers: object }).headers).not.toHaveProperty('cookie');
  });

  it("keeps the caller's trace", async () => {
    const root = 'Root=1-67000000-0123456789abcdef01234567';
    const traceHeader = `${root};Parent=0123456789abcdef;Sampled=1`;
    const { data } = await api.ask('{ echo(text: "x") { context trace } }', token, { headers: { 'x-amzn-trace-id': traceHeader } });
    expect(data).toEqual({ echo: { context: expect.stringContaining(root), trace: expect.stringContaining(root) } });
  });

  it("is told of an ID token's name", async () => {
    const id = await contextOf('{ echo(text: "x") { context } }', await cloud.token(poolId, {}, { use: 'id' }));
    expect(id.identity).toMatchObject({ username: 'ann', groups: null, claims: { aud: 'client', token_use: 'id' } });
  });

  it("fails by the function's own exception, else as unhandled", async () => {
    const failure = async (how: string) => (await api.ask(`{\n  fails(how: "${how}") { id }\n}`, token)).errors?.[0];
    expect(await failure('throw')).toEqual({
      path: ['fails'],
      data: null,
      errorType: 'Lambda:Unhandled',
      errorInfo: null,
      locations: [{ line: 2, column: 3, sourceName: null }],
      message: 'broken',
    });
    expect(await failure('custom')).toMatchObject({ errorType: 'NotToday', message: 'not today' });
    expect(await failure('unauthorized')).toMatchObject({
      errorType: 'UnauthorizedException',
      message: 'You are not authorized to make this call.',
    });
  });

  it('needs a role that AppSync may take and that may invoke the function', async () => {
    const other = await cloud.api('type Query { a: String b: String }', { poolId });
    await other.functionSource('good', FUNCTION);
    const lambdaFunctionArn = `arn:aws:lambda:us-east-2:${ACCOUNT}:function:${other.id}-good`;
    const worker = { apiId: other.id, type: 'AWS_LAMBDA', serviceRoleArn: `arn:aws:iam::${ACCOUNT}:role/worker` } as const;
    await cloud.appsync.send(new CreateDataSourceCommand({ ...worker, name: 'worker', lambdaConfig: { lambdaFunctionArn } }));
    await other.resolver('Query.a', 'worker');
    await other.resolver('Query.b', 'good');
    await cloud.lambda.iam.send(new DeleteRolePolicyCommand({ RoleName: 'data-source', PolicyName: 'invoke' }));
    const { data, errors } = await other.ask('{ a b }', token);
    await allowInvoke();
    expect(data).toEqual({ a: null, b: null });
    expect(errors?.map(({ errorType, message }) => `${errorType} ${message}`)).toEqual([
      expect.stringMatching(/^Lambda:AccessDeniedException .*appsync.amazonaws.com is not authorized to perform: sts:AssumeRole/),
      expect.stringMatching(/^Lambda:AccessDeniedException .*APPSYNC_ASSUME_ROLE is not authorized to perform: lambda:InvokeFunction/),
    ]);
  });
});

const allowInvoke = async () => {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }],
  });
  await cloud.lambda.iam.send(new PutRolePolicyCommand({ RoleName: 'data-source', PolicyName: 'invoke', PolicyDocument }));
};

describe('an answer', () => {
  it('has what was selected, under its aliases, in its order', async () => {
    const { data, errors, headers } = await api.ask('{ b: list(n: 2) { state id __typename number: big } a: same(n: 4) }', token);
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toBe(
      '{"b":[{"state":"off","id":"0","__typename":"Item","number":0},{"state":"on","id":"1","__typename":"Item","number":0.5}],"a":4}',
    );
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('is null up to where null may stand', async () => {
    expect(await api.ask('{ fails(how: "noid") { id name } }', token)).toMatchObject({
      data: { fails: null },
      errors: [
        {
          path: ['fails', 'id'],
          locations: null,
          message: "Cannot return null for non-nullable type: 'ID' within parent 'Item' (/fails/id)",
        },
      ],
    });
  });

  it.each([
    ['state', "Can't serialize value (/fails/state) : Invalid input for Enum 'State'. No value found for name 'asleep'"],
    ['date', "Can't serialize value (/fails/at) : Unable to serialize `yesterday` as a valid DateTime Object."],
    ['list', "Can't resolve value (/fails) : type mismatch error, expected type OBJECT"],
  ])('tells a value that does not fit: %s', async (how, message) => {
    expect((await api.ask(`{ fails(how: "${how}") { id state at } }`, token)).errors).toMatchObject([{ message }]);
  });

  it('selects of an interface by the type that is there', async () => {
    const { data } = await api.ask('{ node { id ... on Item { name } ... on Other { other } } }', token);
    expect(data).toEqual({ node: { id: 'o', other: 5 } });
  });

  it('leaves out what @skip and @include say, whatever was asked before', async () => {
    const query = 'query Q($all: Boolean!) { nested { value @include(if: $all) level @skip(if: $all) { value } } }';
    expect((await api.ask(query, token, { variables: { all: true } })).data).toEqual({ nested: { value: 1 } });
    expect((await api.ask(query, token, { variables: { all: false } })).data).toEqual({ nested: { level: { value: 2 } } });
  });

  it('tells what is wrong with a query or its variables', async () => {
    const wrong = async (query: string, more: object = {}) => {
      const { status, data, errors } = await api.ask(query, token, more);
      expect({ status, data }).toEqual({ status: 200, data: null });
      return errors?.[0];
    };
    expect(await wrong('{ same { x } }')).toMatchObject({ path: null, locations: [{ line: 1, column: 8, sourceName: null }] });
    expect(await wrong('{ nothing }')).toMatchObject({ message: expect.stringContaining('Cannot query field "nothing"') });
    expect(await wrong('{ same')).toMatchObject({ message: expect.stringContaining('Syntax Error') });
    expect(await wrong('query Q($n: Int!) { list(n: $n) { id } }')).toMatchObject({
      message: "Variable 'n' has coerced Null value for NonNull type 'Int!'",
    });
    expect(await wrong('query Q($at: AWSDateTime) { echo(text: "", at: $at) { context } }', { variables: { at: 'now' } })).toMatchObject({
      message: expect.stringContaining('as a valid DateTime'),
    });
    expect(await wrong('query A { same } query B { same }')).toMatchObject({ message: expect.stringContaining('operation name') });
    expect(await wrong('subscription { x }')).toBeDefined();
  });

  it('is for one operation of several', async () => {
    const query = 'query A { same(n: 1) } query B { same(n: 2) }';
    expect((await api.ask(query, token, { operationName: 'B' })).data).toEqual({ same: 2 });
  });

  it('to no GraphQL at all is HTTP 400, and 404 where no API is', async () => {
    const post = (url: string, body: string) => fetch(url, { method: 'POST', body, headers: { authorization: token } });
    const empty = await post(api.url, '');
    expect([empty.status, await empty.json()]).toEqual([
      400,
      { errors: [{ errorType: 'MalformedHttpRequestException', message: 'Request body is empty.' }] },
    ]);
    expect((await post(api.url, '{"no":"query"}')).status).toBe(400);
    expect((await post(api.url.replace(api.id, 'x'.repeat(26)), '{}')).status).toBe(404);
  });

  it('to a preflight lets pages of anywhere ask', async () => {
    const reply = await fetch(api.url, { method: 'OPTIONS', headers: { 'access-control-request-headers': 'authorization,content-type' } });
    expect([reply.status, reply.headers.get('access-control-allow-headers'), reply.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'authorization,content-type',
      '*',
    ]);
  });

  it('shows the schema to whoever asks for it, unless that is off', async () => {
    const query = '{ same(n: 1) __type(name: "Item") { name fields { name } } }';
    expect((await api.ask(query, token)).data).toMatchObject({
      same: 1,
      __type: { name: 'Item', fields: expect.arrayContaining([{ name: 'big' }]) },
    });
    const closed = await cloud.api(SCHEMA, { poolId, introspectionConfig: 'DISABLED' });
    expect((await closed.ask('{ __schema { types { name } } }', token)).errors?.[0]).toMatchObject({
      message: "Validation error of type FieldUndefined: Field 'types' in type '__Schema' is undefined @ '__schema/types'",
    });
    expect((await closed.ask('{ __typename }', token)).data).toEqual({ __typename: 'Query' });
  });
});

describe('limits', () => {
  it('of depth count leaves and cut off only what is below', async () => {
    const limited = await cloud.api(SCHEMA, { poolId, queryDepthLimit: 2 });
    await limited.functionSource('work', FUNCTION);
    await limited.resolver('Query.nested', 'work');
    const { data, errors } = await limited.ask('{ nested { value level { value } } }', token);
    expect(data).toEqual({ nested: { value: 1, level: { value: null } } });
    expect(errors).toMatchObject([{ path: ['nested', 'level', 'value'], errorType: 'QueryDepthLimitReached' }]);
  });

  it('of the parser are told, however deep a query is', async () => {
    for (const levels of [2_000, 4_900]) {
      const answer = await api.ask(`${'{ a '.repeat(levels)}${'}'.repeat(levels)}`, token);
      expect(answer.errors?.[0]?.['message']).toMatch(/nested too deeply|Cannot query field/);
    }
  });

  it('of resolvers cut off the further ones', async () => {
    const limited = await cloud.api(SCHEMA, { poolId, resolverCountLimit: 2 });
    await limited.functionSource('work', FUNCTION);
    await limited.resolver('Query.same', 'work');
    const { data, errors } = await limited.ask('{ a: same(n: 1) b: same(n: 2) c: same(n: 3) }', token);
    expect(data).toEqual({ a: 1, b: 2, c: null });
    expect(errors).toMatchObject([{ path: ['c'], errorType: 'ResolverExecutionLimitReached' }]);
  });
});

it('tells how long each part of a request took', async () => {
  const records: GraphqlRequestRecord[] = [];
  const end = onGraphqlRequest(cloud.lambda.test.cloud, (record) => records.push(record));
  await api.ask('query Named { same(n: 1) }', token);
  await api.ask('{ secret }', token);
  await api.ask('{ same }', 'nobody');
  end();
  await api.ask('{ same }', token);
  expect(records).toMatchObject([
    { service: 'appsync', operation: 'Named', apiId: api.id, principalArn: 'cognito:user-1', httpStatus: 200 },
    { operation: 'query', firstError: 'Unauthorized', httpStatus: 200 },
    { operation: 'unknown', principalArn: 'anonymous', httpStatus: 401 },
  ]);
  const [{ duration_ms, authorization_ms, plan_ms, resolvers_ms, completion_ms } = {} as GraphqlRequestRecord] = records;
  expect(authorization_ms + plan_ms + resolvers_ms + completion_ms).toBeCloseTo(duration_ms, 3);
  expect(resolvers_ms).toBeGreaterThan(0);
});

it('tells CloudWatch of each request whether AppSync itself failed', async () => {
  const { graphqlApi } = await cloud.appsync.send(
    new CreateGraphqlApiCommand({
      name: 'without-schema',
      authenticationType: 'AMAZON_COGNITO_USER_POOLS',
      userPoolConfig: { userPoolId: poolId, awsRegion: REGION, defaultAction: 'ALLOW' },
    }),
  );
  const told: number[] = [];
  cloud.lambda.test.cloud.onMetric(({ metricName, dimensions, value }) => {
    if (metricName === '5XXError' && dimensions['GraphQLAPIId'] === graphqlApi?.apiId) told.push(value);
  });
  const ask = (authorization: string) =>
    fetch(graphqlApi?.uris?.['GRAPHQL'] ?? '', { method: 'POST', headers: { authorization }, body: '{"query":"{ a }"}' });
  expect([(await ask(token)).status, (await ask('forged')).status]).toEqual([502, 401]);
  expect(told).toEqual([1, 0]);
});
