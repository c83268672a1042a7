import { randomBytes } from 'node:crypto';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createLogger } from '@enstratus/platform/runtime';
import { keepSecret } from './keep-secret.ts';

const log = createLogger('keep-secret');
let ssm: SSMClient | undefined;

/** Answers CloudFormation for the custom resource that stands for the webhook's secret. Its parameter's name comes as a property. */
export const handler = async (event: unknown): Promise<void> => {
  ssm ??= new SSMClient({});
  await keepSecret(event, { ssm, randomSecret: () => randomBytes(32).toString('base64url'), fetch, log });
};
