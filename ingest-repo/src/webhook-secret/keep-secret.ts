import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { errorDetails, type Log } from '../log.ts';

/** What CloudFormation sends to a custom resource ("Custom resource request objects"). */
export const secretRequestSchema = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().optional(),
  ResourceProperties: z.looseObject({ ParameterName: z.string().startsWith('/') }),
});
export type SecretRequest = z.infer<typeof secretRequestSchema>;

/** What answering needs, even when the rest of a request is wrong. */
const answerableSchema = secretRequestSchema
  .pick({ ResponseURL: true, StackId: true, RequestId: true, LogicalResourceId: true, PhysicalResourceId: true })
  .loose();

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
  const answerable = answerableSchema.parse(event);
  try {
    const request = secretRequestSchema.parse(event);
    const name = request.ResourceProperties.ParameterName;
    if (request.RequestType === 'Delete') await forgetSecret(name, keeper);
    else await makeSecret(name, keeper);
    await answer(answerable, { Status: 'SUCCESS', PhysicalResourceId: name }, keeper);
  } catch (error) {
    if (error instanceof AnswerFailed) throw error;
    keeper.log.error('webhook secret not kept', errorDetails(error));
    const { error_name, error_message } = errorDetails(error);
    const PhysicalResourceId = answerable.PhysicalResourceId ?? `${answerable.LogicalResourceId}-failed`;
    await answer(answerable, { Status: 'FAILED', Reason: `${error_name}: ${error_message}`.slice(0, 1000), PhysicalResourceId }, keeper);
  }
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

class AnswerFailed extends Error {}

async function answer(
  to: z.infer<typeof answerableSchema>,
  reply: { Status: 'SUCCESS' | 'FAILED'; Reason?: string; PhysicalResourceId: string },
  keeper: SecretKeeper,
): Promise<void> {
  const body = JSON.stringify({ ...reply, StackId: to.StackId, RequestId: to.RequestId, LogicalResourceId: to.LogicalResourceId });
  // The presigned address is signed without a content type, so none may be sent.
  const response = await keeper.fetch(to.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body }).catch((error: unknown) => {
    throw new AnswerFailed(`CloudFormation could not be answered: ${errorDetails(error).error_message}`);
  });
  if (!response.ok) throw new AnswerFailed(`CloudFormation could not be answered: HTTP ${response.status}`);
}

const named = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
