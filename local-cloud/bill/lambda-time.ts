import type { UsageAnswer } from '../src/metering/read-usage.ts';

type UsageLine = UsageAnswer['usage'][number];

/*
 * How long functions run on AWS can't be measured on a laptop, where services answer in fractions of a millisecond and share two cores with the
 * functions. It is reckoned from what IS measured, the calls that were made, and these assumptions.
 */

/** Processor time of one invocation on a whole core, in ms: measured for a pack here ("4 ms function a pack", the note of the first issue). */
export const cpu_ms = 4;

/** Lambda gives a whole core at so much memory, and less in proportion ("Configure Lambda function memory"). */
const wholeCore_mb = 1769;

/** How long AWS takes to answer a call within the region, in ms. Assumed: DynamoDB promises single digits, the others are of experience. */
export const latency_ms: Readonly<Record<string, number>> = { dynamodb: 5, logs: 20, sns: 15, sqs: 10, appsync: 40, s3: 30, ssm: 15 };

/** The calls that functions made: not those with which the platform writes their logs and reads their queues. */
function isOfAFunction({ service, operation, resource = '', units }: UsageLine): boolean {
  // What signs with IAM is a function; the answers to everybody else leave AWS.
  if (service === 'appsync') return operation === 'mutation' && units.egress_bytes === undefined;
  if (service === 'sqs') return operation === 'SendMessage' || operation === 'SendMessageBatch';
  if (service === 'logs')
    return (operation === 'PutLogEvents' || operation === 'CreateLogStream') && !resource.startsWith('/enstratus/functions/');
  return Object.hasOwn(latency_ms, service) && /^[A-Z]/.test(operation);
}

/**
 * Lambda's GB-seconds on AWS for what was done: each invocation's processor time, stretched as its memory's share of a core stretches it, and each call
 * waited for, one after the other.
 *
 * @param memory_mb Of the functions that ran.
 */
export function lambdaGbSeconds(usage: readonly UsageLine[], memory_mb: number): number {
  const invocations = usage.reduce((sum, { operation, calls }) => sum + (operation === 'invocation' ? calls : 0), 0);
  const waited_ms = usage.reduce((sum, line) => sum + (isOfAFunction(line) ? line.calls * (latency_ms[line.service] ?? 0) : 0), 0);
  if (invocations === 0) return 0;
  const busy_ms = invocations * cpu_ms * Math.max(1, wholeCore_mb / memory_mb);
  return ((busy_ms + waited_ms) / 1000) * (memory_mb / 1024);
}
