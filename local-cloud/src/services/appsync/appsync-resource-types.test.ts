import { GetGraphqlApiCommand, GetResolverCommand, ListGraphqlApisCommand } from '@aws-sdk/client-appsync';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION } from '../../testing/test-cloud.ts';
import { createCloudFormation } from '../cloudformation/cloudformation-service.ts';
import { ROLE } from '../lambda/testing/lambda-cloud.ts';
import { zipFile } from '../lambda/testing/zip-file.ts';
import { createS3 } from '../s3/s3-service.ts';
import { type AppSyncCloud, startAppSyncCloud } from './testing/appsync-cloud.ts';

let cloud: AppSyncCloud;
let stacks: CloudFormationClient;
let poolId: string;

const CODE = 'export function request(ctx) { return { payload: ctx.args }; }\nexport function response(ctx) { return ctx.result.n; }';

beforeEach(async () => {
  cloud = await startAppSyncCloud([createS3, createCloudFormation]);
  stacks = new CloudFormationClient(cloud.lambda.test.client);
  poolId = await cloud.pool();
  const put = (Key: string, Body: string | Buffer) =>
    cloud.lambda.test.cloud.call('s3', 'PutObject', { Bucket: 'assets', Key, Body }, cloud.lambda.test.caller());
  await cloud.lambda.test.cloud.call(
    's3',
    'CreateBucket',
    { Bucket: 'assets', CreateBucketConfiguration: { LocationConstraint: REGION } },
    cloud.lambda.test.caller(),
  );
  await put('me.zip', zipFile({ 'index.js': 'exports.handler = async ({ identity }) => identity.sub;' }));
  await put('code.js', CODE);
  await put('schema.graphql', 'type Query { other: Int }');
});
afterEach(async () => {
  stacks.destroy();
  await cloud.stop();
});

/** As CDK synthesizes a GraphqlApi with its schema, a function and two resolvers. */
function template({ api = {}, schema = {} }: { api?: object; schema?: object } = {}): string {
  const ApiId = { 'Fn::GetAtt': ['Api', 'ApiId'] };
  const after = { DependsOn: ['Source', 'None', 'Schema'] };
  return JSON.stringify({
    Resources: {
      Api: {
        Type: 'AWS::AppSync::GraphQLApi',
        Properties: {
          Name: 'fleet',
          AuthenticationType: 'AMAZON_COGNITO_USER_POOLS',
          UserPoolConfig: { UserPoolId: poolId, AwsRegion: REGION, DefaultAction: 'ALLOW', AppIdClientRegex: 'client' },
          AdditionalAuthenticationProviders: [{ AuthenticationType: 'AWS_IAM' }],
          IntrospectionConfig: 'DISABLED',
          QueryDepthLimit: '5',
          ResolverCountLimit: 10,
          XrayEnabled: true,
          Tags: [{ Key: 'team', Value: 'fleet' }],
          ...api,
        },
      },
      Schema: {
        Type: 'AWS::AppSync::GraphQLSchema',
        Properties: { ApiId, Definition: 'type Query { me: String same(n: Int): Int }', ...schema },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Code: { S3Bucket: 'assets', S3Key: 'me.zip' }, Handler: 'index.handler', Role: ROLE, Runtime: 'nodejs24.x' },
      },
      SourceRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Principal: { Service: 'appsync.amazonaws.com' }, Action: 'sts:AssumeRole' }],
          },
          Policies: [
            {
              PolicyName: 'invoke',
              PolicyDocument: {
                Version: '2012-10-17',
                // Of the alias alone.
                Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { Ref: 'Alias' } }],
              },
            },
          ],
        },
      },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Function' } } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: { FunctionName: { Ref: 'Function' }, FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] }, Name: 'live' },
      },
      Source: {
        Type: 'AWS::AppSync::DataSource',
        Properties: {
          ApiId,
          Name: 'work',
          Type: 'AWS_LAMBDA',
          ServiceRoleArn: { 'Fn::GetAtt': ['SourceRole', 'Arn'] },
          LambdaConfig: { LambdaFunctionArn: { Ref: 'Alias' } },
        },
      },
      None: { Type: 'AWS::AppSync::DataSource', Properties: { ApiId, Name: 'none', Type: 'NONE' } },
      Me: {
        Type: 'AWS::AppSync::Resolver',
        Properties: { ApiId, TypeName: 'Query', FieldName: 'me', DataSourceName: 'work', Kind: 'UNIT' },
        ...after,
      },
      Same: {
        Type: 'AWS::AppSync::Resolver',
        Properties: {
          ApiId,
          TypeName: 'Query',
          FieldName: 'same',
          DataSourceName: 'none',
          Kind: 'UNIT',
          CodeS3Location: 's3://assets/code.js',
          Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
          MaxBatchSize: 0,
        },
        ...after,
      },
    },
    Outputs: Object.fromEntries([
      ...['Arn', 'ApiId', 'GraphQLUrl', 'GraphQLDns', 'GraphQLEndpointArn', 'RealtimeUrl', 'RealtimeDns'].map((name) => [
        name,
        { Value: { 'Fn::GetAtt': ['Api', name] } },
      ]),
      ['Ref', { Value: { Ref: 'Api' } }],
      ['SourceRef', { Value: { Ref: 'Source' } }],
      ['ResolverRef', { Value: { Ref: 'Same' } }],
      ['SchemaRef', { Value: { Ref: 'Schema' } }],
    ]),
  });
}

async function settled(status: string): Promise<Record<string, string>> {
  return vi.waitFor(
    async () => {
      const { Stacks: [stack] = [] } = await stacks.send(new DescribeStacksCommand({ StackName: 'graphql' }));
      expect(stack?.StackStatus).not.toMatch(/_IN_PROGRESS$/);
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'graphql' }));
      expect(stack?.StackStatus, JSON.stringify(StackEvents.map((event) => event.ResourceStatusReason))).toBe(status);
      return Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    },
    { timeout: 10_000, interval: 20 },
  );
}

const create = (body: string) =>
  stacks.send(new CreateStackCommand({ StackName: 'graphql', TemplateBody: body, Capabilities: ['CAPABILITY_IAM'] }));
const update = (body: string) =>
  stacks.send(new UpdateStackCommand({ StackName: 'graphql', TemplateBody: body, Capabilities: ['CAPABILITY_IAM'] }));
const ask = async (url: string, query: string) => {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { authorization: await cloud.token(poolId) },
    body: JSON.stringify({ query }),
  });
  return reply.json();
};

it('makes, changes and deletes an API with all that belongs to it', async () => {
  await create(template());
  const outputs = await settled('CREATE_COMPLETE');
  const { ApiId = '', GraphQLUrl = '' } = outputs;
  const { host } = new URL(cloud.lambda.test.endpoint);
  const arn = `arn:aws:appsync:${REGION}:${ACCOUNT}:apis/${ApiId}`;
  expect(outputs).toEqual({
    Arn: arn,
    Ref: arn,
    ApiId: expect.stringMatching(/^[a-z0-9]{26}$/),
    GraphQLUrl: `http://${host}/_appsync/${ApiId}/graphql`,
    GraphQLDns: host,
    GraphQLEndpointArn: `arn:aws:appsync:${REGION}:${ACCOUNT}:endpoints/graphql-api/${ApiId}`,
    RealtimeUrl: `ws://${host}/_appsync/${ApiId}/graphql/realtime`,
    RealtimeDns: host,
    SourceRef: `${arn}/datasources/work`,
    ResolverRef: `${arn}/types/Query/resolvers/same`,
    SchemaRef: `${ApiId}GraphQLSchema`,
  });
  expect(await ask(GraphQLUrl, '{ me same(n: 3) }')).toEqual({ data: { me: 'user-1', same: 3 } });
  const { graphqlApi } = await cloud.appsync.send(new GetGraphqlApiCommand({ apiId: ApiId }));
  expect(graphqlApi).toMatchObject({ queryDepthLimit: 5, resolverCountLimit: 10, introspectionConfig: 'DISABLED', xrayEnabled: true });
  expect(graphqlApi?.tags).toMatchObject({ team: 'fleet' });

  await update(
    template({
      api: { QueryDepthLimit: 2, Tags: [{ Key: 'owner', Value: 'ops' }], AdditionalAuthenticationProviders: undefined },
      schema: { Definition: 'type Query { me: String same(n: Int): Int other: Int }' },
    }),
  );
  expect(await settled('UPDATE_COMPLETE')).toEqual(outputs);
  const changed = (await cloud.appsync.send(new GetGraphqlApiCommand({ apiId: ApiId }))).graphqlApi;
  expect(changed).toMatchObject({ queryDepthLimit: 2, tags: { owner: 'ops' } });
  expect(changed?.tags).not.toHaveProperty('team');
  expect(changed).not.toHaveProperty('additionalAuthenticationProviders');
  expect(await ask(GraphQLUrl, '{ me other }')).toEqual({ data: { me: 'user-1', other: null } });

  await stacks.send(new DeleteStackCommand({ StackName: 'graphql' }));
  await vi.waitFor(async () => expect((await cloud.appsync.send(new ListGraphqlApisCommand({}))).graphqlApis).toEqual([]), {
    timeout: 5000,
  });
});

it('takes a schema from S3, code inline, and fails with what AppSync says', async () => {
  const fromS3 = { Definition: undefined, DefinitionS3Location: 's3://assets/schema.graphql' };
  const body = JSON.parse(template({ schema: fromS3 })) as { Resources: Record<string, unknown> };
  const { Me: _, Same: __, ...resources } = body.Resources;
  const Other = {
    Type: 'AWS::AppSync::Resolver',
    DependsOn: ['None', 'Schema'],
    Properties: {
      ApiId: { 'Fn::GetAtt': ['Api', 'ApiId'] },
      TypeName: 'Query',
      FieldName: 'other',
      DataSourceName: 'none',
      Code: CODE,
      Runtime: { Name: 'APPSYNC_JS', RuntimeVersion: '1.0.0' },
    },
  };
  const outputs = { ApiId: { Value: { 'Fn::GetAtt': ['Api', 'ApiId'] } } };
  await create(JSON.stringify({ Resources: { ...resources, Other }, Outputs: outputs }));
  const { ApiId = '' } = await settled('CREATE_COMPLETE');
  expect((await cloud.appsync.send(new GetResolverCommand({ apiId: ApiId, typeName: 'Query', fieldName: 'other' }))).resolver?.code).toBe(
    CODE,
  );

  const broken = { ...Other, Properties: { ...Other.Properties, Code: CODE.replace('return ctx', 'throw ctx') } };
  await update(JSON.stringify({ Resources: { ...resources, Other: broken }, Outputs: outputs }));
  await settled('UPDATE_ROLLBACK_COMPLETE');
  const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'graphql' }));
  expect(StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason)).toContainEqual(
    expect.stringContaining('The code contains one or more errors. 2:'),
  );
});

it.each<[string, object, string]>([
  ['a property that is not carried out', { LogConfig: { FieldLogLevel: 'ALL', CloudWatchLogsRoleArn: 'x' } }, 'LogConfig'],
  ['a way of authentication that is not', { AuthenticationType: 'API_KEY' }, 'API_KEY'],
])('refuses %s', async (_, api, why) => {
  const said = await create(template({ api })).then(
    async () => {
      await settled('ROLLBACK_COMPLETE');
      const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: 'graphql' }));
      return StackEvents.map(({ ResourceStatusReason }) => ResourceStatusReason).join(' ');
    },
    (error: Error) => error.message,
  );
  expect(said).toContain(why);
});
