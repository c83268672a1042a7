import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createLogger, parseEnv } from '@enstratus/platform/runtime';
import * as z from 'zod';
import { deviceEventPublisher } from '../events/publish-device-event.ts';
import { type DeviceRegistry, type RegisteredDevice, registerDevice } from './register-device.ts';

const log = createLogger('register-device');
let registry: DeviceRegistry | undefined;

const connect = (): DeviceRegistry => {
  const env = parseEnv(
    z.object({
      TABLE_NAME: z.string().min(1),
      DEVICE_EVENTS_TOPIC_ARN: z.string().startsWith('arn:'),
      DEVICE_LOG_GROUP_PREFIX: z.string().startsWith('/'),
    }),
  );
  return {
    documents: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    logs: new CloudWatchLogsClient({}),
    publish: deviceEventPublisher(new SNSClient({}), env.DEVICE_EVENTS_TOPIC_ARN),
    tableName: env.TABLE_NAME,
    logGroupPrefix: env.DEVICE_LOG_GROUP_PREFIX,
    clock: Date.now,
    log,
  };
};

/** Registers a device; invoked directly with a Registration, answers the RegisteredDevice. */
export const handler = async (input: unknown): Promise<RegisteredDevice> => {
  registry ??= connect();
  return registerDevice(input, registry);
};
