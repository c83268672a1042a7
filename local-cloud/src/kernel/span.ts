import type { Scope } from './service.ts';

/** Whose place in a trace this is. */
export interface SpanPlace {
  /** X-Ray's trace id, the root of the tracing header. */
  readonly trace_id: string;
  /** 16 hex digits. */
  readonly span_id: string;
  /** The span that asked for this one; absent at the beginning of a trace. */
  readonly parent_id?: string | undefined;
}

/** One piece of work in a trace: what X-Ray calls a segment or a subsegment. */
export interface Span extends Scope, SpanPlace {
  /** By its SigV4 name, or `particle`, `function` for code that ran. */
  readonly service: string;
  /** Such as `PutItem`, `invocation`, `publish`. */
  readonly operation: string;
  /** The table, function, log group, topic, queue, API or device, as AWS or Particle names it. */
  readonly resource?: string | undefined;
  /** ms since 1970, with fractions. */
  readonly start_ms: number;
  readonly duration_ms: number;
  /** The error's code or type, when it failed. */
  readonly errorCode?: string | undefined;
  /** What else is worth knowing: request ids, cold start, memory, units, the device. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** Traces that this one was made from without being a part of it, such as those of a batch's messages. */
  readonly links?: readonly SpanPlace[] | undefined;
  /** Set when it is shown: spans of other traces that link to this one. */
  readonly linked_by?: readonly SpanPlace[] | undefined;
}

/** The time of now for spans: ms since 1970, with fractions, on a clock that never goes back. */
export function spanTime_ms(): number {
  return performance.timeOrigin + performance.now();
}
