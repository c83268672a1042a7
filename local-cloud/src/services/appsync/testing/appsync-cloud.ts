import {
  AppSyncClient,
  CreateDataSourceCommand,
  CreateGraphqlApiCommand,
  type CreateGraphqlApiCommandInput,
  CreateResolverCommand,
  GetSchemaCreationStatusCommand,
  StartSchemaCreationCommand,
} from '@aws-sdk/client-appsync';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { SignJWT } from 'jose';
import type { Cloud } from '../../../kernel/cloud.ts';
import type { Service } from '../../../kernel/service.ts';
import { ACCOUNT, REGION } from '../../../testing/test-cloud.ts';
import { createCognitoIdp } from '../../cognito-idp/cognito-idp-service.ts';
import { userPoolsOf } from '../../cognito-idp/user-pools.ts';
import { issuerOf } from '../../cognito-idp/verify-user-token.ts';
import { type LambdaCloud, startLambdaCloud } from '../../lambda/testing/lambda-cloud.ts';
import { createAppSync } from '../appsync-service.ts';

export const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/data-source`;

/** What a request is answered. */
export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly Record<string, unknown>[];
}

export interface AppSyncCloud {
  readonly lambda: LambdaCloud;
  readonly appsync: AppSyncClient;
  /** A user pool with this many clients; `clientIds` are made up, since nobody signs in. */
  pool(): Promise<string>;
  /** A token of a pool, signed by its own key. */
  token(
    poolId: string,
    claims?: Record<string, unknown>,
    options?: { use?: 'access' | 'id'; clientId?: string; expiresIn_s?: number },
  ): Promise<string>;
  /** An API for callers of this pool and of IAM, with a schema. */
  api(schema: string, options: { poolId: string } & Partial<CreateGraphqlApiCommandInput>): Promise<TestApi>;
  stop(): Promise<void>;
}

export interface TestApi {
  readonly id: string;
  readonly url: string;
  /** A data source for a function of this source text, made with it. */
  functionSource(name: string, source: string): Promise<void>;
  /** A data source of type NONE. */
  noneSource(name: string): Promise<void>;
  resolver(typeAndField: string, dataSourceName: string, code?: string): Promise<void>;
  /** Posts a query with this `Authorization` header. */
  ask(
    query: string,
    authorization: string | undefined,
    more?: { variables?: object; operationName?: string; headers?: Record<string, string> },
  ): Promise<GraphqlAnswer>;
}

/** A local cloud with IAM, Logs, Lambda, Cognito and AppSync, and a role for data sources that may invoke every function. */
export async function startAppSyncCloud(
  services: readonly ((cloud: Cloud) => Service)[] = [],
  { appsync: create = createAppSync }: { appsync?: (cloud: Cloud) => Service } = {},
): Promise<AppSyncCloud> {
  const lambda = await startLambdaCloud({ services: [createCognitoIdp, create, ...services] });
  const appsync = new AppSyncClient(lambda.test.client);
  await lambda.iam.send(
    new CreateRoleCommand({
      RoleName: 'data-source',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'appsync.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    }),
  );
  await lambda.iam.send(
    new PutRolePolicyCommand({
      RoleName: 'data-source',
      PolicyName: 'invoke',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }],
      }),
    }),
  );
  const { cloud } = lambda.test;
  return {
    lambda,
    appsync,
    pool: async () => {
      const { UserPool } = await cloud.call<{ UserPool: { Id: string } }>(
        'cognito-idp',
        'CreateUserPool',
        { PoolName: 'people', Policies: {} },
        lambda.test.caller(),
      );
      return UserPool.Id;
    },
    token: async (poolId, claims = {}, { use = 'access', clientId = 'client', expiresIn_s = 3600 } = {}) => {
      const keys = await userPoolsOf(cloud).keys.of({ account: ACCOUNT, region: REGION }, poolId);
      const now_s = Math.floor(cloud.clock() / 1000);
      return new SignJWT({
        sub: 'user-1',
        token_use: use,
        ...(use === 'id' ? { aud: clientId, 'cognito:username': 'ann' } : { client_id: clientId, username: 'ann' }),
        ...claims,
      })
        .setProtectedHeader({ alg: 'RS256', kid: keys[use].kid })
        .setIssuer(issuerOf(cloud, poolId))
        .setIssuedAt(now_s)
        .setExpirationTime(now_s + expiresIn_s)
        .sign(keys[use].privateKey);
    },
    api: async (schema, { poolId, ...options }) => {
      const { graphqlApi } = await appsync.send(
        new CreateGraphqlApiCommand({
          name: 'test',
          authenticationType: 'AMAZON_COGNITO_USER_POOLS',
          userPoolConfig: { userPoolId: poolId, awsRegion: REGION, defaultAction: 'ALLOW' },
          additionalAuthenticationProviders: [{ authenticationType: 'AWS_IAM' }],
          ...options,
        }),
      );
      const apiId = graphqlApi?.apiId ?? '';
      await appsync.send(new StartSchemaCreationCommand({ apiId, definition: Buffer.from(schema) }));
      const { status, details } = await appsync.send(new GetSchemaCreationStatusCommand({ apiId }));
      if (status !== 'SUCCESS') throw new Error(`schema: ${details}`);
      return testApi(appsync, lambda, apiId, graphqlApi?.uris?.['GRAPHQL'] ?? '');
    },
    stop: () => lambda.test.stop(),
  };
}

function testApi(appsync: AppSyncClient, lambda: LambdaCloud, apiId: string, url: string): TestApi {
  return {
    id: apiId,
    url,
    functionSource: async (name, source) => {
      const functionName = `${apiId}-${name}`;
      await lambda.create(functionName, source);
      await appsync.send(
        new CreateDataSourceCommand({
          apiId,
          name,
          type: 'AWS_LAMBDA',
          serviceRoleArn: SERVICE_ROLE,
          lambdaConfig: { lambdaFunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${functionName}` },
        }),
      );
    },
    noneSource: async (name) => {
      await appsync.send(new CreateDataSourceCommand({ apiId, name, type: 'NONE' }));
    },
    resolver: async (typeAndField, dataSourceName, code) => {
      const [typeName, fieldName] = typeAndField.split('.');
      await appsync.send(
        new CreateResolverCommand({
          apiId,
          typeName,
          fieldName,
          dataSourceName,
          ...(code === undefined ? {} : { code, runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' } }),
        }),
      );
    },
    ask: async (query, authorization, { headers = {}, ...more } = {}) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }), ...headers },
        body: JSON.stringify({ query, ...more }),
      });
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    },
  };
}
