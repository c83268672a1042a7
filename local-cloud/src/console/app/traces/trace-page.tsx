import { type CSSProperties, useMemo, useState } from 'react';
import { invocationList } from '../../shapes/invocations.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf, type Place, replaceQuery } from '../data/router.ts';
import { type Span, trace as traceShape } from '../data/shapes.ts';
import { dayAndTime, duration, resourceName, shortName } from '../data/wording.ts';
import { Badge, Card, Facts, Head, Load } from '../design/parts.tsx';
import { SpanDetails } from './span-details.tsx';
import { TraceLog } from './trace-log.tsx';
import { ticksOf, type Waterfall, waterfallOf } from './waterfall.ts';

/** One trace: its waterfall, what a span says, and what functions logged in it. */
export function TracePage({ id, place }: { id: string; place: Place }) {
  const loaded = useLoaded(`/_local/traces/${encodeURIComponent(id)}`, traceShape, {}, 3000);
  const invocations = useLoaded('/_local/invocations', invocationList, { trace_id: id, limit: 50 }, 3000);
  return (
    <>
      <Head title="Trace" back={{ href: '#/traces', name: 'Traces' }}>
        <code>{id}</code>
        <a href={`/_local/traces/${encodeURIComponent(id)}?format=xray`}>X-Ray JSON</a>
      </Head>
      <Load from={loaded}>
        {({ spans, left_out }) => (
          <>
            <Summary spans={spans} />
            {left_out !== undefined && <p className="quiet">{left_out} further spans were too many to keep.</p>}
            <Spans spans={spans} place={place} />
            <TraceLog invocations={invocations.data?.invocations ?? []} />
          </>
        )}
      </Load>
    </>
  );
}

function Summary({ spans }: { spans: readonly Span[] }) {
  const first = spans[0];
  if (first === undefined) return null;
  const { start_ms, duration_ms } = waterfallOf(spans, new Set());
  const failed = spans.filter(({ errorCode }) => errorCode !== undefined).length;
  const device = spans.map(({ attributes }) => attributes?.['device_id'] ?? attributes?.['device']).find((one) => one !== undefined);
  return (
    <Facts
      of={[
        ['Began', `${dayAndTime(new Date(start_ms).toISOString())} UTC`],
        ['Took', duration(duration_ms)],
        ['Spans', spans.length],
        [
          'Failed',
          failed > 0 ? (
            <Badge key="failed" tone="fault">
              {failed}
            </Badge>
          ) : (
            '0'
          ),
        ],
        ...(device === undefined
          ? []
          : ([
              [
                'Device',
                <a key="device" href={hrefOf(['traces'], { device: String(device) })}>
                  {String(device)}
                </a>,
              ],
            ] as const)),
      ]}
    />
  );
}

/** Behind the bar; before it where that ends late and has room before it. */
function besideBar(share: (ms: number) => string, { start_ms, duration_ms }: Span, fall: Waterfall): CSSProperties {
  const start = start_ms - fall.start_ms;
  const isLate = (start + duration_ms) / fall.duration_ms > 0.8 && start / fall.duration_ms > 0.4;
  return isLate
    ? { right: `calc(100% - ${share(start)} + 6px)` }
    : { left: `calc(${share(start)} + max(3px, ${share(duration_ms)}) + 6px)` };
}

function Spans({ spans, place }: { spans: readonly Span[]; place: Place }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const fall = useMemo(() => waterfallOf(spans, folded), [spans, folded]);
  const chosen = spans.find(({ span_id }) => span_id === place.query.get('span'));
  const ticks = ticksOf(fall.duration_ms);
  const share = (ms: number) => `${((ms / fall.duration_ms) * 100).toFixed(3)}%`;
  const choose = (span: Span) => replaceQuery(place, { span: span.span_id === chosen?.span_id ? undefined : span.span_id });
  const fold = (id: string) => setFolded(folded.has(id) ? new Set([...folded].filter((one) => one !== id)) : new Set([...folded, id]));
  return (
    <div className={chosen === undefined ? 'falls' : 'falls falls--open'}>
      <Card title="Waterfall" flush>
        <div className="fall">
          <div className="fall__scale" aria-hidden="true">
            <span />
            <span className="fall__ticks">
              {ticks.map((tick) => (
                <i key={tick} style={{ left: share(tick) }}>
                  {tick === 0 ? '0' : duration(tick).replace('.00', '')}
                </i>
              ))}
            </span>
          </div>
          <ol aria-label="Spans">
            {fall.rows.map(({ span, depth, hasChildren }) => (
              <li
                key={span.span_id}
                className={`fall__row${span.errorCode === undefined ? '' : ' fall__row--failed'}`}
                data-span={`${span.service} ${span.operation}`}
                style={{ '--depth': depth } as CSSProperties}
              >
                {hasChildren ? (
                  <button
                    type="button"
                    className="fall__fold"
                    aria-expanded={!folded.has(span.span_id)}
                    aria-label={`What lies below ${span.service} ${span.operation}`}
                    onClick={() => fold(span.span_id)}
                  />
                ) : (
                  <span className="fall__fold" />
                )}
                <button type="button" className="fall__span" aria-pressed={chosen?.span_id === span.span_id} onClick={() => choose(span)}>
                  <span className="fall__name">
                    <i className={`dot dot--${span.service}`} aria-hidden="true" />
                    <b>{span.service === 'function' ? shortName(span.resource ?? '') : span.service}</b> {shortName(span.operation)}
                    {span.service !== 'function' && <span className="quiet"> {resourceName(span.resource)}</span>}
                  </span>
                  <span className="fall__lane">
                    {ticks.map((tick) => (
                      <i key={tick} className="fall__line" style={{ left: share(tick) }} />
                    ))}
                    <i
                      className={`fall__bar svc--${span.service}`}
                      style={{ left: share(span.start_ms - fall.start_ms), width: `max(3px, ${share(span.duration_ms)})` }}
                    />
                    <span className="fall__took" style={besideBar(share, span, fall)}>
                      {duration(span.duration_ms)}
                      {span.errorCode !== undefined && <em> {span.errorCode}</em>}
                    </span>
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      </Card>
      {chosen !== undefined && <SpanDetails span={chosen} start_ms={fall.start_ms} onClose={() => choose(chosen)} />}
    </div>
  );
}
