import type { UsageRecord } from '../../kernel/usage.ts';

/** Long polls of an event source mapping, at all times, be the queue empty (Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings"). */
const POLLERS_ON_AWS = 5;
/** Without MaximumConcurrency AWS may go down to so many, it says; the bill doesn't count on it. */
const POLLERS_HERE = 1;
const LONG_POLL_MS = 20_000;

/**
 * What AWS's further pollers ask of a queue in so many milliseconds, which nobody asks here: an empty receive each 20 s from each of them, billed
 * as any other.
 */
export function idlePollerUsage(queueArn: string, elapsed_ms: number): UsageRecord {
  const [, , , region = '', account = '', resource] = queueArn.split(':');
  const requests = ((POLLERS_ON_AWS - POLLERS_HERE) * elapsed_ms) / LONG_POLL_MS;
  return { account, region, service: 'sqs', operation: 'idle-poll', resource, units: { requests } };
}
