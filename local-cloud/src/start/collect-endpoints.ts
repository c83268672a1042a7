import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { deviceLogGroupPrefix, parameterNames, webhookSecretHeader } from '@enstratus/contract';
import { type DemoDevice, registerDemoDevices } from '../demo/demo-devices.ts';
import { writeDemoOrganizations } from '../demo/demo-organizations.ts';
import { registerDemoPeople } from '../demo/demo-people.ts';
import { demoTree } from '../demo/demo-tree.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { clientOptions, tableClient } from '../tools/running-system.ts';
import type { Endpoints } from './endpoints-file.ts';
import { readParameter } from './parameters.ts';
import type { ParticleAccess } from './particle-parameters.ts';
import type { Stamps } from './stamps.ts';

export interface Seeding {
  readonly cloud: Cloud;
  readonly caller: Caller;
  /** Where the state is kept. */
  readonly directory: string;
  readonly devices: readonly DemoDevice[];
  readonly particle: ParticleAccess;
  /** Stamps of what is registered in this local cloud. */
  readonly registered: Stamps;
  readonly tell: (line: string) => void;
}

/**
 * Seeds the demo tree, its people and devices where they aren't there yet, and gathers where everything is from the parameters that the repos
 * publish. What a repo that isn't deployed would tell is null.
 */
export async function collectEndpoints({
  cloud,
  caller,
  directory,
  devices,
  particle,
  registered,
  tell,
}: Seeding): Promise<Omit<Endpoints, 'pipelines'>> {
  const parameterIfThere = async (Name: string) => (await readParameter(cloud, caller, Name)) ?? null;
  const parameter = async (Name: string): Promise<string> => {
    const value = await readParameter(cloud, caller, Name);
    if (value === undefined) throw new Error(`no stack has published the parameter ${Name}`);
    return value;
  };
  const table = await parameter(parameterNames.tableName);
  const userPoolId = await parameter(parameterNames.userPoolId);
  const endpoint = { aws: cloud.endpoint, region: caller.region, account: caller.account };
  const documents = tableClient(endpoint);
  const cognito = new CognitoIdentityProviderClient(clientOptions(endpoint));
  const key = `devices ${caller.account} ${caller.region}`;
  // A table that was made anew knows nobody.
  const { Table } = await cloud.call<{ Table: { CreationDateTime: number } }>('dynamodb', 'DescribeTable', { TableName: table }, caller);
  const stamp = `${devices.length} in the table of ${Number(Table.CreationDateTime)}`;
  const done = registered.is(key, stamp);
  if (!done) await writeDemoOrganizations(documents, table, demoTree(devices.length));
  const users = await registerDemoPeople({ cognito, documents, table, userPoolId, directory });
  const functionName = await parameter(parameterNames.registerDeviceFunctionName);
  if (!done) await registerDemoDevices(cloud, caller, functionName, devices, tell);
  registered.set(key, stamp);
  const secret = (await parameter(parameterNames.webhookSecret)).split(',')[0] ?? '';
  // A distribution here speaks HTTP: loopback stands for TLS (LIMITS.md).
  const site = async (Name: string) => (await parameterIfThere(Name))?.replace('https://127.0.0.1', 'http://127.0.0.1') ?? null;
  return {
    ...endpoint,
    console: `${cloud.endpoint}/_local`,
    dashboard: await site(parameterNames.siteUrl),
    docs: await site(parameterNames.docsUrl),
    graphql: await parameterIfThere(parameterNames.graphqlUrl),
    graphqlRealtime: await parameterIfThere(parameterNames.graphqlRealtimeUrl),
    rest: null,
    webhook: { url: await parameter(parameterNames.webhookUrl), secretHeader: webhookSecretHeader, secret },
    particle,
    userPoolId,
    userPoolClientId: await parameter(parameterNames.userPoolClientId),
    tableName: table,
    logGroupPrefix: deviceLogGroupPrefix,
    users,
    devices: devices.map(({ deviceId, particleId }) => ({ deviceId, particleId })),
  };
}
