import { hrefOf } from '../data/router.ts';
import type { Span } from '../data/shapes.ts';
import { duration } from '../data/wording.ts';
import { Badge, Card, Facts } from '../design/parts.tsx';

/** What a span says of itself, the invocation that it is, and the traces it was made from. */
export function SpanDetails({ span, start_ms, onClose }: { span: Span; start_ms: number; onClose: () => void }) {
  const requestId = span.attributes?.['request_id'];
  const isInvocation = span.service === 'function' || span.service === 'lambda';
  return (
    <Card
      title={`${span.service} ${span.operation}`}
      more={
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
      }
    >
      <Facts
        of={[
          ['Began after', duration(span.start_ms - start_ms)],
          ['Took', duration(span.duration_ms)],
          ...(span.resource === undefined ? [] : ([['Resource', <code key="r">{span.resource}</code>]] as const)),
          ...(span.errorCode === undefined
            ? []
            : ([
                [
                  'Failed with',
                  <Badge key="e" tone="fault">
                    {span.errorCode}
                  </Badge>,
                ],
              ] as const)),
          ['Account', `${span.account} ${span.region}`],
          ['Span', <code key="s">{span.span_id}</code>],
        ]}
      />
      {span.attributes !== undefined && (
        <dl className="attributes">
          {Object.entries(span.attributes).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {isInvocation && typeof requestId === 'string' && (
        <p>
          <a href={hrefOf(['invocations', requestId])}>The invocation: its log, event and answer</a>
        </p>
      )}
      {span.links !== undefined && (
        <>
          <h3>Made from</h3>
          <ul className="plain">
            {span.links.map((link) => (
              <li key={`${link.trace_id} ${link.span_id}`}>
                <a className="mono" href={hrefOf(['traces', link.trace_id], { span: link.span_id })}>
                  {link.trace_id}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}
