import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation } from '../../kernel/service.ts';
import type { AsynchronousInvocations } from './asynchronous-invocations.ts';
import { versionOf } from './function-record.ts';
import type { Functions } from './functions.ts';
import type { Invocation, InvocationOutcome } from './invocation.ts';
import type { InvokeOutput } from './lambda-protocol.ts';
import { traceFor } from './trace-header.ts';

/** Lambda API Reference, "Invoke": payloads of up to 6 MB, asynchronous ones of up to 1 MB. */
const MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024;
const MAX_ASYNCHRONOUS_BYTES = 1024 * 1024;

/** The operation Invoke. */
export function invokeOperation(
  functions: Functions,
  invoke: (invocation: Omit<Invocation, 'taskRoot' | 'unreservedLimit'>) => Promise<InvocationOutcome>,
  asynchronous: AsynchronousInvocations,
): Operation<never, unknown> {
  return operation({
    input: z.strictObject({
      FunctionName: z.string(),
      Qualifier: z.string().optional(),
      InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
      LogType: z.enum(['None', 'Tail']).default('None'),
      /** Base64 of JSON, at most 3,583 bytes. */
      ClientContext: z.string().max(3583).optional(),
      Payload: z.union([z.string(), z.instanceof(Uint8Array)]).optional(),
    }),
    authorize: (input, context) => [functions.authorization('InvokeFunction', input.FunctionName, context, { qualifier: input.Qualifier })],
    run: async (input, context): Promise<InvokeOutput> => {
      const located = functions.locate(input.FunctionName, context, input.Qualifier);
      const { store, arn, qualifier } = located;
      const record = functions.chosen(located);
      context.concerns(record.name);
      if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
      const isEvent = input.InvocationType === 'Event';
      const event = eventOf(input.Payload, isEvent ? MAX_ASYNCHRONOUS_BYTES : MAX_SYNCHRONOUS_BYTES);
      const traceHeader = traceFor(context.traceHeader, record.configuration.tracing, functions.cloud.clock());
      if (isEvent) {
        asynchronous.accept(store.scope, { record, requestId: context.requestId, event, traceHeader, invokedArn: arn });
        return { StatusCode: 202 };
      }
      const outcome = await invoke({
        scope: store.scope,
        record,
        requestId: context.requestId,
        event,
        traceHeader,
        invokedArn: arn,
        qualifier,
        clientContext: clientContextOf(input.ClientContext),
        wantsTail: input.LogType === 'Tail',
        source: 'invoke',
      });
      return {
        StatusCode: 200,
        ExecutedVersion: versionOf(record),
        Payload: Buffer.from(outcome.payload),
        ...(outcome.error === undefined ? {} : { FunctionError: 'Unhandled' }),
        ...(outcome.tail === undefined ? {} : { LogResult: outcome.tail }),
      };
    },
  });
}

function eventOf(payload: string | Uint8Array | undefined, limit_bytes: number): string {
  const bytes = payload === undefined ? Buffer.alloc(0) : Buffer.from(payload as Uint8Array);
  if (bytes.length > limit_bytes) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${limit_bytes} bytes for the InvokeFunction operation`,
      413,
      {
        Type: 'User',
      },
    );
  }
  // An invocation without a payload carries an empty object.
  if (bytes.length === 0) return '{}';
  const text = bytes.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`, 400, {
      Type: 'User',
    });
  }
  return text;
}

function clientContextOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  try {
    JSON.parse(decoded);
    return decoded;
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.', 400, {
      Type: 'User',
    });
  }
}
