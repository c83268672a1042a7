import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { deviceLogClasses } from '@enstratus/contract';
import { createLogger, parseEnv, traced, tracedClient } from '@enstratus/platform/runtime';
import * as z from 'zod';
import { deviceEventPublisher } from '../events/publish-device-event.ts';
import { connectionParameters, particleEnvironment } from '../particle/connection-parameters.ts';
import { particleAccess } from '../particle/particle-access.ts';
import { particleCloud } from '../particle/particle-cloud.ts';
import { productWebhook } from '../particle/product-webhook.ts';
import { enlistment } from './enlist-device.ts';
import { type DeviceRegistry, type RegisteredDevice, registerDevice } from './register-device.ts';

const log = createLogger('register-device');
let registry: DeviceRegistry | undefined;

const connect = (): DeviceRegistry => {
  const env = parseEnv(
    z.object({
      TABLE_NAME: z.string().min(1),
      DEVICE_EVENTS_TOPIC_ARN: z.string().startsWith('arn:'),
      DEVICE_LOG_GROUP_PREFIX: z.string().startsWith('/'),
      DEVICE_LOG_CLASS: z.enum(deviceLogClasses),
      WEBHOOK_URL: z.url(),
      WEBHOOK_SECRET_PARAMETER_NAME: z.string().startsWith('/'),
      ...particleEnvironment,
    }),
  );
  const ssm = tracedClient(new SSMClient({}));
  const clock = Date.now;
  /** During a rotation there are two: the first is the current one. */
  const secret = async (): Promise<string> => {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: env.WEBHOOK_SECRET_PARAMETER_NAME, WithDecryption: true }));
    const [current = ''] = (Parameter?.Value ?? '').split(',');
    if (current.trim() === '') throw new Error(`the parameter ${env.WEBHOOK_SECRET_PARAMETER_NAME} is empty`);
    return current.trim();
  };
  return {
    documents: DynamoDBDocumentClient.from(tracedClient(new DynamoDBClient({}))),
    logs: tracedClient(new CloudWatchLogsClient({})),
    enlist: enlistment(
      particleAccess({ read: connectionParameters(ssm, env), connect: particleCloud, clock }),
      productWebhook({ url: env.WEBHOOK_URL, secret, clock }),
    ),
    publish: deviceEventPublisher(tracedClient(new SNSClient({})), env.DEVICE_EVENTS_TOPIC_ARN),
    tableName: env.TABLE_NAME,
    logGroupPrefix: env.DEVICE_LOG_GROUP_PREFIX,
    logClass: env.DEVICE_LOG_CLASS,
    clock,
    log,
  };
};

/** Registers a device; invoked directly with a Registration, answers the RegisteredDevice. */
export const handler = traced('register-device', async (input: unknown): Promise<RegisteredDevice> => {
  registry ??= connect();
  return registerDevice(input, registry);
});
