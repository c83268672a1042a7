import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import {
  cfnBoolean,
  cfnNumber,
  cfnTags,
  type ResourceContext,
  type ResourceState,
  type ResourceType,
  resourceType,
  unlessCode,
} from '../../kernel/resource-type.ts';
import { endpointArn, endpointsOf } from './api-operations.ts';

/** Carries on when what should go is gone already. */
const unlessGone = unlessCode('NotFoundException');

const poolConfig = { UserPoolId: z.string(), AwsRegion: z.string().optional(), AppIdClientRegex: z.string().optional() };

const apiProperties = z.strictObject({
  Name: z.string(),
  AuthenticationType: z.string(),
  UserPoolConfig: z.strictObject({ ...poolConfig, DefaultAction: z.string().optional() }).optional(),
  AdditionalAuthenticationProviders: z
    .array(z.strictObject({ AuthenticationType: z.string(), UserPoolConfig: z.strictObject(poolConfig).optional() }))
    .optional(),
  ApiType: z.literal('GRAPHQL').optional(),
  IntrospectionConfig: z.string().optional(),
  QueryDepthLimit: cfnNumber.optional(),
  ResolverCountLimit: cfnNumber.optional(),
  Visibility: z.literal('GLOBAL').optional(),
  XrayEnabled: cfnBoolean.optional(),
  Tags: cfnTags.optional(),
});
type ApiProperties = z.output<typeof apiProperties>;

/** AWS::AppSync::GraphQLApi (CloudFormation Template Reference): Ref is the ARN. */
const apiType = resourceType({
  type: 'AWS::AppSync::GraphQLApi',
  properties: apiProperties,
  replaceOn: ['ApiType', 'Visibility'],
  create: async (properties, context) => {
    const { graphqlApi } = await context.call<{ graphqlApi: { apiId: string; arn: string } }>('appsync', 'CreateGraphqlApi', {
      ...apiInput(properties, context),
      tags: tagsOf(properties, context),
    });
    return apiState(graphqlApi.arn, graphqlApi.apiId, context);
  },
  update: async (arn, properties, previous, context) => {
    const apiId = idOf(arn);
    await context.call('appsync', 'UpdateGraphqlApi', { apiId, ...apiInput(properties, context) });
    const tags = tagsOf(properties, context);
    const stale = Object.keys(tagsOf(previous, context)).filter((key) => !Object.hasOwn(tags, key));
    if (stale.length > 0) await context.call('appsync', 'UntagResource', { resourceArn: arn, tagKeys: stale });
    if (JSON.stringify(properties.Tags) !== JSON.stringify(previous.Tags))
      await context.call('appsync', 'TagResource', { resourceArn: arn, tags });
    return apiState(arn, apiId, context);
  },
  delete: (arn, _properties, context) => unlessGone(context.call('appsync', 'DeleteGraphqlApi', { apiId: idOf(arn) })),
});

function apiInput(properties: ApiProperties, context: ResourceContext): Record<string, unknown> {
  const pool = ({
    UserPoolId,
    AwsRegion = context.region,
    AppIdClientRegex,
  }: {
    UserPoolId: string;
    AwsRegion?: string | undefined;
    AppIdClientRegex?: string | undefined;
  }) => ({
    userPoolId: UserPoolId,
    awsRegion: AwsRegion,
    ...(AppIdClientRegex === undefined ? {} : { appIdClientRegex: AppIdClientRegex }),
  });
  const { UserPoolConfig, AdditionalAuthenticationProviders, IntrospectionConfig, QueryDepthLimit, ResolverCountLimit, XrayEnabled } =
    properties;
  return {
    name: properties.Name,
    authenticationType: properties.AuthenticationType,
    ...(UserPoolConfig === undefined
      ? {}
      : { userPoolConfig: { ...pool(UserPoolConfig), defaultAction: UserPoolConfig.DefaultAction ?? 'ALLOW' } }),
    ...(AdditionalAuthenticationProviders === undefined
      ? {}
      : {
          additionalAuthenticationProviders: AdditionalAuthenticationProviders.map(({ AuthenticationType, UserPoolConfig: config }) => ({
            authenticationType: AuthenticationType,
            ...(config === undefined ? {} : { userPoolConfig: pool(config) }),
          })),
        }),
    ...(IntrospectionConfig === undefined ? {} : { introspectionConfig: IntrospectionConfig }),
    ...(QueryDepthLimit === undefined ? {} : { queryDepthLimit: QueryDepthLimit }),
    ...(ResolverCountLimit === undefined ? {} : { resolverCountLimit: ResolverCountLimit }),
    ...(XrayEnabled === undefined ? {} : { xrayEnabled: XrayEnabled }),
  };
}

function apiState(arn: string, apiId: string, context: ResourceContext): ResourceState {
  const { uris, dns } = endpointsOf(context.endpoint, apiId);
  return {
    physicalId: arn,
    attributes: {
      ApiId: apiId,
      Arn: arn,
      GraphQLUrl: uris.GRAPHQL,
      GraphQLDns: dns.GRAPHQL,
      GraphQLEndpointArn: endpointArn(context, apiId),
      RealtimeUrl: uris.REALTIME,
      RealtimeDns: dns.REALTIME,
    },
  };
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function tagsOf({ Tags = [] }: ApiProperties, { stackTags }: ResourceContext): Record<string, string> {
  return { ...stackTags, ...Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) };
}

const schemaProperties = z.strictObject({
  ApiId: z.string(),
  Definition: z.string().optional(),
  DefinitionS3Location: z.string().optional(),
});

/** AWS::AppSync::GraphQLSchema (CloudFormation Template Reference). It goes with its API: there is no operation that takes a schema away. */
const schemaType = resourceType({
  type: 'AWS::AppSync::GraphQLSchema',
  properties: schemaProperties,
  replaceOn: ['ApiId'],
  create: putSchema,
  update: (_physicalId, properties, _previous, context) => putSchema(properties, context),
  delete: async () => undefined,
});

async function putSchema(
  { ApiId, Definition, DefinitionS3Location }: z.output<typeof schemaProperties>,
  context: ResourceContext,
): Promise<ResourceState> {
  const definition = await inlineOrFromS3('Definition', Definition, DefinitionS3Location, context);
  if (definition === undefined) throw new AwsError('BadRequestException', 'One of Definition and DefinitionS3Location is needed.');
  await context.call('appsync', 'StartSchemaCreation', { apiId: ApiId, definition: Buffer.from(definition) });
  const { status, details } = await context.call<{ status: string; details: string }>('appsync', 'GetSchemaCreationStatus', {
    apiId: ApiId,
  });
  if (status !== 'SUCCESS') throw new AwsError('BadRequestException', `Schema Creation Status is ${status} with details: ${details}`);
  const id = `${ApiId}GraphQLSchema`;
  return { physicalId: id, attributes: { Id: id } };
}

const dataSourceProperties = z.strictObject({
  ApiId: z.string(),
  Name: z.string(),
  Type: z.string(),
  Description: z.string().optional(),
  ServiceRoleArn: z.string().optional(),
  LambdaConfig: z.strictObject({ LambdaFunctionArn: z.string() }).optional(),
});

/** AWS::AppSync::DataSource (CloudFormation Template Reference): Ref is the ARN. */
const dataSourceType = resourceType({
  type: 'AWS::AppSync::DataSource',
  properties: dataSourceProperties,
  replaceOn: ['ApiId', 'Name'],
  create: (properties, context) => putDataSource('CreateDataSource', properties, context),
  update: (_arn, properties, _previous, context) => putDataSource('UpdateDataSource', properties, context),
  delete: (_arn, { ApiId, Name }, context) => unlessGone(context.call('appsync', 'DeleteDataSource', { apiId: ApiId, name: Name })),
});

async function putDataSource(
  operation: string,
  properties: z.output<typeof dataSourceProperties>,
  context: ResourceContext,
): Promise<ResourceState> {
  const { ApiId, Name, Type, Description, ServiceRoleArn, LambdaConfig } = properties;
  const { dataSource } = await context.call<{ dataSource: { dataSourceArn: string } }>('appsync', operation, {
    apiId: ApiId,
    name: Name,
    type: Type,
    ...(Description === undefined ? {} : { description: Description }),
    ...(ServiceRoleArn === undefined ? {} : { serviceRoleArn: ServiceRoleArn }),
    ...(LambdaConfig === undefined ? {} : { lambdaConfig: { lambdaFunctionArn: LambdaConfig.LambdaFunctionArn } }),
  });
  return { physicalId: dataSource.dataSourceArn, attributes: { DataSourceArn: dataSource.dataSourceArn, Name } };
}

const resolverProperties = z.strictObject({
  ApiId: z.string(),
  TypeName: z.string(),
  FieldName: z.string(),
  DataSourceName: z.string().optional(),
  Kind: z.string().optional(),
  Code: z.string().optional(),
  CodeS3Location: z.string().optional(),
  Runtime: z.strictObject({ Name: z.string(), RuntimeVersion: z.string() }).optional(),
  MaxBatchSize: cfnNumber.optional(),
});

/** AWS::AppSync::Resolver (CloudFormation Template Reference): Ref is the ARN. */
const resolverType = resourceType({
  type: 'AWS::AppSync::Resolver',
  properties: resolverProperties,
  replaceOn: ['ApiId', 'TypeName', 'FieldName'],
  create: (properties, context) => putResolver('CreateResolver', properties, context),
  update: (_arn, properties, _previous, context) => putResolver('UpdateResolver', properties, context),
  delete: (_arn, { ApiId, TypeName, FieldName }, context) =>
    unlessGone(context.call('appsync', 'DeleteResolver', { apiId: ApiId, typeName: TypeName, fieldName: FieldName })),
});

async function putResolver(
  operation: string,
  properties: z.output<typeof resolverProperties>,
  context: ResourceContext,
): Promise<ResourceState> {
  const { ApiId, TypeName, FieldName, DataSourceName, Kind, Runtime, MaxBatchSize } = properties;
  const code = await inlineOrFromS3('Code', properties.Code, properties.CodeS3Location, context);
  const { resolver } = await context.call<{ resolver: { resolverArn: string } }>('appsync', operation, {
    apiId: ApiId,
    typeName: TypeName,
    fieldName: FieldName,
    ...(DataSourceName === undefined ? {} : { dataSourceName: DataSourceName }),
    ...(Kind === undefined ? {} : { kind: Kind }),
    ...(code === undefined ? {} : { code }),
    ...(Runtime === undefined ? {} : { runtime: { name: Runtime.Name, runtimeVersion: Runtime.RuntimeVersion } }),
    ...(MaxBatchSize === undefined ? {} : { maxBatchSize: MaxBatchSize }),
  });
  return { physicalId: resolver.resolverArn, attributes: { FieldName, ResolverArn: resolver.resolverArn, TypeName } };
}

/** `s3://<bucket>/<key>` is read with the deployment's role. */
async function inlineOrFromS3(
  name: string,
  inline: string | undefined,
  location: string | undefined,
  context: ResourceContext,
): Promise<string | undefined> {
  if (location === undefined) return inline;
  if (inline !== undefined) throw new AwsError('BadRequestException', `Only one of ${name} and ${name}S3Location can be given.`);
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(location) ?? [];
  if (Bucket === undefined || Key === undefined)
    throw new AwsError('BadRequestException', `${name}S3Location: ${location} is not s3://<bucket>/<key>.`);
  const { Body } = await context.call<{ Body: Uint8Array }>('s3', 'GetObject', { Bucket, Key });
  return Buffer.from(Body).toString('utf8');
}

export const appsyncResourceTypes: readonly ResourceType[] = [apiType, schemaType, dataSourceType, resolverType];
