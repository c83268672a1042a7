import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { deviceKey } from '@enstratus/contract';
import { z } from 'zod';
import { type Endpoints, endpointsFile, readEndpoints } from '../start/endpoints-file.ts';

/** A mistake of the tool's user, told as one sentence. */
export class ToolError extends Error {}

/** Where the local cloud keeps its state unless it is told otherwise. */
export const localDirectory = resolve(import.meta.dirname, '..', '..', '..', '.local');

/** Where the running system is; `directory` is the local cloud's, `.local` unless told otherwise. Throws ToolError when none runs. */
export function runningSystem(directory: string = localDirectory): Endpoints {
  if (!existsSync(endpointsFile(directory))) throw new ToolError('Nothing runs here yet: start it with `npm start` in another terminal.');
  try {
    return readEndpoints(directory);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new ToolError(
      'What runs here was started from other sources than these: end it with Ctrl-C, and start it again with `npm start`.',
    );
  }
}

/** Where AWS is, and as whom. */
export type AwsEndpoint = Pick<Endpoints, 'aws' | 'region' | 'account'>;

/** Options for an AWS SDK client that acts as the administrator of the running system's account. */
export function clientOptions({ aws, region, account }: AwsEndpoint) {
  return { endpoint: aws, region, credentials: { accessKeyId: account, secretAccessKey: 'local' } };
}

/** A document client for the running system's table. */
export function tableClient(endpoints: AwsEndpoint): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(endpoints)));
}

const registered = z.object({ particle_id: z.string() });

/** A registered device by its id, a demo device where no id is given. Throws ToolError when there is none. */
export async function findDevice(endpoints: Endpoints, deviceId: string | undefined): Promise<Endpoints['devices'][number]> {
  const [first] = endpoints.devices;
  if (deviceId === undefined && first !== undefined) {
    console.log(`No --device given: ${first.deviceId}.`);
    return first;
  }
  const { Item } = await tableClient(endpoints).send(new GetCommand({ TableName: endpoints.tableName, Key: deviceKey(deviceId ?? '') }));
  const device = registered.safeParse(Item);
  if (device.success && deviceId !== undefined) return { deviceId, particleId: device.data.particle_id };
  throw new ToolError(`There is no device "${deviceId}". Demo devices: ${endpoints.devices.map((demo) => demo.deviceId).join(', ')}`);
}

/** Runs a tool's work; what its user can mend ends it with one sentence and exit code 1. */
export async function runTool(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const sentence = sentenceFor(error);
    if (sentence === undefined) throw error;
    console.error(`✖ ${sentence}`);
    process.exitCode = 1;
  }
}

function sentenceFor(error: unknown): string | undefined {
  if (error instanceof ToolError) return error.message;
  const { code, cause, message } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  if (code === 'ECONNREFUSED' || cause?.code === 'ECONNREFUSED')
    return 'It runs no longer, it was killed: start it with `npm start` in another terminal.';
  return code?.startsWith('ERR_PARSE_ARGS') ? message : undefined;
}
