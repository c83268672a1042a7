import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const span = z.object({
  trace_id: z.string(),
  span_id: z.string(),
  parent_id: z.string().optional(),
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  start_ms: z.number(),
  duration_ms: z.number(),
  errorCode: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  links: z.array(z.object({ trace_id: z.string(), span_id: z.string() })).optional(),
});
export type TracedSpan = z.output<typeof span>;

export interface TraceShown {
  readonly trace_id: string;
  /** In the order of their starts. */
  readonly spans: readonly TracedSpan[];
}

const traceAnswer = z.object({ trace_id: z.string(), spans: z.array(span) });
const listAnswer = z.object({
  traces: z.array(
    z.object({
      trace_id: z.string(),
      spans: z.number(),
      begins_with: z.object({ service: z.string(), operation: z.string() }),
    }),
  ),
});

/** More than begin between two looks. */
const latest = 200;
const pause_ms = 200;
/** Nothing more comes when nothing has come for so long. */
const quiet_ms = 1200;
/** While a message lies in a queue, Lambda may gather others for the seconds of a batching window, and a function may have to be loaded that takes it. Longer than that it was put off. */
const quietWithMessages_ms = 10_000;

/**
 * Follows a trace until nothing is added to it any more, and every trace that was begun because of it: a batch of a queue begins one of its own, linked to those of its messages
 * (X-Ray Developer Guide, "Tracing event-driven applications"). Answers them in the order of their starts; none when the trace isn't known within `longest_ms`.
 */
export async function followTrace(aws: string, trace_id: string, longest_ms: number): Promise<TraceShown[]> {
  const until = performance.now() + longest_ms;
  const links: KnownLinks = new Map();
  let traces: TraceShown[] = [];
  let spans = -1;
  let changed = performance.now();
  const isQuiet = () => performance.now() - changed > (hasMessages(traces) ? quietWithMessages_ms : quiet_ms);
  while (performance.now() < until && (spans <= 0 || !isQuiet())) {
    traces = await familyOf(aws, trace_id, links);
    const now = traces.reduce((sum, trace) => sum + trace.spans.length, 0);
    if (now !== spans) changed = performance.now();
    spans = now;
    await pause(pause_ms);
  }
  return traces;
}

/** Whether a message was sent that no batch has brought to a function yet. */
function hasMessages(traces: readonly TraceShown[]): boolean {
  const spans = traces.flatMap((trace) => trace.spans);
  const taken = new Set(spans.flatMap(({ links = [] }) => links.map((link) => link.span_id)));
  return spans.some(({ operation, errorCode, span_id }) => operation === 'SendMessage' && errorCode === undefined && !taken.has(span_id));
}

/** Which traces a trace is linked to, as it was with so many spans. */
type KnownLinks = Map<string, { readonly spans: number; readonly linked: readonly string[] }>;

async function familyOf(aws: string, trace_id: string, known: KnownLinks): Promise<TraceShown[]> {
  const first = await traceOf(aws, trace_id);
  if (first === undefined) return [];
  const family = new Map([[trace_id, first]]);
  const { traces } = listAnswer.parse(await get(aws, `?limit=${latest}`));
  const batches = traces.filter(({ begins_with: { service, operation } }) => service === 'lambda' && operation === 'batch');
  for (const { trace_id: id, spans } of batches.reverse()) {
    if (known.get(id)?.spans === spans) continue;
    const trace = await traceOf(aws, id);
    known.set(id, { spans, linked: (trace?.spans ?? []).flatMap(({ links = [] }) => links.map((link) => link.trace_id)) });
  }
  // The oldest first: a batch may set off another one. Also those that newer traces have pushed out of the list.
  for (const [id, { linked }] of known) {
    if (!linked.some((one) => family.has(one))) continue;
    const trace = await traceOf(aws, id);
    if (trace !== undefined) family.set(id, trace);
  }
  return [...family.values()];
}

async function traceOf(aws: string, trace_id: string): Promise<TraceShown | undefined> {
  const answer = await get(aws, `/${trace_id}`);
  return answer === undefined ? undefined : traceAnswer.parse(answer);
}

/** Undefined for what isn't known. */
async function get(aws: string, path: string): Promise<unknown> {
  const response = await fetch(`${aws}/_local/traces${path}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`/_local/traces${path} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
