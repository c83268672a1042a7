import { AdminGetUserCommand, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { deviceKey, parameterNames, reportKey, toRfc3339 } from '@enstratus/contract';
import { z } from 'zod';
import { demoDevices } from '../../demo/demo-devices.ts';
import type { Endpoints } from '../../start/endpoints-file.ts';
import { clientOptions, findDevice, ToolError, tableClient } from '../../tools/running-system.ts';
import { deployedFunctions, functionNamed } from '../sending/deployed-functions.ts';
import { customResourceOf } from './custom-resources.ts';
import type { KnownDevice, Surroundings } from './surroundings.ts';

const registered = z.object({
  device_id: z.string(),
  particle_id: z.string(),
  name: z.string(),
  path: z.string(),
  time_zone: z.string(),
  pack_minutes: z.number(),
  registered_at: z.number(),
});
const reported = z.object({ boot_id: z.number(), uptime_s: z.number() }).optional();

/** The system that runs: its devices, people and names are asked for when an event needs them. */
export function runningSurroundings(endpoints: Endpoints, now_ms: number): Surroundings {
  const options = clientOptions(endpoints);
  const ssm = new SSMClient(options);
  const parameter = async (Name: string): Promise<string> => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name }));
    return Parameter?.Value ?? '';
  };
  return {
    account: endpoints.account,
    region: endpoints.region,
    webhook_url: endpoints.webhook.url,
    user_pool: {
      id: endpoints.userPoolId,
      client_id: endpoints.userPoolClientId,
      issuer: `${endpoints.aws}/${endpoints.userPoolId}`,
    },
    now_ms,
    device: (device_id) => knownDevice(endpoints, device_id ?? endpoints.devices[0]?.deviceId),
    person: async (persona) => {
      const user = endpoints.users.find((one) => one.persona === persona);
      if (user === undefined) throw new ToolError(`Nobody of the persona ${persona} has a login here.`);
      const { email, user_id, path } = user;
      const cognito = new CognitoIdentityProviderClient(options);
      const found = await cognito.send(new AdminGetUserCommand({ UserPoolId: endpoints.userPoolId, Username: email }));
      const sub = found.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
      return { persona, email, user_id, path, username: found.Username ?? email, sub };
    },
    topicArn: () => parameter(parameterNames.deviceEventsTopicArn),
    queueArn: async (name) => {
      const lambda = new LambdaClient(options);
      const { arn } = functionNamed(await deployedFunctions(endpoints), name);
      // Its alias may be fed instead of the function itself.
      for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {})) {
        const mapping = EventSourceMappings.find(({ FunctionArn }) => FunctionArn === arn || FunctionArn?.startsWith(`${arn}:`));
        if (mapping?.EventSourceArn !== undefined) return mapping.EventSourceArn;
      }
      throw new ToolError(`No queue feeds ${name} here.`);
    },
    customResource: async (name) => {
      const { function_name } = functionNamed(await deployedFunctions(endpoints), name);
      return customResourceOf(endpoints, function_name, parameter);
    },
  };
}

async function knownDevice(endpoints: Endpoints, device_id: string | undefined): Promise<KnownDevice> {
  if (device_id === undefined) throw new ToolError('No device is registered here: say which one with --device.');
  // For its sentence where there is none.
  await findDevice(endpoints, device_id);
  const table = tableClient(endpoints);
  const [device, report] = await Promise.all(
    [deviceKey(device_id), reportKey(device_id)].map((Key) =>
      table.send(new GetCommand({ TableName: endpoints.tableName, Key, ConsistentRead: true })),
    ),
  );
  const stored = registered.parse(device?.Item);
  const site = stored.path.slice(0, stored.path.lastIndexOf('/'));
  // Only the demo's sites are on a map: a device elsewhere gets the sun of the first one.
  const demo = demoDevices();
  const place = demo.find(({ deviceId }) => deviceId === device_id) ?? demo.find(({ path }) => path === site) ?? demo[0];
  return {
    ...stored,
    registered_at: toRfc3339(stored.registered_at),
    lat: place?.lat ?? 0,
    lon: place?.lon ?? 0,
    report: reported.parse(report?.Item),
  };
}
