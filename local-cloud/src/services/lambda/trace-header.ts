import { formatTraceHeader, newSpanId, newTraceRoot, parseTraceHeader } from '../../kernel/trace-header.ts';

/**
 * The trace under which a function runs (X-Ray Developer Guide, "Tracing header"): the caller's when it brought one, else
 * a new one, sampled when the function traces actively.
 */
export function traceFor(callersHeader: string | undefined, mode: 'Active' | 'PassThrough', time_ms: number): string {
  const callers = parseTraceHeader(callersHeader);
  return formatTraceHeader({
    root: callers?.root ?? newTraceRoot(time_ms),
    parent: callers?.parent ?? newSpanId(),
    sampled: callers?.sampled ?? (mode === 'Active' ? '1' : '0'),
  });
}
