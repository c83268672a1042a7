import { fileURLToPath } from 'node:url';
import { acknowledge, bundledResolver, type ServiceFunction } from '@enstratus/platform/cdk';
import {
  AuthorizationType,
  GraphqlApi as CdkGraphqlApi,
  type CfnGraphQLApi,
  Code,
  Definition,
  FunctionRuntime,
  IntrospectionConfig,
  SchemaFile,
  UserPoolDefaultAction,
} from 'aws-cdk-lib/aws-appsync';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { FunctionDataSource } from './function-data-source.ts';
import { deployedSchema, schemaFile } from './graphql-schema.ts';

/**
 * The deepest that the schema goes: devices, edges, node, latest and a reading in it are five levels. One more, because AWS doesn't say whether the operation
 * itself counts as a level. Nothing in the schema leads back to itself, so this is what keeps a later field from letting queries grow without end.
 */
export const queryDepthLimit = 6;

/**
 * How many resolvers one request may run. Each of the fields that has one reads a bounded part of the table (500 devices, 3,000 steps), and by aliases a request
 * could ask for the same field any number of times. A page needs up to three (me, device, deviceSeries).
 */
export const resolverCountLimit = 5;

export interface GraphqlApiProps {
  readonly userPoolId: string;
  readonly answerQuery: ServiceFunction;
  readonly watchDevice: ServiceFunction;
}

/**
 * The GraphQL API: signed-in people of the user pool by default, IAM for the one mutation that ingest calls. Queries go straight to a function
 * (direct Lambda resolvers); only what is published is done in AppSync itself.
 */
export class GraphqlApi extends Construct {
  readonly api: CdkGraphqlApi;
  readonly realtimeUrl: string;

  constructor(scope: Construct, id: string, { userPoolId, answerQuery, watchDevice }: GraphqlApiProps) {
    super(scope, id);
    const schema = SchemaFile.fromAsset(fileURLToPath(schemaFile));
    schema.definition = deployedSchema(schema.definition);
    this.api = new CdkGraphqlApi(this, 'Api', {
      name: 'enstratus',
      definition: Definition.fromSchema(schema),
      authorizationConfig: {
        defaultAuthorization: {
          authorizationType: AuthorizationType.USER_POOL,
          userPoolConfig: { userPool: UserPool.fromUserPoolId(this, 'People', userPoolId), defaultAction: UserPoolDefaultAction.ALLOW },
        },
        additionalAuthorizationModes: [{ authorizationType: AuthorizationType.IAM }],
      },
      // Everybody who uses the API has the schema in their repo; what nobody asks for needn't be answered.
      introspectionConfig: IntrospectionConfig.DISABLED,
      queryDepthLimit,
      resolverCountLimit,
      // What X-Ray needs in the functions can only be granted on everything. The request's id joins their logs to a failure that somebody reports.
      xrayEnabled: false,
    });
    acknowledge(this.api, {
      'AwsSolutions-ASC3':
        'A log line for every request and field would cost more than the requests themselves. The functions log what fails, with its operation and request id.',
    });
    const api = this.api.node.defaultChild as CfnGraphQLApi;
    // A new logical id would mean a new API, with a new address that no open dashboard knows.
    api.overrideLogicalId('GraphqlApi');
    this.realtimeUrl = api.attrRealtimeUrl;

    const queries = new FunctionDataSource(this.api, 'AnswerQuery', answerQuery);
    const watches = new FunctionDataSource(this.api, 'WatchDevice', watchDevice);
    const nothing = this.api.addNoneDataSource('Nothing', { description: 'For what AppSync does without reading anything' });
    for (const fieldName of ['me', 'devices', 'device', 'deviceSeries']) {
      queries.createResolver(`Query.${fieldName}`, { typeName: 'Query', fieldName });
    }
    watches.createResolver('Mutation.watchDevice', { typeName: 'Mutation', fieldName: 'watchDevice' });
    nothing.createResolver('Mutation.publishDeviceStatus', {
      typeName: 'Mutation',
      fieldName: 'publishDeviceStatus',
      ...appsyncJs('live/publish-device-status'),
    });
    queries.createResolver('Subscription.onDeviceStatus', {
      typeName: 'Subscription',
      fieldName: 'onDeviceStatus',
      ...appsyncJs('live/on-device-status'),
    });
  }
}

function appsyncJs(path: string): { runtime: FunctionRuntime; code: Code } {
  const entry = fileURLToPath(new URL(`../src/${path}.resolver.ts`, import.meta.url));
  return { runtime: FunctionRuntime.JS_1_0_0, code: Code.fromInline(bundledResolver(entry)) };
}
