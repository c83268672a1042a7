import { createHash } from 'node:crypto';
import { parameterNames, toRfc3339 } from '@enstratus/contract';
import { type DemoDevice, demoDevices } from '../../demo/demo-devices.ts';
import { PEOPLE } from '../../demo/demo-people.ts';
import { ToolError } from '../../tools/running-system.ts';
import type { KnownCustomResource, KnownDevice, Surroundings } from './surroundings.ts';

const account = '111122223333';
const region = 'us-east-2';

/** Digits and letters that are the same for the same name, as AWS's own ids are of any. */
const idOf = (name: string, length: number) => createHash('sha256').update(name).digest('hex').slice(0, length);

/** The name that CloudFormation makes up for a resource. */
const physicalName = (stack: string, logicalId: string) => `${stack}-${logicalId}-${idOf(`${stack} ${logicalId}`, 12).toUpperCase()}`;

/** The demo device of this id, which has no history here. */
export function deviceOfDemo(demo: DemoDevice, now_ms: number): KnownDevice {
  return {
    device_id: demo.deviceId,
    particle_id: demo.particleId,
    name: demo.name,
    path: `${demo.path}/${demo.deviceId}`,
    time_zone: demo.time_zone,
    pack_minutes: 15,
    registered_at: toRfc3339(Math.floor(now_ms / 1000) - 30 * 86_400),
    lat: demo.lat,
    lon: demo.lon,
  };
}

/** A system as it could be deployed, for events that are made while none runs: the demo's devices and people, and names in the forms that AWS gives. */
export function madeUpSurroundings(now_ms: number): Surroundings {
  const userPoolId = `${region}_${idOf('user pool', 9)}`;
  return {
    account,
    region,
    webhook_url: `https://${idOf('webhook', 32)}.lambda-url.${region}.on.aws/`,
    user_pool: {
      id: userPoolId,
      client_id: idOf('client', 26),
      issuer: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
    },
    now_ms,
    device: async (device_id) => {
      const devices = demoDevices();
      const demo = device_id === undefined ? devices[0] : devices.find(({ deviceId }) => deviceId === device_id);
      if (demo === undefined)
        throw new ToolError(`Nothing runs here, so only the demo's devices are known, pump-0001 to pump-0050, and not "${device_id}".`);
      return deviceOfDemo(demo, now_ms);
    },
    person: async (persona) => {
      const person = PEOPLE.find((one) => one.persona === persona);
      if (person === undefined) throw new ToolError(`The demo has nobody of the persona ${persona}.`);
      const sub = uuidOf(person.email);
      return { ...person, username: sub, sub };
    },
    topicArn: async () => `arn:aws:sns:${region}:${account}:${physicalName('EnstratusInfra', 'DeviceEvents')}`,
    queueArn: async (functionName) => `arn:aws:sqs:${region}:${account}:${physicalName('Enstratus', functionName.replace(/\W/g, ''))}`,
    customResource: async (functionName) => madeUpResource(functionName),
  };
}

function uuidOf(name: string): string {
  const digits = idOf(name, 32);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

function madeUpResource(functionName: string): KnownCustomResource {
  const type = functionName === 'ingest/keep-secret' ? 'Custom::WebhookSecret' : 'Custom::Site';
  const logical_id = type.replace('Custom::', '');
  const stack = `Enstratus${logical_id}`;
  const properties: Record<string, Record<string, unknown>> = {
    'Custom::WebhookSecret': { ServiceTimeout: '120', ParameterName: parameterNames.webhookSecret },
    'Custom::Site': {
      ServiceTimeout: '720',
      BuildBucketName: `cdk-hnb659fds-assets-${account}-${region}`,
      BuildKey: `${idOf('build', 64)}.zip`,
      SiteBucketName: `enstratus-site-${account}`,
      Configuration: {
        region,
        user_pool_id: `${region}_${idOf('user pool', 9)}`,
        user_pool_client_id: idOf('client', 26),
        user_pool_issuer: `https://cognito-idp.${region}.amazonaws.com/${region}_${idOf('user pool', 9)}`,
        graphql_url: `https://${idOf('api', 26)}.appsync-api.${region}.amazonaws.com/graphql`,
        graphql_realtime_url: `wss://${idOf('api', 26)}.appsync-realtime-api.${region}.amazonaws.com/graphql`,
      },
    },
  };
  return {
    type,
    stack_id: `arn:aws:cloudformation:${region}:${account}:stack/${stack}/${uuidOf(stack)}`,
    logical_id,
    physical_id: `${logical_id}-${idOf(logical_id, 8)}`,
    service_token: `arn:aws:lambda:${region}:${account}:function:${physicalName(stack, 'Function')}`,
    properties: properties[type] ?? {},
  };
}
