import type { Scope } from '../../kernel/service.ts';
import type { Span, SpanPlace } from '../../kernel/span.ts';
import type { FunctionRecord } from './function-record.ts';
import type { RuntimeError } from './runtime-messages.ts';

/** One request to run a function. */
export interface Invocation {
  readonly scope: Scope;
  readonly record: FunctionRecord;
  readonly taskRoot: string;
  readonly requestId: string;
  /** The event, JSON. */
  readonly event: string;
  /** Names whoever asked as the parent: the function's own segment is made when it runs. */
  readonly traceHeader: string;
  /** The ARN that the caller used. */
  readonly invokedArn: string;
  /** What the caller named besides the function: an alias, a version, `$LATEST`, or nothing. */
  readonly qualifier?: string | undefined;
  readonly clientContext?: string | undefined;
  /** Whether the outcome carries the last lines of the log. */
  readonly wantsTail?: boolean;
  readonly source: 'invoke' | 'asynchronous' | 'url' | 'sqs';
  /** What the span of Lambda's own part says besides. */
  readonly attributes?: Span['attributes'];
  /** Of the messages of a batch. */
  readonly links?: readonly SpanPlace[];
  /** How many invocations of functions without reserved concurrency may be under way at once in this account and region. */
  readonly unreservedLimit: number;
}

/** How it ended. */
export interface InvocationOutcome {
  /** JSON: what the handler returned, or the error. */
  readonly payload: string;
  readonly error?: RuntimeError | undefined;
  /** The last 4 KB of the invocation's log, when asked for. */
  readonly tail?: string | undefined;
}

/** What one finished invocation costs and tells, for meters and traces. */
export interface InvocationRecord extends Scope {
  readonly functionName: string;
  /** Without a qualifier. */
  readonly functionArn: string;
  /** What was asked for: an alias, a version's number, `$LATEST`, or nothing. */
  readonly qualifier?: string | undefined;
  /** What ran: `$LATEST` or a version's number. */
  readonly executedVersion: string;
  readonly requestId: string;
  readonly traceHeader: string;
  readonly source: Invocation['source'];
  readonly duration_ms: number;
  /** AWS bills the initialization too since August 2025. */
  readonly billed_ms: number;
  /** Only for the first invocation of an environment. */
  readonly init_ms?: number;
  readonly coldStart: boolean;
  readonly memory_mb: number;
  readonly maxMemoryUsed_mb: number;
  /** The error's type when the function failed. */
  readonly errorType?: string;
  /** ms since 1970. */
  readonly start_ms: number;
  /** The event and what was answered, JSON. */
  readonly event: string;
  readonly answer: string;
  /** What was written in the log meanwhile, and before the first invocation of an environment while it was initialized; the first of it when it is much. */
  readonly log: readonly LogLine[];
}

export interface LogLine {
  /** ms since 1970. */
  readonly at_ms: number;
  readonly text: string;
}
