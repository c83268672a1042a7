import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { deviceLogGroupPrefix, parameterNames, webhookSecretHeader } from '@enstratus/contract';
import { demoDevices, registerDemoDevices } from '../demo/demo-devices.ts';
import { writeDemoOrganizations } from '../demo/demo-organizations.ts';
import { registerDemoPeople } from '../demo/demo-people.ts';
import { demoTree } from '../demo/demo-tree.ts';
import { AwsError } from '../kernel/aws-error.ts';
import type { Cloud } from '../kernel/cloud.ts';
import type { Caller } from '../kernel/service.ts';
import { clientOptions, tableClient } from '../tools/running-system.ts';
import type { Endpoints } from './endpoints-file.ts';

/**
 * Seeds the demo tree, its people and devices where they aren't there yet, and gathers where everything is from the parameters that the repos
 * publish. What a repo that isn't deployed would tell is null.
 */
export async function collectEndpoints(cloud: Cloud, caller: Caller, directory: string): Promise<Endpoints> {
  const parameter = async (Name: string) => {
    const { Parameter } = await cloud.call<{ Parameter: { Value: string } }>('ssm', 'GetParameter', { Name, WithDecryption: true }, caller);
    return Parameter.Value;
  };
  const parameterIfThere = async (Name: string): Promise<string | null> => {
    try {
      return await parameter(Name);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ParameterNotFound') return null;
      throw error;
    }
  };
  const table = await parameter(parameterNames.tableName);
  const userPoolId = await parameter(parameterNames.userPoolId);
  const endpoint = { aws: cloud.endpoint, region: caller.region, account: caller.account };
  const documents = tableClient(endpoint);
  const cognito = new CognitoIdentityProviderClient(clientOptions(endpoint));
  await writeDemoOrganizations(documents, table, demoTree());
  const users = await registerDemoPeople({ cognito, documents, table, userPoolId, directory });
  const devices = demoDevices();
  await registerDemoDevices(cloud, caller, await parameter(parameterNames.registerDeviceFunctionName), devices, () => {});
  const secret = (await parameter(parameterNames.webhookSecret)).split(',')[0] ?? '';
  // A distribution here speaks HTTP: loopback stands for TLS (LIMITS.md).
  const dashboard = (await parameterIfThere(parameterNames.siteUrl))?.replace('https://127.0.0.1', 'http://127.0.0.1') ?? null;
  return {
    ...endpoint,
    dashboard,
    graphql: await parameterIfThere(parameterNames.graphqlUrl),
    graphqlRealtime: await parameterIfThere(parameterNames.graphqlRealtimeUrl),
    rest: null,
    webhook: { url: await parameter(parameterNames.webhookUrl), secretHeader: webhookSecretHeader, secret },
    particle: null,
    userPoolId,
    userPoolClientId: await parameter(parameterNames.userPoolClientId),
    tableName: table,
    logGroupPrefix: deviceLogGroupPrefix,
    users,
    devices: devices.map(({ deviceId, particleId }) => ({ deviceId, particleId })),
  };
}
