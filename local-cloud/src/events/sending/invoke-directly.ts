import { InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import type { Endpoints } from '../../start/endpoints-file.ts';
import { ToolError } from '../../tools/running-system.ts';
import { filled, placeholders, placeholdersIn } from '../placeholders.ts';
import type { DeployedFunction } from './deployed-functions.ts';
import { receiveResponse } from './response-receiver.ts';
import { tracedClients } from './traced-client.ts';

/** What came back from wherever an event was sent. */
export interface Sent {
  /** What was done, in a few words. */
  readonly way: string;
  readonly answer: unknown;
  /** Why it failed; undefined when it didn't. */
  readonly failure: string | undefined;
}

/**
 * Invokes a function with an event, whose placeholders are filled in here. Rejects with ToolError when the function can't be invoked; what the function itself makes of it is in the
 * answer.
 */
export async function invokeDirectly(endpoints: Endpoints, target: DeployedFunction, event: unknown, traceHeader: string): Promise<Sent> {
  const receiver = placeholdersIn(event).has(placeholders.responseUrl) ? await receiveResponse() : undefined;
  try {
    const payload = filled(event, (text) => {
      if (text === placeholders.webhookSecret) return endpoints.webhook.secret;
      return text === placeholders.responseUrl ? receiver?.url : undefined;
    });
    const { lambda } = tracedClients(endpoints, traceHeader);
    const { FunctionError, Payload } = await lambda
      .send(new InvokeCommand({ FunctionName: target.arn, Payload: Buffer.from(JSON.stringify(payload)) }))
      .catch((error: unknown) => {
        const { name, $metadata } = error as { name: string; $metadata?: unknown };
        if ($metadata === undefined) throw error;
        throw new ToolError(`${target.name} could not be invoked: ${name}: ${error instanceof Error ? error.message : String(error)}`);
      });
    const answer = JSON.parse(Buffer.from(Payload ?? new Uint8Array()).toString('utf8') || 'null') as unknown;
    const way = `invoked ${target.name}`;
    if (FunctionError !== undefined) return { way, answer, failure: `it failed: ${FunctionError}` };
    const told = receiver?.answer();
    if (receiver !== undefined && told === undefined) return { way, answer, failure: 'it did not answer CloudFormation' };
    const given = told === undefined ? answer : (JSON.parse(told) as unknown);
    return { way, answer: given, failure: failureIn(given) };
  } finally {
    await receiver?.stop();
  }
}

const failures = z.union([
  z.object({ statusCode: z.number().min(400) }).transform(({ statusCode }) => `it answered ${statusCode}`),
  z.object({ batchItemFailures: z.array(z.unknown()).min(1) }).transform(({ batchItemFailures }) => {
    return batchItemFailures.length === 1 ? 'a message failed' : `${batchItemFailures.length} messages failed`;
  }),
  z
    .object({ Status: z.literal('FAILED'), Reason: z.string().optional() })
    .transform(({ Reason }) => `it answered FAILED: ${Reason ?? 'no reason'}`),
]);

/** Why an answer stands for a failure, in the forms of function URLs, SQS batches and custom resources; undefined when it doesn't. */
function failureIn(answer: unknown): string | undefined {
  return failures.safeParse(answer).data;
}
