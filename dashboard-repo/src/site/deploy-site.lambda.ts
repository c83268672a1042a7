import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { createLogger } from '@enstratus/platform/runtime';
import { deploySite } from '@enstratus/platform/site';
import { parseRuntimeConfig } from '../app/config/runtime-config.ts';

const log = createLogger('deploy-site');
let s3: S3Client | undefined;

/** Answers CloudFormation for the custom resource that stands for the dashboard's site. */
export const handler = async (event: unknown): Promise<void> => {
  s3 ??= new S3Client({});
  await deploySite(event, { s3, configuration: parseRuntimeConfig, fetch, log, clock: Date.now, sleep });
};
