import type { CallRecord } from '../kernel/cloud.ts';
import type { Span } from '../kernel/span.ts';

/** The span of a finished call; undefined when it came without a trace. */
export function spanOfCall(record: CallRecord): Span | undefined {
  const { span } = record;
  if (span === undefined) return undefined;
  const { account, region, service, operation, resource, start_ms, duration_ms, errorCode, requestId, principalArn } = record;
  return {
    trace_id: span.trace_id,
    span_id: span.span_id,
    parent_id: span.parent_id,
    account,
    region,
    service,
    operation,
    resource,
    start_ms,
    duration_ms,
    errorCode,
    attributes: { request_id: requestId, principal: principalArn },
  };
}
