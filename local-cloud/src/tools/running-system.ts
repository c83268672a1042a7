import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Endpoints, endpointsFile, readEndpoints } from '../start/endpoints-file.ts';

/** A mistake of the tool's user, told as one sentence. */
export class ToolError extends Error {}

/** Where the running system is; `directory` is the local cloud's, `.local` unless told otherwise. Throws ToolError when none runs. */
export function runningSystem(directory: string = resolve(import.meta.dirname, '..', '..', '..', '.local')): Endpoints {
  if (!existsSync(endpointsFile(directory))) throw new ToolError('Nothing runs here yet: start it with `npm start` in another terminal.');
  return readEndpoints(directory);
}

/** Options for an AWS SDK client that acts as the administrator of the running system's account. */
export function clientOptions({ aws, region, account }: Endpoints) {
  return { endpoint: aws, region, credentials: { accessKeyId: account, secretAccessKey: 'local' } };
}

/** A document client for the running system's table. */
export function tableClient(endpoints: Endpoints): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(clientOptions(endpoints)));
}

/** The demo device of this id. Throws ToolError with the ids that there are. */
export function findDevice({ devices }: Endpoints, deviceId: string | undefined): Endpoints['devices'][number] {
  const device = deviceId === undefined ? devices[0] : devices.find((candidate) => candidate.deviceId === deviceId);
  if (device === undefined)
    throw new ToolError(`There is no device "${deviceId}". There are: ${devices.map((candidate) => candidate.deviceId).join(', ')}`);
  return device;
}

/** Runs a tool's work; a ToolError ends it with its sentence and exit code 1. */
export async function runTool(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(`✖ ${error.message}`);
    process.exitCode = 1;
  }
}
