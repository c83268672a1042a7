import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { customResource } from '@enstratus/platform/runtime';
import * as z from 'zod';
import type { Log } from '../log.ts';

const propertiesSchema = z.looseObject({ ParameterName: z.string().startsWith('/') });

export interface SecretKeeper {
  readonly ssm: Pick<SSMClient, 'send'>;
  /** A new secret: long, random, without a comma (it parts the secrets during a rotation). */
  readonly randomSecret: () => string;
  readonly fetch: typeof fetch;
  readonly log: Log;
}

/**
 * Keeps the webhook's secret in a SecureString that no template holds. Create and Update make one where there is none and never overwrite
 * one; Delete deletes it. CloudFormation is always answered, failures with their reason; the secret goes nowhere but to SSM.
 * Throws only when CloudFormation can't be answered, so that Lambda tries again.
 */
export async function keepSecret(event: unknown, keeper: SecretKeeper): Promise<void> {
  await customResource(event, {
    properties: propertiesSchema,
    carryOut: async ({ type, properties: { ParameterName } }) => {
      if (type === 'Delete') await forgetSecret(ParameterName, keeper);
      else await makeSecret(ParameterName, keeper);
      return ParameterName;
    },
    fetch: keeper.fetch,
    log: keeper.log,
  });
}

async function makeSecret(name: string, { ssm, randomSecret, log }: SecretKeeper): Promise<void> {
  const secret = randomSecret();
  try {
    await ssm.send(
      new PutParameterCommand({
        Name: name,
        Type: 'SecureString',
        Value: secret,
        Overwrite: false,
        Description: 'What Particle sends to the webhook in x-webhook-secret; two, comma separated, during a rotation',
      }),
    );
    log.info('webhook secret made', { parameter_name: name });
  } catch (error) {
    if (named(error, 'ParameterAlreadyExists')) return;
    if (error instanceof Error) error.message = error.message.replaceAll(secret, '***');
    throw error;
  }
}

async function forgetSecret(name: string, { ssm, log }: SecretKeeper): Promise<void> {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
    log.info('webhook secret deleted', { parameter_name: name });
  } catch (error) {
    if (!named(error, 'ParameterNotFound')) throw error;
  }
}

const named = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
