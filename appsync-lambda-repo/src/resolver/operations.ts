import { type TokenClaims, tokenClaimsSchema } from '@enstratus/contract';
import { errorDetails } from '@enstratus/platform/runtime';
import * as z from 'zod';
import type { Log } from '../log.ts';
import { RequestRefused } from './request-refused.ts';

/** What a direct Lambda resolver is called with, as far as it is used here ("Direct Lambda resolver reference"). */
const invocationSchema = z.object({
  info: z.object({ parentTypeName: z.string(), fieldName: z.string() }),
  arguments: z.record(z.string(), z.unknown()),
  identity: z.object({ claims: z.unknown().optional() }).nullish(),
});

/** Answers one field of the schema. @param args As they came, unchecked. @param caller Who asks. */
export type Operation = (args: unknown, caller: TokenClaims) => Promise<unknown>;

/** The operations that a function answers, by type and field: `Query.me`. */
export type Operations = Readonly<Record<`${'Query' | 'Mutation' | 'Subscription'}.${string}`, Operation>>;

/** What a caller is told who can do nothing about it. It names the request, by which the log is searched, and nothing that is inside. */
export const failureMessage = (reference: string): string => `This failed here and was noted. Reference: ${reference}`;

/**
 * The handler of a function that AppSync calls: finds the operation and the caller, and lets out only what a caller may know. A RequestRefused goes
 * out as it is; anything else is logged as `operation failed` and answered by `failureMessage`.
 *
 * Not Powertools' AppSyncGraphQLResolver: it answers an exception as data, with the exception's own name and message in it.
 *
 * @param connect Makes the operations, at the first call. Called again at the next one when it throws.
 */
export function answerOperations(
  connect: () => Operations,
  log: Log,
): (event: unknown, context: { awsRequestId: string }) => Promise<unknown> {
  let operations: ReadonlyMap<string, Operation> | undefined;
  return async (event, { awsRequestId }) => {
    let name = 'unknown';
    try {
      const { info, identity, arguments: args } = invocationSchema.parse(event);
      name = `${info.parentTypeName}.${info.fieldName}`;
      operations ??= new Map(Object.entries(connect()));
      const operation = operations.get(name);
      if (operation === undefined) throw new Error('this operation is not answered here');
      return await operation(args, callerOf(identity?.claims));
    } catch (error) {
      if (error instanceof RequestRefused) throw error;
      log.error('operation failed', { operation: name, request_id: awsRequestId, ...errorDetails(error) });
      throw new Error(failureMessage(awsRequestId));
    }
  };
}

/** Who asks, by the claims that the user pool signed and AppSync has verified. */
function callerOf(claims: unknown): TokenClaims {
  const caller = tokenClaimsSchema.safeParse(claims);
  if (!caller.success) throw new RequestRefused('Your sign-in names no organization. Sign in again.');
  return caller.data;
}

/** An operation's arguments, or RequestRefused with a message that names each one that is wrong. */
export function checkedArguments<Shape extends z.ZodType>(shape: Shape, args: unknown): z.output<Shape> {
  const parsed = shape.safeParse(args);
  if (!parsed.success) throw new RequestRefused([...new Set(parsed.error.issues.map((issue) => issue.message))].join('; '));
  return parsed.data;
}
