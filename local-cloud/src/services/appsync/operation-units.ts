import type { HttpReply } from '../../kernel/service.ts';
import type { UsageRecord } from '../../kernel/usage.ts';
import type { ApiRuntime } from './api-runtime.ts';
import type { GraphqlCaller } from './caller.ts';

/**
 * One request is one operation, whatever it selects (AWS AppSync Pricing, "Query and data modification operations"). Whether one that is refused before it is
 * known what it asks has a price is not said there: it is counted, as `unknown`. Who signs with IAM is within AWS here (a function); to everybody
 * else the answer leaves it.
 */
export function operationUsage(
  { scope: { account, region }, api }: ApiRuntime,
  kind: string | undefined,
  mode: GraphqlCaller['mode'] | undefined,
  { body = '' }: HttpReply,
): UsageRecord {
  const egress = mode === 'AWS_IAM' ? {} : { egress_bytes: Buffer.byteLength(body) };
  return { account, region, service: 'appsync', operation: kind ?? 'unknown', resource: api.apiId, units: { requests: 1, ...egress } };
}
