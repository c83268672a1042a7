import { useEffect, useState } from 'react';
import { type InvocationDetail, type InvocationSummary, invocationDetail } from '../../shapes/invocations.ts';
import { read } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { duration, shortName } from '../data/wording.ts';
import { LogLines } from '../design/log-lines.tsx';
import { Badge, Card } from '../design/parts.tsx';

/** What functions wrote in this trace. */
export function TraceLog({ invocations }: { invocations: readonly InvocationSummary[] }) {
  const ids = invocations.map(({ request_id }) => request_id).join(' ');
  const [details, setDetails] = useState<readonly InvocationDetail[]>([]);
  useEffect(() => {
    let isGone = false;
    const one = (id: string) => read(`/_local/invocations/${id}`, invocationDetail).catch(() => undefined);
    void Promise.all(
      ids
        .split(' ')
        .filter((id) => id !== '')
        .map(one),
    ).then((found) => {
      if (!isGone) setDetails(found.filter((detail) => detail !== undefined).toReversed());
    });
    return () => {
      isGone = true;
    };
  }, [ids]);
  if (details.length === 0) return null;
  return (
    <Card title="Log of its functions" flush>
      {details.map((detail) => (
        <section key={detail.request_id} className="thread" aria-label={`Log of ${shortName(detail.function)}`}>
          <p className="thread__head">
            <a href={hrefOf(['invocations', detail.request_id])}>{shortName(detail.function)}</a>
            <span className="quiet">{duration(detail.duration_ms)}</span>
            {detail.cold_start && <Badge tone="info">cold start</Badge>}
            {detail.error_type !== undefined && <Badge tone="fault">{detail.error_type}</Badge>}
          </p>
          <LogLines lines={detail.log} />
        </section>
      ))}
    </Card>
  );
}
