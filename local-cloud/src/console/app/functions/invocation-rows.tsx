import type { InvocationSummary } from '../../shapes/invocations.ts';
import { hrefOf } from '../data/router.ts';
import { duration, shortName, timeOfDay } from '../data/wording.ts';
import { Badge, Grid } from '../design/parts.tsx';

const SOURCES: Readonly<Record<string, string>> = { url: 'its URL', sqs: 'a queue', invoke: 'Invoke', asynchronous: 'an event' };

/** Invocations, newest first. */
export function InvocationRows({
  invocations,
  withFunction = false,
}: {
  invocations: readonly InvocationSummary[];
  withFunction?: boolean;
}) {
  return (
    <Grid
      label="Invocations"
      head={['Began (UTC)', ...(withFunction ? ['Function'] : []), 'Called by', '#Took', '#Memory', 'How it went', '#Lines', 'Trace']}
    >
      {invocations.map((one) => (
        <tr key={one.request_id} data-invocation={one.request_id}>
          <td className="mono">
            <a href={hrefOf(['invocations', one.request_id])}>{timeOfDay(one.started_at)}</a>
          </td>
          {withFunction && <td>{shortName(one.function)}</td>}
          <td>
            {SOURCES[one.source] ?? one.source} {one.version !== undefined && <span className="quiet">version {one.version}</span>}
          </td>
          <td className="num">{duration(one.duration_ms)}</td>
          <td className="num">
            {one.max_memory_mb} <span className="quiet">of {one.memory_mb} MB</span>
          </td>
          <td>
            {one.error_type === undefined ? <Badge tone="good">answered</Badge> : <Badge tone="fault">{one.error_type}</Badge>}{' '}
            {one.cold_start && <Badge tone="info">cold {duration(one.init_ms)}</Badge>}
          </td>
          <td className="num">{one.lines}</td>
          <td>{one.trace_id !== '' && <a href={hrefOf(['traces', one.trace_id])}>Trace</a>}</td>
        </tr>
      ))}
    </Grid>
  );
}
