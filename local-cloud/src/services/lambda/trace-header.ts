import { formatTraceHeader, newTraceRoot, parseTraceHeader } from '../../kernel/trace-header.ts';

/**
 * The trace under which something runs (X-Ray Developer Guide, "Tracing header"): the caller's when it brought one, else a new one, which has no
 * parent yet and is sampled when the function or API traces actively.
 */
export function traceFor(callersHeader: string | undefined, mode: 'Active' | 'PassThrough', time_ms: number): string {
  const callers = parseTraceHeader(callersHeader);
  return formatTraceHeader({
    root: callers?.root ?? newTraceRoot(time_ms),
    parent: callers?.parent,
    sampled: callers?.sampled ?? (mode === 'Active' ? '1' : '0'),
  });
}
