import type { UsageRecord } from '../kernel/usage.ts';
import type { InvocationRecord } from '../services/lambda/invocation.ts';

/**
 * What one invocation is billed: one request, and its memory by the milliseconds that it ran, the initialization of its environment included (AWS
 * Lambda Pricing; since August 2025 for every function). 1 GB is 1,024 MB there.
 */
export function invocationUnits({ account, region, functionName, memory_mb, billed_ms }: InvocationRecord): UsageRecord {
  return {
    account,
    region,
    service: 'lambda',
    operation: 'invocation',
    resource: functionName,
    units: { requests: 1, gb_s: (memory_mb / 1024) * (billed_ms / 1000) },
  };
}
