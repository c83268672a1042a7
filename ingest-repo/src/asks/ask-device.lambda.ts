import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createLogger, parseEnv, processSqsBatch, traced, tracedClient } from '@enstratus/platform/runtime';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { connectionParameters, particleEnvironment } from '../particle/connection-parameters.ts';
import { particleAccess } from '../particle/particle-access.ts';
import { particleCloud } from '../particle/particle-cloud.ts';
import { askDevice, askSchema, type DeviceAsker } from './ask-device.ts';
import { askQueue } from './ask-later.ts';
import { askedDevices } from './asked-devices.ts';

const log = createLogger('ask-device');
let asker: DeviceAsker | undefined;

const connect = (): DeviceAsker => {
  const env = parseEnv(z.object({ TABLE_NAME: z.string().min(1), DEVICE_ASKS_QUEUE_URL: z.url(), ...particleEnvironment }));
  const clock = Date.now;
  return {
    devices: askedDevices(DynamoDBDocumentClient.from(tracedClient(new DynamoDBClient({}))), env.TABLE_NAME),
    withParticle: particleAccess({ read: connectionParameters(tracedClient(new SSMClient({})), env), connect: particleCloud, clock }),
    later: askQueue(tracedClient(new SQSClient({})), env.DEVICE_ASKS_QUEUE_URL),
    clock,
    log,
  };
};

/** Asks devices, through Particle, for live samples and for what is missing of them. */
export const handler = traced('ask-device', async (event: SQSEvent): Promise<SQSBatchResponse> => {
  asker ??= connect();
  const connected = asker;
  return processSqsBatch({ event, schema: askSchema, logger: log, handle: (ask) => askDevice(ask, connected) });
});
