import { AsyncLocalStorage } from 'node:async_hooks';
import type { OpenSegment } from './trace-segment.ts';

/** What an `X-Amzn-Trace-Id` header says (X-Ray Developer Guide, "Tracing header"). */
export interface TraceHeader {
  /** `1-<8 hex digits: seconds since 1970>-<24 hex digits>`. */
  readonly root: string;
  /** The segment whose child whatever is asked for now becomes, 16 hex digits. Lambda leaves it out where nobody traces. */
  readonly parent: string | undefined;
  readonly sampled: '0' | '1' | undefined;
}

/** Where in a trace the running code is. */
export interface TracePosition {
  readonly header: TraceHeader | undefined;
  /** Of the invocation, for the documents that it sends. */
  readonly request_id: string;
  /** What annotations go to; undefined when the trace isn't sampled. */
  readonly segment: OpenSegment | undefined;
}

const positions = new AsyncLocalStorage<TracePosition>();

/** Undefined outside of a handler that is `traced`. */
export const currentPosition = (): TracePosition | undefined => positions.getStore();

export const atPosition = <T>(position: TracePosition, work: () => T): T => positions.run(position, work);

/** Undefined when there is no root in X-Ray's form. Other members, such as Lineage, are left out. */
export function readTraceHeader(text: string | undefined): TraceHeader | undefined {
  const root = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(text ?? '')?.[1];
  if (root === undefined) return undefined;
  const sampled = /Sampled=([01])/.exec(text ?? '')?.[1];
  return { root, parent: /Parent=([0-9a-f]{16})/.exec(text ?? '')?.[1], sampled: sampled === '0' || sampled === '1' ? sampled : undefined };
}

export function writeTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return [
    `Root=${root}`,
    ...(parent === undefined ? [] : [`Parent=${parent}`]),
    ...(sampled === undefined ? [] : [`Sampled=${sampled}`]),
  ].join(';');
}

/** Lambda sets it anew for each invocation, so it is read each time: the one variable that no entry can read once. */
export function invocationsHeader(): TraceHeader | undefined {
  return readTraceHeader(process.env['_X_AMZN_TRACE_ID']);
}

/** The header to send along with whatever is asked of others now; undefined outside of Lambda. */
export function traceHeader(): string | undefined {
  const header = currentPosition()?.header ?? invocationsHeader();
  return header === undefined ? undefined : writeTraceHeader(header);
}

/** The trace by whose id the log lines of now are found. */
export function traceId(): string | undefined {
  return (currentPosition()?.header ?? invocationsHeader())?.root;
}
