import type { Cloud } from '../kernel/cloud.ts';
import type { Span, SpanPlace } from '../kernel/span.ts';

/** How much is remembered; whatever comes first makes the oldest traces go. */
export interface TraceBounds {
  readonly traces: number;
  /** Of all traces. */
  readonly spans: number;
  /** Of one trace; further ones are counted, not kept. */
  readonly spansOfTrace: number;
}

/** With about 600 bytes a span at most some 40 MB. A pack's trace has about 20 spans. */
export const TRACE_BOUNDS: TraceBounds = { traces: 2_000, spans: 60_000, spansOfTrace: 500 };
/** Ids of traces that were dropped: what still comes of them would look like traces that begin in the middle. */
const FORGOTTEN = 10_000;
/** A message is delivered again until it goes to the dead letters. */
const LINKS_OF_SPAN = 20;

/** The spans of one trace, in the order in which they ended. */
export interface Trace {
  readonly trace_id: string;
  readonly spans: Span[];
  /** By a span's id, what was made from it in other traces. */
  linkedBy?: Map<string, SpanPlace[]>;
  /** Spans that had no place. */
  left_out: number;
}

const stores = new WeakMap<Cloud, TraceStore>();

/** Undefined when nothing keeps this cloud's traces. */
export function traceStoreOf(cloud: Cloud): TraceStore | undefined {
  return stores.get(cloud);
}

export function keepTracesOf(cloud: Cloud, store: TraceStore): void {
  stores.set(cloud, store);
}

/** The latest traces, in memory: they are gone with the process. */
export class TraceStore {
  readonly #bounds: TraceBounds;
  /** In the order in which their first spans ended. */
  readonly #traces = new Map<string, Trace>();
  readonly #forgotten = new Set<string>();
  #spans = 0;

  constructor(bounds: TraceBounds = TRACE_BOUNDS) {
    this.#bounds = bounds;
  }

  add(span: Span): void {
    let trace = this.#traces.get(span.trace_id);
    if (trace === undefined) {
      if (this.#forgotten.has(span.trace_id)) return;
      trace = { trace_id: span.trace_id, spans: [], left_out: 0 };
      this.#traces.set(span.trace_id, trace);
      if (this.#traces.size > this.#bounds.traces) this.#dropOldest();
    }
    if (trace.spans.length >= this.#bounds.spansOfTrace) {
      trace.left_out += 1;
      return;
    }
    trace.spans.push(span);
    this.#spans += 1;
    for (const link of span.links ?? []) this.#linkBack(link, span);
    while (this.#spans > this.#bounds.spans && this.#traces.size > 1) this.#dropOldest();
  }

  get(trace_id: string): Trace | undefined {
    return this.#traces.get(trace_id);
  }

  /** Those that began last come first. */
  newestFirst(): readonly Trace[] {
    return [...this.#traces.values()].reverse();
  }

  /** How much there is now. */
  get size(): { readonly traces: number; readonly spans: number } {
    return { traces: this.#traces.size, spans: this.#spans };
  }

  #linkBack(link: SpanPlace, { trace_id, span_id }: Span): void {
    const linked = this.#traces.get(link.trace_id);
    if (linked === undefined) return;
    linked.linkedBy ??= new Map();
    if (linked.linkedBy.size >= this.#bounds.spansOfTrace) return;
    const back = linked.linkedBy.get(link.span_id) ?? [];
    linked.linkedBy.set(link.span_id, back);
    if (back.length < LINKS_OF_SPAN) back.push({ trace_id, span_id });
  }

  #dropOldest(): void {
    const [oldest] = this.#traces.values();
    if (oldest === undefined) return;
    this.#traces.delete(oldest.trace_id);
    this.#spans -= oldest.spans.length;
    this.#forgotten.add(oldest.trace_id);
    if (this.#forgotten.size > FORGOTTEN) {
      const [first] = this.#forgotten;
      if (first !== undefined) this.#forgotten.delete(first);
    }
  }
}
