import { z } from 'zod';
import { AwsError } from '../src/kernel/aws-error.ts';
import type { Answer } from './answer-verdict.ts';
import { credential } from './aws-messages.ts';
import type { FurnishedCloud } from './furnished-cloud.ts';
import type { HttpMessage } from './http-message.ts';
import { type Member, readsOf } from './reads.ts';

/** A call as it was understood: what a message means to its service. */
export interface Understood {
  readonly operation: string;
  readonly input: Readonly<Record<string, Member>>;
  readonly output: Readonly<Record<string, Member>>;
}

const record = z.record(z.string(), z.unknown());

/** Reads a call and its answer out of messages of the AWS JSON protocols. */
export function jsonCall(service: string, target: string): (message: HttpMessage, answer: Answer) => Understood | undefined {
  return ({ headers, body }, answer) => {
    // Another account's or service's, if it was changed.
    if (headers['authorization'] !== credential(service) || !headers['x-amz-target']?.startsWith(`${target}.`)) return undefined;
    const input = record.safeParse(JSON.parse(body === '' ? '{}' : Buffer.from(body, 'latin1').toString('utf8')));
    const output = record.safeParse(JSON.parse(answer.body === '' ? '{}' : answer.body));
    const operation = headers['x-amz-target'].slice(target.length + 1);
    return input.success && output.success ? { operation, input: input.data, output: output.data } : undefined;
  };
}

/** After a write that was answered as a success, reads what it wrote. Undefined for a service of which nothing is read. */
export function readBack(
  furnished: FurnishedCloud,
  service: string,
  understand: (message: HttpMessage, answer: Answer) => Understood | undefined,
): ((message: HttpMessage, answer: Answer) => Promise<boolean>) | undefined {
  const reads = readsOf(service);
  if (reads === undefined) return undefined;
  return async (message, answer) => {
    if (answer.status !== 200) return false;
    // Presigned, it would be somebody else's.
    const call = message.path.includes('X-Amz-') ? undefined : understand(message, answer);
    const read = call === undefined || !Object.hasOwn(reads, call.operation) ? undefined : reads[call.operation]?.(call.input, call.output);
    if (call === undefined || read === undefined) return false;
    const found = await answerOf(furnished, service, read.operation, read.input);
    if (read.gone === true ? found === undefined : found !== undefined && (read.holds?.(found) ?? true)) return true;
    throw new Error(`${call.operation} was answered with success, but ${read.operation} tells ${JSON.stringify(found) ?? 'nothing'}`);
  };
}

/** Undefined when there is no such thing. */
async function answerOf({ cloud, caller }: FurnishedCloud, service: string, operation: string, input: object): Promise<Member> {
  try {
    return await cloud.call<unknown>(service, operation, input, caller);
  } catch (error) {
    if (error instanceof AwsError && /NotFound|DoesNotExist|NotExist/.test(error.code)) return undefined;
    throw error;
  }
}
