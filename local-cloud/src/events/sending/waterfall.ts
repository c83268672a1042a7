import type { TracedSpan, TraceShown } from './follow-trace.ts';

const labelWidth = 58;
const barWidth = 40;

/**
 * A trace as a waterfall in text: a line a span, below and indented from the one that asked for it, with when it began, how long it took and where in the whole that
 * lies. @param nameOf What to call a function.
 */
export function waterfall({ spans }: TraceShown, nameOf: (functionName: string) => string = (name) => name): string {
  const ids = new Set(spans.map(({ span_id }) => span_id));
  const children = Map.groupBy(spans, ({ parent_id }) => (parent_id !== undefined && ids.has(parent_id) ? parent_id : undefined));
  const start_ms = Math.min(...spans.map((span) => span.start_ms));
  const end_ms = Math.max(...spans.map((span) => span.start_ms + span.duration_ms));
  const lines: string[] = [];
  const draw = (span: TracedSpan, depth: number) => {
    const label = `${'  '.repeat(depth)}${labelOf(span, nameOf)}`;
    const began = (span.start_ms - start_ms).toFixed(1).padStart(8);
    const took = span.duration_ms.toFixed(1).padStart(8);
    lines.push(
      `${fitted(label)} ${began} ${took} ms  ${bar(span, start_ms, end_ms)}${span.errorCode === undefined ? '' : `  ✖ ${span.errorCode}`}`,
    );
    for (const child of children.get(span.span_id) ?? []) draw(child, depth + 1);
  };
  for (const root of children.get(undefined) ?? []) draw(root, 0);
  return lines.join('\n');
}

function labelOf({ service, operation, resource = '' }: TracedSpan, nameOf: (functionName: string) => string): string {
  const named = [service, nameOf(operation), nameOf(resource)];
  return named.filter((word, index) => word !== '' && word !== named[index - 1]).join(' ');
}

function fitted(label: string): string {
  return label.length > labelWidth ? `${label.slice(0, labelWidth - 1)}…` : label.padEnd(labelWidth);
}

/** What is too short to see is one column wide. */
function bar(span: TracedSpan, start_ms: number, end_ms: number): string {
  const column = barWidth / Math.max(end_ms - start_ms, 0.001);
  const from = Math.min(barWidth - 1, Math.floor((span.start_ms - start_ms) * column));
  const width = Math.max(1, Math.min(barWidth - from, Math.round(span.duration_ms * column)));
  return `${' '.repeat(from)}${'█'.repeat(width)}`.padEnd(barWidth);
}
