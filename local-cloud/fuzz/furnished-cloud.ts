import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerServices } from '../src/all-services.ts';
import { AwsError } from '../src/kernel/aws-error.ts';
import { Cloud } from '../src/kernel/cloud.ts';
import { administratorOf } from '../src/kernel/principal.ts';
import { listen } from '../src/kernel/server.ts';
import type { Caller } from '../src/kernel/service.ts';
import { State } from '../src/kernel/state.ts';
import { zipFile } from '../src/services/lambda/testing/zip-file.ts';
import { ACCOUNT, REGION } from '../src/testing/test-cloud.ts';
import { furnishDelivery } from './furnished-delivery.ts';
import { HttpClient } from './http-client.ts';
import { QuietConsole } from './quiet-console.ts';

/** What the fuzzed cloud has one of, by the names under which inputs ask for it. */
export interface Furniture {
  readonly userPoolId: string;
  readonly clientId: string;
  readonly apiId: string;
  readonly keyId: string;
  readonly functionUrl: string;
  /** A commit of the repository `fuzz` and the root of its branch `main`. */
  readonly commitId: string;
  /** A token of CodeArtifact for the domain `fuzz`. */
  readonly npmToken: string;
}

export interface FurnishedCloud {
  readonly cloud: Cloud;
  readonly client: HttpClient;
  readonly console: QuietConsole;
  readonly furniture: Furniture;
  readonly caller: Caller;
  /** Puts back what inputs have taken away. */
  furnish(): Promise<Furniture>;
  stop(): Promise<void>;
}

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: ['lambda', 'codebuild', 'codedeploy', 'codepipeline'].map((service) => ({
    Effect: 'Allow',
    Principal: { Service: `${service}.amazonaws.com` },
    Action: 'sts:AssumeRole',
  })),
});
const open = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:*', Resource: '*' }] });
const roleArn = `arn:aws:iam::${ACCOUNT}:role/fuzz`;
const code = zipFile({
  'index.js': 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event ?? null).slice(0, 200) });',
});
const schema = 'type Query { echo(text: String): String } schema { query: Query }';
export const TEMPLATE = JSON.stringify({
  Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } },
});

/** Starts every service in this process, on a free port and a folder of its own, with one of everything in it; its console is watched. */
export async function startFurnishedCloud(): Promise<FurnishedCloud> {
  const quiet = new QuietConsole();
  quiet.silenceLog();
  const directory = mkdtempSync(join(tmpdir(), 'local-cloud-'));
  const cloud = new Cloud({ state: new State(directory) });
  registerServices(cloud);
  const { server } = await listen(cloud, 0);
  await cloud.start();
  const client = new HttpClient(cloud.endpoint);
  const caller: Caller = { principal: administratorOf(ACCOUNT), account: ACCOUNT, region: REGION };
  const furnish = () => furnished(cloud, caller);
  return {
    cloud,
    client,
    console: quiet,
    furniture: await furnish(),
    caller,
    furnish,
    stop: async () => {
      client.stop();
      await ended(server);
      await cloud.stop();
      quiet.restore();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function ended(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function furnished(cloud: Cloud, caller: Caller): Promise<Furniture> {
  /** What is there already, or was left half done by an input, stays as it is. */
  const make = async <Out extends object>(service: string, operation: string, input: object): Promise<Partial<Out>> => {
    try {
      return (await cloud.call<Out>(service, operation, input, caller)) ?? {};
    } catch (error) {
      if (error instanceof AwsError && error.code !== 'InternalFailure') return {};
      throw error;
    }
  };
  await make('iam', 'CreateRole', { RoleName: 'fuzz', AssumeRolePolicyDocument: trust });
  await make('iam', 'PutRolePolicy', {
    RoleName: 'fuzz',
    PolicyName: 'fuzz',
    PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
  });
  await make('iam', 'CreatePolicy', { PolicyName: 'fuzz', PolicyDocument: '{"Version":"2012-10-17","Statement":[]}' });
  await make('ssm', 'PutParameter', { Name: '/fuzz/a', Value: 'a', Type: 'String' });
  await make('ssm', 'PutParameter', { Name: '/fuzz/secret', Value: 's', Type: 'SecureString' });
  await make('s3', 'CreateBucket', { Bucket: 'fuzz', CreateBucketConfiguration: { LocationConstraint: REGION } });
  for (const Key of ['a', 'folder/b', 'folder/c é', 'd+e'])
    await make('s3', 'PutObject', { Bucket: 'fuzz', Key, Body: Buffer.from('0123456789') });
  await make('dynamodb', 'CreateTable', {
    TableName: 'fuzz',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'gsi1', KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
    ],
  });
  const item = {
    pk: { S: 'a' },
    sk: { S: 'b' },
    gsi1pk: { S: 'a' },
    n: { N: '1' },
    list: { L: [{ N: '1' }] },
    map: { M: { a: { S: 'x' } } },
    set: { SS: ['a'] },
  };
  for (const sk of ['a', 'b', 'c']) await make('dynamodb', 'PutItem', { TableName: 'fuzz', Item: { ...item, sk: { S: sk } } });
  await make('logs', 'CreateLogGroup', { logGroupName: '/fuzz' });
  await make('logs', 'CreateLogStream', { logGroupName: '/fuzz', logStreamName: 'status' });
  const logEvents = [
    { timestamp: Date.now() - 1000, message: '{"seq":1,"solar_w":42.5,"run_state":"solar","a":{"b":[{"c":1}]}}' },
    { timestamp: Date.now(), message: 'ERROR two words ip=1.2.3.4' },
  ];
  await make('logs', 'PutLogEvents', { logGroupName: '/fuzz', logStreamName: 'status', logEvents });
  await make('sqs', 'CreateQueue', { QueueName: 'fuzz', Attributes: { Policy: open } });
  await make('sqs', 'CreateQueue', { QueueName: 'fuzz.fifo', Attributes: { FifoQueue: 'true' } });
  await make('sqs', 'SendMessage', { QueueUrl: queueUrl(cloud), MessageBody: 'hello' });
  await make('sns', 'CreateTopic', { Name: 'fuzz' });
  await make('sns', 'Subscribe', {
    TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:fuzz`,
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${REGION}:${ACCOUNT}:fuzz`,
  });
  await make('lambda', 'CreateFunction', {
    FunctionName: 'fuzz',
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Role: roleArn,
    Code: { ZipFile: code.toString('base64') },
    Architectures: ['arm64'],
  });
  await make('lambda', 'CreateFunctionUrlConfig', { FunctionName: 'fuzz', AuthType: 'NONE' });
  for (const Action of ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'])
    await make('lambda', 'AddPermission', {
      FunctionName: 'fuzz',
      StatementId: Action.slice(7),
      Action,
      Principal: '*',
      ...(Action.endsWith('Url') ? { FunctionUrlAuthType: 'NONE' } : {}),
    });
  await make('cloudformation', 'CreateStack', { StackName: 'fuzz', TemplateBody: TEMPLATE });
  const url = await make<{ FunctionUrl: string }>('lambda', 'GetFunctionUrlConfig', { FunctionName: 'fuzz' });
  const delivery = await furnishDelivery(make, cloud.endpoint);
  return { ...(await peopleOf(make)), ...(await apiOf(make)), ...delivery, keyId: ACCOUNT, functionUrl: url.FunctionUrl ?? '' };
}

export type Make = <Out extends object>(service: string, operation: string, input: object) => Promise<Partial<Out>>;

async function peopleOf(make: Make): Promise<Pick<Furniture, 'userPoolId' | 'clientId'>> {
  const pools = await make<{ UserPools: { Id: string; Name: string }[] }>('cognito-idp', 'ListUserPools', { MaxResults: 60 });
  let userPoolId = pools.UserPools?.find(({ Name }) => Name === 'fuzz')?.Id;
  userPoolId ??=
    (await make<{ UserPool: { Id: string } }>('cognito-idp', 'CreateUserPool', { PoolName: 'fuzz', Policies: {} })).UserPool?.Id ?? '';
  const clients = await make<{ UserPoolClients: { ClientId: string }[] }>('cognito-idp', 'ListUserPoolClients', {
    UserPoolId: userPoolId,
    MaxResults: 60,
  });
  let clientId = clients.UserPoolClients?.[0]?.ClientId;
  clientId ??=
    (
      await make<{ UserPoolClient: { ClientId: string } }>('cognito-idp', 'CreateUserPoolClient', {
        UserPoolId: userPoolId,
        ClientName: 'fuzz',
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      })
    ).UserPoolClient?.ClientId ?? '';
  await make('cognito-idp', 'CreateGroup', { UserPoolId: userPoolId, GroupName: 'fuzz' });
  await make('cognito-idp', 'AdminCreateUser', {
    UserPoolId: userPoolId,
    Username: 'ann',
    TemporaryPassword: 'Passw0rd!',
    MessageAction: 'SUPPRESS',
  });
  await make('cognito-idp', 'AdminSetUserPassword', { UserPoolId: userPoolId, Username: 'ann', Password: 'Passw0rd!', Permanent: true });
  return { userPoolId, clientId };
}

async function apiOf(make: Make): Promise<Pick<Furniture, 'apiId'>> {
  const { graphqlApis } = await make<{ graphqlApis: { apiId: string; name: string }[] }>('appsync', 'ListGraphqlApis', {});
  let apiId = graphqlApis?.find(({ name }) => name === 'fuzz')?.apiId;
  if (apiId === undefined) {
    apiId =
      (await make<{ graphqlApi: { apiId: string } }>('appsync', 'CreateGraphqlApi', { name: 'fuzz', authenticationType: 'AWS_IAM' }))
        .graphqlApi?.apiId ?? '';
    await make('appsync', 'StartSchemaCreation', { apiId, definition: Buffer.from(schema).toString('base64') });
    await make('appsync', 'CreateDataSource', { apiId, name: 'none', type: 'NONE' });
  }
  return { apiId };
}

export function queueUrl(cloud: Cloud): string {
  return `${cloud.endpoint}/${ACCOUNT}/fuzz`;
}
