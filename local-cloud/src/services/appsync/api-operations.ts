import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import { type CallContext, type Operation, operation, type Scope } from '../../kernel/service.ts';
import { compileUserPattern, PatternRefused } from '../../kernel/user-pattern.ts';
import { type AuthenticationProvider, apiArn, type GraphqlApi } from './api-store.ts';
import { APPSYNC_PREFIX, type Apis, newApiId } from './apis.ts';
import { page, paging } from './pages.ts';
import { schemaProblem } from './schema-operations.ts';

const ofApi = { apiId: z.string() };
const poolConfig = { userPoolId: z.string(), awsRegion: z.string(), appIdClientRegex: z.string().optional() };
/** AppSync API Reference, "CreateGraphqlApi". */
const tagMap = z.record(z.string().min(1).max(128), z.string().max(256));
const MAX_TAGS = 50;

const settings = {
  name: z.string().min(1),
  authenticationType: z.string(),
  userPoolConfig: z.strictObject({ ...poolConfig, defaultAction: z.string() }).optional(),
  additionalAuthenticationProviders: z
    .array(z.strictObject({ authenticationType: z.string(), userPoolConfig: z.strictObject(poolConfig).optional() }))
    .max(50)
    .default([]),
  introspectionConfig: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  queryDepthLimit: z.int().min(0).max(75).default(0),
  resolverCountLimit: z.int().min(0).max(10_000).default(0),
  xrayEnabled: z.boolean().default(false),
};
type Settings = z.output<z.ZodObject<typeof settings>>;

/** The operations on APIs as such. */
export function apiOperations(apis: Apis): Record<string, Operation<never, unknown>> {
  const allow = (action: string) => (input: { apiId: string }, context: CallContext) => apis.onApi(action, input.apiId, context);
  const allowTagging = (action: string) => (input: { resourceArn: string }, context: CallContext) =>
    apis.onPath(action, `tags/${input.resourceArn}`, context);

  return {
    CreateGraphqlApi: operation({
      input: z.strictObject({
        ...settings,
        apiType: z.literal('GRAPHQL').optional(),
        visibility: z.literal('GLOBAL').optional(),
        tags: tagMap.default({}),
      }),
      authorize: (input, context) => [
        ...apis.onPath('CreateGraphqlApi', 'apis', context),
        ...(Object.keys(input.tags).length > 0 ? apis.onPath('TagResource', 'tags/*', context) : []),
      ],
      run: ({ tags, ...input }, context) => {
        const api = { ...apiOf(input), apiId: newApiId(), tags: checkedTags(tags) };
        apis.put(api, context);
        return { graphqlApi: shown(api, context) };
      },
    }),

    GetGraphqlApi: operation({
      input: z.strictObject(ofApi),
      authorize: allow('GetGraphqlApi'),
      run: (input, context) => ({ graphqlApi: shown(apis.api(input.apiId, context), context) }),
    }),

    ListGraphqlApis: operation({
      input: z.strictObject({ ...paging, apiType: z.literal('GRAPHQL').optional(), owner: z.literal('CURRENT_ACCOUNT').optional() }),
      authorize: (_, context) => apis.onPath('ListGraphqlApis', 'apis', context),
      run: (input, context) => {
        const { items, nextToken } = page(apis.in(context).apis.list(), input);
        return { graphqlApis: items.map((api) => shown(api, context)), ...(nextToken === undefined ? {} : { nextToken }) };
      },
    }),

    UpdateGraphqlApi: operation({
      input: z.strictObject({ ...ofApi, ...settings }),
      authorize: allow('UpdateGraphqlApi'),
      run: ({ apiId, ...input }, context) => {
        const api = { ...apis.api(apiId, context), ...apiOf(input) };
        const definition = apis.in(context).schemas.get(apiId)?.definition;
        const problem = definition === undefined ? undefined : schemaProblem(definition, api);
        if (problem !== undefined) throw new AwsError('BadRequestException', problem);
        apis.put(api, context);
        return { graphqlApi: shown(api, context) };
      },
    }),

    DeleteGraphqlApi: operation({
      input: z.strictObject(ofApi),
      authorize: allow('DeleteGraphqlApi'),
      run: (input, context) => {
        apis.delete(apis.api(input.apiId, context).apiId, context);
      },
    }),

    TagResource: operation({
      input: z.strictObject({ resourceArn: z.string(), tags: tagMap }),
      authorize: allowTagging('TagResource'),
      run: (input, context) => {
        const api = tagged(apis, input.resourceArn, context);
        apis.put({ ...api, tags: checkedTags({ ...api.tags, ...input.tags }) }, context);
      },
    }),

    UntagResource: operation({
      input: z.strictObject({ resourceArn: z.string(), tagKeys: z.array(z.string()).min(1).max(MAX_TAGS) }),
      authorize: allowTagging('UntagResource'),
      run: (input, context) => {
        const api = tagged(apis, input.resourceArn, context);
        const tags = Object.fromEntries(Object.entries(api.tags).filter(([key]) => !input.tagKeys.includes(key)));
        apis.put({ ...api, tags }, context);
      },
    }),

    ListTagsForResource: operation({
      input: z.strictObject({ resourceArn: z.string() }),
      authorize: allowTagging('ListTagsForResource'),
      run: (input, context) => ({ tags: tagged(apis, input.resourceArn, context).tags }),
    }),
  };
}

function apiOf(input: Settings): Omit<GraphqlApi, 'apiId' | 'tags'> {
  if (input.userPoolConfig !== undefined && input.userPoolConfig.defaultAction !== 'ALLOW')
    throw new NotCarriedOut(`userPoolConfig.defaultAction "${input.userPoolConfig.defaultAction}" of AppSync`);
  return {
    name: input.name,
    providers: [
      providerOf(input, 'userPoolConfig'),
      ...input.additionalAuthenticationProviders.map((each, index) =>
        providerOf(each, `additionalAuthenticationProviders.${index}.userPoolConfig`),
      ),
    ],
    introspection: input.introspectionConfig,
    queryDepthLimit: input.queryDepthLimit,
    resolverCountLimit: input.resolverCountLimit,
    xrayEnabled: input.xrayEnabled,
  };
}

function providerOf(
  {
    authenticationType,
    userPoolConfig,
  }: Pick<Settings['additionalAuthenticationProviders'][number], 'authenticationType' | 'userPoolConfig'>,
  member: string,
): AuthenticationProvider {
  if (authenticationType === 'AWS_IAM') return { authenticationType };
  if (authenticationType !== 'AMAZON_COGNITO_USER_POOLS')
    throw new NotCarriedOut(`the authentication type "${authenticationType}" of AppSync`);
  if (userPoolConfig === undefined) throw new AwsError('BadRequestException', `${member} is required for AMAZON_COGNITO_USER_POOLS.`);
  const { userPoolId, awsRegion, appIdClientRegex } = userPoolConfig;
  if (appIdClientRegex !== undefined) {
    try {
      compileUserPattern(appIdClientRegex);
    } catch (error) {
      if (error instanceof PatternRefused) throw new AwsError('BadRequestException', `${member}.appIdClientRegex: ${error.message}`);
      throw error;
    }
  }
  return { authenticationType, userPoolConfig: { userPoolId, awsRegion, appIdClientRegex } };
}

function checkedTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length > MAX_TAGS) throw new AwsError('BadRequestException', `A resource has at most ${MAX_TAGS} tags.`);
  return tags;
}

function tagged(apis: Apis, arn: string, context: CallContext): GraphqlApi {
  const id = /:apis\/([^/]+)$/.exec(arn)?.[1];
  if (id === undefined || arn !== apiArn(context, id))
    throw new AwsError('BadRequestException', `${arn} is not the ARN of a GraphQL API of this account.`);
  return apis.api(id, context);
}

function shown(api: GraphqlApi, context: CallContext): Record<string, unknown> {
  const [first, ...others] = api.providers;
  const { uris, dns } = endpointsOf(context.cloud.endpoint, api.apiId);
  return {
    apiId: api.apiId,
    name: api.name,
    arn: apiArn(context, api.apiId),
    apiType: 'GRAPHQL',
    visibility: 'GLOBAL',
    owner: context.account,
    authenticationType: first.authenticationType,
    ...(first.authenticationType === 'AWS_IAM' ? {} : { userPoolConfig: { ...first.userPoolConfig, defaultAction: 'ALLOW' } }),
    ...(others.length === 0 ? {} : { additionalAuthenticationProviders: others }),
    introspectionConfig: api.introspection,
    queryDepthLimit: api.queryDepthLimit,
    resolverCountLimit: api.resolverCountLimit,
    xrayEnabled: api.xrayEnabled,
    tags: api.tags,
    uris,
    dns,
  };
}

/** Where an API is reached: `<endpoint>/_appsync/<id>/graphql`, and by web socket below it at `/realtime` as under a custom domain. */
export function endpointsOf(
  endpoint: string,
  apiId: string,
): { uris: Record<'GRAPHQL' | 'REALTIME', string>; dns: Record<'GRAPHQL' | 'REALTIME', string> } {
  const { host } = new URL(endpoint);
  const path = `${APPSYNC_PREFIX}${apiId}/graphql`;
  return {
    uris: { GRAPHQL: `${endpoint}${path}`, REALTIME: `ws://${host}${path}/realtime` },
    dns: { GRAPHQL: host, REALTIME: host },
  };
}

/** `arn:…:endpoints/graphql-api/<id>`, as log deliveries and policies of networks name the endpoint. */
export function endpointArn({ account, region }: Scope, apiId: string): string {
  return `arn:aws:appsync:${region}:${account}:endpoints/graphql-api/${apiId}`;
}
