import type { Span } from '../data/shapes.ts';

/** A span in its row: how deep it lies, and whether others lie below it. */
export interface Row {
  readonly span: Span;
  readonly depth: number;
  readonly hasChildren: boolean;
}

export interface Waterfall {
  readonly rows: readonly Row[];
  readonly start_ms: number;
  readonly duration_ms: number;
}

/** Spans as a tree, each below the one that asked for it, in the order of their starts. What `folded` names hides what lies below. */
export function waterfallOf(spans: readonly Span[], folded: ReadonlySet<string>): Waterfall {
  const ids = new Set(spans.map(({ span_id }) => span_id));
  const below = new Map<string, Span[]>();
  for (const span of spans.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const parent = span.parent_id !== undefined && ids.has(span.parent_id) && span.parent_id !== span.span_id ? span.parent_id : '';
    below.set(parent, [...(below.get(parent) ?? []), span]);
  }
  const rows: Row[] = [];
  const seen = new Set<string>();
  const put = (span: Span, depth: number) => {
    // Ids come from outside: a circle must not go around for ever.
    if (seen.has(span.span_id)) return;
    seen.add(span.span_id);
    const children = below.get(span.span_id) ?? [];
    rows.push({ span, depth, hasChildren: children.length > 0 });
    if (!folded.has(span.span_id)) for (const child of children) put(child, depth + 1);
  };
  for (const span of below.get('') ?? []) put(span, 0);
  const start_ms = Math.min(...spans.map((span) => span.start_ms));
  const end_ms = Math.max(...spans.map((span) => span.start_ms + span.duration_ms));
  return { rows, start_ms, duration_ms: spans.length === 0 ? 0 : Math.max(0.001, end_ms - start_ms) };
}

/** Round times for a scale: at most `count` of them. */
export function ticksOf(duration_ms: number, count = 6): number[] {
  const rough = duration_ms / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.floor(duration_ms / step) + 1 }, (_, index) => index * step);
}
