import { invocationDetail } from '../../shapes/invocations.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf } from '../data/router.ts';
import { dayAndTime, duration, shortName } from '../data/wording.ts';
import { Json } from '../design/json.tsx';
import { LogLines } from '../design/log-lines.tsx';
import { Badge, Card, Facts, Head, Load } from '../design/parts.tsx';

/** One invocation: what came in, what was written, what went out. */
export function InvocationPage({ id }: { id: string }) {
  const loaded = useLoaded(`/_local/invocations/${encodeURIComponent(id)}`, invocationDetail);
  const name = loaded.data?.function ?? '';
  return (
    <>
      <Head
        title="Invocation"
        back={name === '' ? { href: '#/functions', name: 'Functions' } : { href: hrefOf(['functions', name]), name: shortName(name) }}
      >
        <code>{id}</code>
      </Head>
      <Load from={loaded}>
        {(one) => (
          <>
            <Facts
              of={[
                [
                  'How it went',
                  one.error_type === undefined ? (
                    <Badge key="good" tone="good">
                      answered
                    </Badge>
                  ) : (
                    <Badge key="failed" tone="fault">
                      {one.error_type}
                    </Badge>
                  ),
                ],
                ['Began', `${dayAndTime(one.started_at)} UTC`],
                ['Took', duration(one.duration_ms)],
                ['Billed', duration(one.billed_ms)],
                ['Cold start', one.cold_start ? duration(one.init_ms) : 'no'],
                ['Memory', `${one.max_memory_mb} of ${one.memory_mb} MB`],
                ['Called by', one.source],
                ...(one.version === undefined ? [] : ([['Version', one.version]] as const)),
                ...(one.trace_id === ''
                  ? []
                  : ([
                      [
                        'Trace',
                        <a key="t" href={hrefOf(['traces', one.trace_id])}>
                          {one.trace_id}
                        </a>,
                      ],
                    ] as const)),
              ]}
            />
            <Card title="Log" flush>
              <LogLines lines={one.log} />
              {one.lines > one.log.length && <p className="quiet pad">{one.lines - one.log.length} further lines are in its log group.</p>}
            </Card>
            <div className="pair">
              <Card title="Event" flush>
                {one.event === undefined ? <p className="quiet pad">Too long to keep.</p> : <Json value={one.event} label="The event" />}
              </Card>
              <Card title="Answer" flush>
                {one.answer === undefined ? <p className="quiet pad">Too long to keep.</p> : <Json value={one.answer} label="The answer" />}
              </Card>
            </div>
          </>
        )}
      </Load>
    </>
  );
}
