import { randomBytes } from 'node:crypto';

/** What an `X-Amzn-Trace-Id` header says (X-Ray Developer Guide, "Tracing header"). */
export interface TraceHeader {
  /** `1-<8 hex digits: seconds since 1970>-<24 hex digits>`. */
  readonly root: string;
  /** The segment or subsegment, 16 hex digits, that whoever reads the header is a child of. */
  readonly parent?: string | undefined;
  readonly sampled?: '0' | '1' | undefined;
}

/** Reads a header; undefined when it has no root in X-Ray's form. Other members, such as Lineage, are left out. */
export function parseTraceHeader(text: string | undefined): TraceHeader | undefined {
  const root = text === undefined ? undefined : /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(text)?.[1];
  if (text === undefined || root === undefined) return undefined;
  const parent = /Parent=([0-9a-f]{16})/.exec(text)?.[1];
  const sampled = /Sampled=([01])/.exec(text)?.[1] as '0' | '1' | undefined;
  return { root, parent, sampled };
}

/** Writes a header; members that aren't known are left out. */
export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return `Root=${root}${parent === undefined ? '' : `;Parent=${parent}`}${sampled === undefined ? '' : `;Sampled=${sampled}`}`;
}

/** A root for a trace that begins at this time (ms since 1970). */
export function newTraceRoot(time_ms: number): string {
  return `1-${Math.floor(time_ms / 1000)
    .toString(16)
    .padStart(8, '0')}-${randomHex(12)}`;
}

/** An id for a segment or subsegment: 16 hex digits. */
export function newSpanId(): string {
  return randomHex(8);
}

let random = Buffer.alloc(0);

/** Random bytes are drawn by the page: one system call for each id would cost more than all the rest of a span. */
function randomHex(bytes: number): string {
  if (random.length < bytes) random = randomBytes(4096);
  const text = random.toString('hex', 0, bytes);
  random = random.subarray(bytes);
  return text;
}

/** The header for what the span `span_id` sets off: the same trace, that span as the parent. A header without a root comes back as it was. */
export function withParent(header: string, span_id: string): string {
  const parsed = parseTraceHeader(header);
  return parsed === undefined ? header : formatTraceHeader({ ...parsed, parent: span_id });
}
