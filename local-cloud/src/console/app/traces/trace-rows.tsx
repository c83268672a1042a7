import { hrefOf } from '../data/router.ts';
import type { TraceSummary } from '../data/shapes.ts';
import { duration, resourceName, timeOfDay } from '../data/wording.ts';
import { Badge, Grid } from '../design/parts.tsx';

/** Traces, newest first, with a bar as long as each lasted beside the longest. */
export function TraceRows({ traces, isBrief = false }: { traces: readonly TraceSummary[]; isBrief?: boolean }) {
  const longest = Math.max(1, ...traces.map(({ duration_ms }) => duration_ms));
  return (
    <Grid label="Traces" head={isBrief ? ['Began (UTC)', 'With', '#Took'] : ['Began (UTC)', 'With', '#Spans', '#Failed', '#Took', '']}>
      {traces.map((trace) => (
        <tr key={trace.trace_id} data-trace={trace.trace_id}>
          <td className="mono">
            <a href={hrefOf(['traces', trace.trace_id])}>{timeOfDay(trace.started_at)}</a>
          </td>
          <td className="elastic">
            <i className={`dot dot--${trace.begins_with.service}`} aria-hidden="true" />
            {trace.begins_with.service} {trace.begins_with.operation}{' '}
            <span className="quiet">{resourceName(trace.begins_with.resource)}</span>
            {isBrief && trace.errors > 0 && (
              <>
                {' '}
                <Badge tone="fault">{trace.errors} failed</Badge>
              </>
            )}
          </td>
          {!isBrief && (
            <>
              <td className="num">{trace.spans}</td>
              <td className="num">{trace.errors > 0 ? <Badge tone="fault">{trace.errors}</Badge> : <span className="quiet">0</span>}</td>
            </>
          )}
          <td className="num">{duration(trace.duration_ms)}</td>
          {!isBrief && (
            <td className="bar-cell" aria-hidden="true">
              <i className="length" style={{ width: `${Math.max(1, (trace.duration_ms / longest) * 100)}%` }} />
            </td>
          )}
        </tr>
      ))}
    </Grid>
  );
}
