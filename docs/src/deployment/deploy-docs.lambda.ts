import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { createLogger } from '@enstratus/platform/runtime';
import { deploySite } from '@enstratus/platform/site';

const log = createLogger('deploy-docs');
let s3: S3Client | undefined;

/** Answers CloudFormation for the custom resource that stands for the site of docs. */
export const handler = async (event: unknown): Promise<void> => {
  s3 ??= new S3Client({});
  await deploySite(event, { s3, fetch, log, clock: Date.now, sleep });
};
