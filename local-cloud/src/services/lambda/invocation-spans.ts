import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { spanTime_ms } from '../../kernel/span.ts';
import { newSpanId, parseTraceHeader, withParent } from '../../kernel/trace-header.ts';
import type { Invocation, InvocationOutcome, InvocationRecord } from './invocation.ts';

/** Lambda's own part by where the invocation comes from; an Invoke has the call's own span. */
const OPERATIONS: Readonly<Record<Exclude<Invocation['source'], 'invoke'>, string>> = {
  url: 'InvokeFunctionUrl',
  asynchronous: 'attempt',
  sqs: 'batch',
};

/**
 * Runs an invocation within a span of Lambda's own, X-Ray's segment of the origin AWS::Lambda: it lasts from the request to the answer, the wait for an
 * environment included. A function's failure is the function's; what stands here is that it couldn't be run.
 */
export async function withinLambdaSpan<Wanted extends Omit<Invocation, 'taskRoot' | 'unreservedLimit'>>(
  cloud: Cloud,
  invocation: Wanted,
  run: (invocation: Wanted) => Promise<InvocationOutcome>,
): Promise<InvocationOutcome> {
  const trace = parseTraceHeader(invocation.traceHeader);
  if (invocation.source === 'invoke' || trace === undefined) return run(invocation);
  const span_id = newSpanId();
  const start_ms = spanTime_ms();
  let errorCode: string | undefined;
  try {
    const outcome = await run({ ...invocation, traceHeader: withParent(invocation.traceHeader, span_id) });
    errorCode = outcome.error?.errorType;
    return outcome;
  } catch (error) {
    errorCode = error instanceof AwsError ? error.code : 'InternalFailure';
    throw error;
  } finally {
    const { scope, record, requestId, attributes, links } = invocation;
    cloud.recordSpan({
      account: scope.account,
      region: scope.region,
      trace_id: trace.root,
      span_id,
      parent_id: trace.parent,
      service: 'lambda',
      operation: OPERATIONS[invocation.source],
      resource: record.name,
      start_ms,
      duration_ms: spanTime_ms() - start_ms,
      errorCode,
      attributes: { request_id: requestId, ...attributes },
      ...(links === undefined || links.length === 0 ? {} : { links }),
    });
  }
}

/** When code ran and was loaded. */
interface Times {
  /** The function's own segment, the parent of what its code did. */
  readonly span_id: string;
  readonly start_ms: number;
  /** When its environment began to load; only of the first invocation. */
  readonly initStart_ms: number | undefined;
}

/** Records the code's own span, X-Ray's segment of the origin AWS::Lambda::Function, and that of loading it. */
export function recordFunctionSpans(cloud: Cloud, invoked: InvocationRecord, { span_id, start_ms, initStart_ms }: Times): void {
  // The header of the caller: with the function's own segment as the parent it would be its own child.
  const trace = parseTraceHeader(invoked.traceHeader);
  if (trace === undefined) return;
  const { account, region, functionName: resource, errorType, requestId, coldStart, memory_mb, maxMemoryUsed_mb, billed_ms } = invoked;
  const place = { account, region, trace_id: trace.root, service: 'function', resource } as const;
  cloud.recordSpan({
    ...place,
    span_id,
    parent_id: trace.parent,
    operation: 'invocation',
    start_ms,
    duration_ms: invoked.duration_ms,
    errorCode: errorType,
    attributes: { request_id: requestId, cold_start: coldStart, memory_mb, max_memory_mb: maxMemoryUsed_mb, billed_ms },
  });
  if (invoked.init_ms === undefined || initStart_ms === undefined) return;
  cloud.recordSpan({
    ...place,
    span_id: newSpanId(),
    parent_id: trace.parent ?? span_id,
    operation: 'init',
    start_ms: initStart_ms,
    duration_ms: invoked.init_ms,
    attributes: { request_id: requestId },
  });
}
