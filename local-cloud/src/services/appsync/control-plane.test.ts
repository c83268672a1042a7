import {
  CreateDataSourceCommand,
  CreateGraphqlApiCommand,
  CreateResolverCommand,
  type CreateResolverCommandInput,
  DeleteDataSourceCommand,
  DeleteGraphqlApiCommand,
  DeleteResolverCommand,
  GetDataSourceCommand,
  GetGraphqlApiCommand,
  GetIntrospectionSchemaCommand,
  GetResolverCommand,
  GetSchemaCreationStatusCommand,
  ListDataSourcesCommand,
  ListGraphqlApisCommand,
  ListResolversCommand,
  ListTagsForResourceCommand,
  StartSchemaCreationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDataSourceCommand,
  UpdateGraphqlApiCommand,
  UpdateResolverCommand,
} from '@aws-sdk/client-appsync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLE_WITHOUT_POLICIES } from '../../testing/role-without-policies.ts';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { type AppSyncCloud, SERVICE_ROLE, startAppSyncCloud, type TestApi } from './testing/appsync-cloud.ts';

let cloud: AppSyncCloud;
let poolId: string;
let api: TestApi;

beforeAll(async () => {
  cloud = await startAppSyncCloud();
  poolId = await cloud.pool();
  api = await cloud.api('type Query { a: Int b: Int }', { poolId, tags: { team: 'one' } });
});
afterAll(() => cloud.stop());

const lambdaConfig = { lambdaFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f` };
const CODE = 'export function request(ctx) { return { payload: ctx.args }; }\nexport function response(ctx) { return ctx.result; }';
const runtime = { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' } as const;

describe('an API', () => {
  it('is shown with its settings, endpoints and tags', async () => {
    const { graphqlApi } = await cloud.appsync.send(new GetGraphqlApiCommand({ apiId: api.id }));
    const path = `/_appsync/${api.id}/graphql`;
    expect(graphqlApi).toMatchObject({
      apiId: expect.stringMatching(/^[a-z0-9]{26}$/),
      arn: `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${api.id}`,
      name: 'test',
      authenticationType: 'AMAZON_COGNITO_USER_POOLS',
      userPoolConfig: { userPoolId: poolId, awsRegion: REGION, defaultAction: 'ALLOW' },
      additionalAuthenticationProviders: [{ authenticationType: 'AWS_IAM' }],
      introspectionConfig: 'ENABLED',
      queryDepthLimit: 0,
      resolverCountLimit: 0,
      tags: { team: 'one' },
      uris: {
        GRAPHQL: `${cloud.lambda.test.endpoint}${path}`,
        REALTIME: `${cloud.lambda.test.endpoint.replace('http', 'ws')}${path}/realtime`,
      },
    });
  });

  it('is changed as a whole, tagged, listed and deleted with all of it', async () => {
    const other = await cloud.api('type Query { a: Int }', { poolId });
    await other.noneSource('none');
    await other.resolver('Query.a', 'none', CODE);
    const { graphqlApi } = await cloud.appsync.send(
      new UpdateGraphqlApiCommand({
        apiId: other.id,
        name: 'renamed',
        authenticationType: 'AWS_IAM',
        queryDepthLimit: 3,
        xrayEnabled: true,
      }),
    );
    expect(graphqlApi).toMatchObject({ name: 'renamed', authenticationType: 'AWS_IAM', queryDepthLimit: 3, xrayEnabled: true });
    expect(graphqlApi).not.toHaveProperty('userPoolConfig');
    const resourceArn = graphqlApi?.arn;
    await cloud.appsync.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
    await cloud.appsync.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
    expect((await cloud.appsync.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ b: '2' });
    expect((await cloud.appsync.send(new ListGraphqlApisCommand({}))).graphqlApis?.map(({ name }) => name)).toContain('renamed');
    await cloud.appsync.send(new DeleteGraphqlApiCommand({ apiId: other.id }));
    await expect(cloud.appsync.send(new GetGraphqlApiCommand({ apiId: other.id }))).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `GraphQL API ${other.id} not found.`,
    });
    expect((await fetch(other.url, { method: 'POST' })).status).toBe(404);
  });

  it('is listed in pages', async () => {
    const page = await cloud.appsync.send(new ListGraphqlApisCommand({ maxResults: 1 }));
    expect(page.graphqlApis).toHaveLength(1);
    const { tags: _, ...settings } = { name: 'second', authenticationType: 'AWS_IAM' as const, tags: {} };
    const { graphqlApi } = await cloud.appsync.send(new CreateGraphqlApiCommand(settings));
    const first = await cloud.appsync.send(new ListGraphqlApisCommand({ maxResults: 1 }));
    const rest = await cloud.appsync.send(new ListGraphqlApisCommand({ nextToken: first.nextToken }));
    expect([...(first.graphqlApis ?? []), ...(rest.graphqlApis ?? [])].map(({ apiId }) => apiId).sort()).toEqual(
      [api.id, graphqlApi?.apiId].sort(),
    );
    await cloud.appsync.send(new DeleteGraphqlApiCommand({ apiId: graphqlApi?.apiId }));
  });

  it.each([
    [{ authenticationType: 'API_KEY' }, 'NotCarriedOut', 'authentication type "API_KEY"'],
    [{ authenticationType: 'AMAZON_COGNITO_USER_POOLS' }, 'BadRequestException', 'userPoolConfig'],
    [{ userPoolConfig: { userPoolId: 'x', awsRegion: 'y', defaultAction: 'DENY' } }, 'NotCarriedOut', 'DENY'],
    [
      { userPoolConfig: { userPoolId: 'x', awsRegion: 'y', defaultAction: 'ALLOW', appIdClientRegex: '(' } },
      'BadRequestException',
      'appIdClientRegex',
    ],
    [{ logConfig: { fieldLogLevel: 'ALL', cloudWatchLogsRoleArn: 'x' } }, 'NotCarriedOut', 'logConfig'],
    [{ visibility: 'PRIVATE' }, 'BadRequestException', 'visibility'],
    [{ queryDepthLimit: 76 }, 'BadRequestException', 'queryDepthLimit'],
  ])('is refused with %o', async (settings, name, text) => {
    const input = { name: 'x', authenticationType: 'AMAZON_COGNITO_USER_POOLS', ...settings } as ConstructorParameters<
      typeof CreateGraphqlApiCommand
    >[0];
    await expect(cloud.appsync.send(new CreateGraphqlApiCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
    });
  });

  it('is there, with all of it, after a restart', async () => {
    const own = await startAppSyncCloud();
    const kept = await own.api('type Query { a(n: Int): Int }', { poolId: await own.pool() });
    await kept.noneSource('none');
    await kept.resolver('Query.a', 'none', CODE.replace('ctx.result', 'ctx.result.n'));
    const again = await own.lambda.test.restart();
    const reply = await fetch(`${again.endpoint}/_appsync/${kept.id}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20261122/us-east-2/appsync/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify({ query: '{ a(n: 4) }' }),
    });
    expect(await reply.json()).toMatchObject({ data: { a: null }, errors: [{ errorType: 'Unauthorized' }] });
    await again.stop();
  });
});

describe('a schema', () => {
  const start = async (definition: string, apiId = api.id) => {
    expect(await cloud.appsync.send(new StartSchemaCreationCommand({ apiId, definition: Buffer.from(definition) }))).toMatchObject({
      status: 'PROCESSING',
    });
    return cloud.appsync.send(new GetSchemaCreationStatusCommand({ apiId }));
  };
  const introspect = async (format: 'SDL' | 'JSON', includeDirectives?: boolean) => {
    const { schema } = await cloud.appsync.send(
      new GetIntrospectionSchemaCommand({ apiId: api.id, format, ...(includeDirectives === undefined ? {} : { includeDirectives }) }),
    );
    return Buffer.from(schema ?? []).toString();
  };

  it('is taken and shown as SDL, with directives and without, and as JSON', async () => {
    const definition = 'type Query { a: Int @aws_iam b: AWSDateTime }';
    expect(await start(definition)).toMatchObject({ status: 'SUCCESS' });
    expect(await introspect('SDL')).toBe(definition);
    expect(await introspect('SDL', false)).toBe('schema {\n  query: Query\n}\n\ntype Query {\n  a: Int\n  b: AWSDateTime\n}\n');
    const { data } = JSON.parse(await introspect('JSON')) as { data: { __schema: { queryType: object; types: { name: string }[] } } };
    expect(data.__schema).toMatchObject({
      queryType: { name: 'Query' },
      types: expect.arrayContaining([expect.objectContaining({ name: 'AWSDateTime' })]),
    });
  });

  it.each([
    ['type Query {', 'Syntax Error'],
    ['type Query { a: Nothing }', 'Unknown type "Nothing"'],
    ['type A { a: Int }', 'Query root type must be provided'],
    ['scalar Own type Query { a: Own }', 'Custom scalars'],
    ['directive @own on FIELD_DEFINITION type Query { a: Int }', 'Custom directives'],
    ['type Query { a: Int } extend type Query { b: Int }', 'extensions'],
    ['type AWSThing { a: Int } type Query { a: AWSThing }', 'begin with AWS'],
    ['type Query { a: Int @aws_api_key }', 'NotCarriedOut|@aws_api_key'],
    ['type Query { a: Int @aws_auth(cognito_groups: ["x"]) }', 'use @aws_cognito_user_pools'],
    ['type Query { a: Int } type Subscription { s: Int @aws_subscribe(mutations: ["none"]) }', 'not there: none'],
    [
      'type Query { a: Int } type Mutation { m: Int } type Subscription { s: String @aws_subscribe(mutations: ["m"]) }',
      'type of the mutation m',
    ],
    ['type Query { a: AWSPhone }', 'AWSPhone'],
    ['query { a }', 'no operations'],
  ])('is refused: %s', async (definition, why) => {
    const before = await introspect('SDL');
    expect(await start(definition)).toMatchObject({ status: 'FAILED', details: expect.stringMatching(why.replaceAll('(', '\\(')) });
    // What was in force stays so.
    expect(await introspect('SDL')).toBe(before);
  });

  it('may have @aws_auth where there is one way of authentication, which then stays the only one', async () => {
    const sole = await cloud.api('type Query { a: Int @aws_auth(cognito_groups: ["admins"]) }', {
      poolId,
      additionalAuthenticationProviders: [],
    });
    expect(await sole.ask('{ a }', await cloud.token(poolId))).toMatchObject({ errors: [{ errorType: 'Unauthorized' }] });
    expect((await sole.ask('{ a }', await cloud.token(poolId, { 'cognito:groups': ['admins'] }))).errors).toBeUndefined();
    const more = {
      apiId: sole.id,
      name: 'x',
      authenticationType: 'AWS_IAM',
      additionalAuthenticationProviders: [
        { authenticationType: 'AMAZON_COGNITO_USER_POOLS', userPoolConfig: { userPoolId: poolId, awsRegion: REGION } },
      ],
    } as const;
    await expect(
      cloud.appsync.send(
        new UpdateGraphqlApiCommand({ ...more, additionalAuthenticationProviders: [...more.additionalAuthenticationProviders] }),
      ),
    ).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringContaining('@aws_auth'),
    });
  });
});

describe('a data source', () => {
  it('is made, shown, changed, listed and deleted, unless a resolver uses it', async () => {
    const of = { apiId: api.id, name: 'work' };
    const { dataSource } = await cloud.appsync.send(
      new CreateDataSourceCommand({ ...of, type: 'AWS_LAMBDA', serviceRoleArn: SERVICE_ROLE, lambdaConfig }),
    );
    expect(dataSource).toEqual({
      dataSourceArn: `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${api.id}/datasources/work`,
      name: 'work',
      type: 'AWS_LAMBDA',
      serviceRoleArn: SERVICE_ROLE,
      lambdaConfig,
    });
    await expect(cloud.appsync.send(new CreateDataSourceCommand({ ...of, type: 'NONE' }))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await cloud.appsync.send(
      new UpdateDataSourceCommand({ ...of, type: 'AWS_LAMBDA', description: 'new', serviceRoleArn: SERVICE_ROLE, lambdaConfig }),
    );
    expect((await cloud.appsync.send(new GetDataSourceCommand(of))).dataSource).toMatchObject({ description: 'new' });
    expect((await cloud.appsync.send(new ListDataSourcesCommand({ apiId: api.id }))).dataSources).toHaveLength(1);
    await api.resolver('Query.b', 'work');
    await expect(cloud.appsync.send(new DeleteDataSourceCommand(of))).rejects.toMatchObject({
      message: expect.stringContaining('Query.b'),
    });
    await cloud.appsync.send(new DeleteResolverCommand({ apiId: api.id, typeName: 'Query', fieldName: 'b' }));
    await cloud.appsync.send(new DeleteDataSourceCommand(of));
    await expect(cloud.appsync.send(new GetDataSourceCommand(of))).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it.each([
    [{ type: 'AMAZON_DYNAMODB' }, 'NotCarriedOut', 'AMAZON_DYNAMODB'],
    [{ type: 'HTTP', httpConfig: { endpoint: 'https://x' } }, 'NotCarriedOut', 'httpConfig'],
    [{ type: 'AWS_LAMBDA' }, 'BadRequestException', 'lambdaConfig is required'],
    [{ type: 'NONE', lambdaConfig }, 'BadRequestException', 'no lambdaConfig'],
    [{ type: 'NONE', name: 'not a name' }, 'BadRequestException', 'GraphQL name'],
  ])('is refused with %o', async (settings, name, text) => {
    const input = { apiId: api.id, name: 'x', ...settings } as ConstructorParameters<typeof CreateDataSourceCommand>[0];
    await expect(cloud.appsync.send(new CreateDataSourceCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
    });
  });
});

describe('a resolver', () => {
  const of = () => ({ apiId: api.id, typeName: 'Query', fieldName: 'a' });
  beforeAll(() => api.noneSource('none'));

  it('is made, shown, changed, listed and deleted', async () => {
    const { resolver } = await cloud.appsync.send(
      new CreateResolverCommand({ ...of(), dataSourceName: 'none', code: CODE, runtime, maxBatchSize: 0 }),
    );
    expect(resolver).toEqual({
      resolverArn: `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${api.id}/types/Query/resolvers/a`,
      typeName: 'Query',
      fieldName: 'a',
      dataSourceName: 'none',
      kind: 'UNIT',
      maxBatchSize: 0,
      code: CODE,
      runtime,
    });
    await expect(
      cloud.appsync.send(new CreateResolverCommand({ ...of(), dataSourceName: 'none', code: CODE, runtime })),
    ).rejects.toMatchObject({
      message: 'Only one resolver is allowed per field.',
    });
    await cloud.appsync.send(new UpdateResolverCommand({ ...of(), dataSourceName: 'none', code: `${CODE}\n`, runtime }));
    expect((await cloud.appsync.send(new GetResolverCommand(of()))).resolver?.code).toBe(`${CODE}\n`);
    expect((await cloud.appsync.send(new ListResolversCommand({ apiId: api.id, typeName: 'Query' }))).resolvers).toHaveLength(1);
    await cloud.appsync.send(new DeleteResolverCommand(of()));
    await expect(cloud.appsync.send(new GetResolverCommand(of()))).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it.each<[Partial<CreateResolverCommandInput>, string, string]>([
    [{ typeName: 'Nothing' }, 'NotFoundException', 'Type Nothing not found'],
    [{ fieldName: 'nothing' }, 'NotFoundException', 'No field named nothing found on type Query'],
    [{ dataSourceName: 'nothing' }, 'NotFoundException', 'nothing'],
    [{ code: undefined, runtime: undefined }, 'BadRequestException', 'needs code'],
    [{ runtime: undefined }, 'BadRequestException', 'Code not supported'],
    [{ kind: 'PIPELINE' }, 'NotCarriedOut', 'PIPELINE'],
    [{ maxBatchSize: 5 }, 'NotCarriedOut', 'maxBatchSize'],
    [{ requestMappingTemplate: '{}' }, 'NotCarriedOut', 'requestMappingTemplate'],
    [{ code: 'x'.repeat(32_769) }, 'BadRequestException', 'code'],
  ])('is refused with %o', async (settings, name, text) => {
    const input = { ...of(), dataSourceName: 'none', code: CODE, runtime, ...settings };
    await expect(cloud.appsync.send(new CreateResolverCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(text),
    });
  });

  it('is refused with code that APPSYNC_JS does not take, and told why', async () => {
    const code = CODE.replace('return ctx.result', 'throw ctx.result');
    await expect(cloud.appsync.send(new CreateResolverCommand({ ...of(), dataSourceName: 'none', code, runtime }))).rejects.toMatchObject({
      name: 'BadRequestException',
      reason: 'CODE_ERROR',
      message: expect.stringMatching(/^The code contains one or more errors\. 2:\d+ throw statements/),
      detail: { codeErrors: [{ errorType: 'LINT_ERROR', location: { line: 2 } }] },
    });
  });
});

const apiId = 'x';
const name = 'n';
const field = { apiId, typeName: 'Query', fieldName: 'a' };
const resourceArn = `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/x`;
/** An input of each operation. */
const INPUTS: Record<string, unknown> = {
  CreateDataSource: { apiId, name, type: 'NONE' },
  CreateGraphqlApi: { name, authenticationType: 'AWS_IAM' },
  CreateResolver: field,
  DeleteDataSource: { apiId, name },
  DeleteGraphqlApi: { apiId },
  DeleteResolver: field,
  GetDataSource: { apiId, name },
  GetGraphqlApi: { apiId },
  GetIntrospectionSchema: { apiId, format: 'SDL' },
  GetResolver: field,
  GetSchemaCreationStatus: { apiId },
  ListDataSources: { apiId },
  ListGraphqlApis: {},
  ListResolvers: { apiId, typeName: 'Query' },
  ListTagsForResource: { resourceArn },
  StartSchemaCreation: { apiId, definition: '' },
  TagResource: { resourceArn, tags: {} },
  UntagResource: { resourceArn, tagKeys: ['a'] },
  UpdateDataSource: { apiId, name, type: 'NONE' },
  UpdateGraphqlApi: { apiId, name, authenticationType: 'AWS_IAM' },
  UpdateResolver: field,
};

describe('a role without policies', () => {
  const call = (operation: string, input: unknown) => {
    const { test } = cloud.lambda;
    return test.cloud.call('appsync', operation, input, test.caller(ROLE_WITHOUT_POLICIES));
  };

  it.each(Object.entries(INPUTS))('may not %s', async (operation, input) => {
    await expect(call(operation, input)).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringContaining(`not authorized to perform: appsync:${operation} on`),
    });
  });

  it('is asked about by every operation', () => {
    expect(Object.keys(cloud.lambda.test.cloud.service('appsync')?.operations ?? {}).sort()).toEqual(Object.keys(INPUTS));
  });

  it('that may make data sources may not hand them any role', async () => {
    await cloud.lambda.allow({ Action: ['appsync:*'], Resource: '*' });
    const { test } = cloud.lambda;
    const principal = { ...ROLE_WITHOUT_POLICIES, roleArn: `arn:aws:iam::${ACCOUNT}:role/worker`, roleName: 'worker' };
    const input = { apiId: api.id, name: 'own', type: 'AWS_LAMBDA', serviceRoleArn: SERVICE_ROLE, lambdaConfig };
    await expect(test.cloud.call('appsync', 'CreateDataSource', input, test.caller(principal))).rejects.toMatchObject({
      message: expect.stringContaining(`iam:PassRole on resource: ${SERVICE_ROLE}`),
    });
  });
});
