import type { Span } from '../kernel/span.ts';
import type { Trace, TraceStore } from './trace-store.ts';

export interface TraceFilter {
  readonly limit: number;
  /** A device's id or Particle's id of it. */
  readonly device?: string | undefined;
  /** A function's name, or a part of it. */
  readonly function?: string | undefined;
  /** Only traces in which something failed. */
  readonly errors: boolean;
}

export interface TraceSummary {
  readonly trace_id: string;
  /** RFC 3339, UTC. */
  readonly started_at: string;
  /** From the first beginning to the last end. */
  readonly duration_ms: number;
  readonly begins_with: { readonly service: string; readonly operation: string; readonly resource?: string | undefined };
  readonly spans: number;
  readonly errors: number;
}

/** The traces that fit, newest first. */
export function findTraces(store: TraceStore, filter: TraceFilter): TraceSummary[] {
  const found: TraceSummary[] = [];
  for (const { trace_id, spans } of store.newestFirst()) {
    if (found.length >= filter.limit) break;
    const { device, function: name } = filter;
    if (device !== undefined && !spans.some((span) => concernsDevice(span, device))) continue;
    if (name !== undefined && !spans.some((span) => runs(span, name))) continue;
    if (filter.errors && !spans.some(({ errorCode }) => errorCode !== undefined)) continue;
    found.push(summaryOf(trace_id, spans));
  }
  return found;
}

/** A trace's spans in the order of their starts; a parent comes before a child that began in the same instant. */
export function inOrder({ spans, linkedBy }: Trace): Span[] {
  const depth = depths(spans);
  const ordered = spans.toSorted((a, b) => a.start_ms - b.start_ms || (depth.get(a.span_id) ?? 0) - (depth.get(b.span_id) ?? 0));
  if (linkedBy === undefined) return ordered;
  return ordered.map((span) => {
    const linked_by = linkedBy.get(span.span_id);
    return linked_by === undefined ? span : { ...span, linked_by };
  });
}

function summaryOf(trace_id: string, spans: readonly Span[]): TraceSummary {
  const ids = new Set(spans.map(({ span_id }) => span_id));
  let first: Span | undefined;
  let start_ms = Number.POSITIVE_INFINITY;
  let end_ms = Number.NEGATIVE_INFINITY;
  let errors = 0;
  for (const span of spans) {
    start_ms = Math.min(start_ms, span.start_ms);
    end_ms = Math.max(end_ms, span.start_ms + span.duration_ms);
    if (span.errorCode !== undefined) errors += 1;
    const isRoot = span.parent_id === undefined || !ids.has(span.parent_id);
    if (isRoot && (first === undefined || span.start_ms < first.start_ms)) first = span;
  }
  const { service = '', operation = '', resource } = first ?? {};
  return {
    trace_id,
    started_at: new Date(start_ms).toISOString(),
    duration_ms: Number((end_ms - start_ms).toFixed(3)),
    begins_with: { service, operation, ...(resource === undefined ? {} : { resource }) },
    spans: spans.length,
    errors,
  };
}

function concernsDevice({ resource, attributes }: Span, device: string): boolean {
  return (
    resource === device ||
    resource?.endsWith(`/${device}`) === true ||
    attributes?.['device_id'] === device ||
    attributes?.['particle_id'] === device
  );
}

function runs({ service, resource }: Span, name: string): boolean {
  return service === 'function' && resource?.toLowerCase().includes(name.toLowerCase()) === true;
}

function depths(spans: readonly Span[]): Map<string, number> {
  const parents = new Map(spans.map(({ span_id, parent_id }) => [span_id, parent_id]));
  const depth = new Map<string, number>();
  for (const { span_id } of spans) {
    let at: string | undefined = span_id;
    let above = -1;
    const seen = new Set<string>();
    while (at !== undefined && parents.has(at) && !seen.has(at)) {
      seen.add(at);
      above += 1;
      at = parents.get(at);
    }
    depth.set(span_id, above);
  }
  return depth;
}
