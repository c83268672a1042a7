import { invocationList } from '../../shapes/invocations.ts';
import { type Picture, picture as pictureShape } from '../../shapes/picture.ts';
import { useLoaded } from '../data/api.ts';
import { traceList } from '../data/shapes.ts';
import { number } from '../data/wording.ts';
import { Card, Head, Load, Name, Tile } from '../design/parts.tsx';
import { InvocationRows } from '../functions/invocation-rows.tsx';
import { TraceRows } from '../traces/trace-rows.tsx';
import { FlowList } from './flow-list.tsx';
import { KIND_WORDS, nodeHref } from './node-links.ts';
import { PictureView } from './picture-view.tsx';

/** The first page: what runs, and what happens now. */
export function SystemPage() {
  const picture = useLoaded('/picture', pictureShape, {}, 2000);
  const traces = useLoaded('/_local/traces', traceList, { limit: 8 }, 2000);
  const failed = useLoaded('/_local/invocations', invocationList, { limit: 5, errors: 'true' }, 5000);
  return (
    <>
      <Head title="System">
        <span className="quiet">Counts are of the last minute</span>
      </Head>
      <Load from={picture}>
        {(data) => (
          <>
            <Tiles picture={data} />
            <Card title="What runs" flush>
              <div className="wide-only">
                <PictureView picture={data} />
              </div>
              <div className="narrow-only">
                <FlowList picture={data} />
              </div>
              <details className="more wide-only">
                <summary>As a list</summary>
                <FlowList picture={data} />
              </details>
              {data.undrawn.length > 0 && (
                <details className="more">
                  <summary>{data.undrawn.length} not drawn</summary>
                  <ul className="plain">
                    {data.undrawn.map(({ kind, name, why }) => (
                      <li key={`${kind} ${name}`}>
                        <Name of={name} kind={kind} href={nodeHref({ kind, name })} />{' '}
                        <span className="quiet">{`${KIND_WORDS[kind]}: ${why}`}</span>
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </Card>
          </>
        )}
      </Load>
      <div className="pair">
        <Card title="Latest traces" more={<a href="#/traces">All traces</a>} flush>
          <Load from={traces} empty={({ traces: all }) => (all.length === 0 ? 'Nothing has been traced yet.' : undefined)}>
            {(data) => <TraceRows traces={data.traces} isBrief />}
          </Load>
        </Card>
        <Card title="Latest failures of functions" flush>
          <Load from={failed} empty={({ invocations }) => (invocations.length === 0 ? 'No function has failed.' : undefined)}>
            {(data) => <InvocationRows invocations={data.invocations} withFunction />}
          </Load>
        </Card>
      </div>
    </>
  );
}

function Tiles({ picture }: { picture: Picture }) {
  const devices = picture.nodes.find(({ kind }) => kind === 'devices');
  const sum = (fits: (edge: Picture['edges'][number]) => boolean, of: 'per_minute' | 'errors_per_minute' = 'per_minute') =>
    picture.edges.filter(fits).reduce((all, edge) => all + (edge[of] ?? 0), 0);
  const errors = sum(() => true, 'errors_per_minute');
  const dead = picture.nodes.filter(({ kind, alert }) => kind === 'queue' && alert !== undefined);
  const [online = '–', all = ''] = devices?.fact?.split(' of ') ?? [];
  return (
    <dl className="tiles">
      <Tile name="Devices online" value={online} more={all === '' ? 'no Particle' : `of ${all.replace(' online', '')}`} />
      <Tile name="Published" value={number(sum(({ from }) => from === 'devices'))} more="a minute" />
      <Tile
        name="Functions ran"
        value={number(sum(({ to, from }) => to.startsWith('function:') && !from.startsWith('function:')))}
        more="a minute"
      />
      <Tile name="Table calls" value={number(sum(({ to }) => to.startsWith('table:')))} more="a minute" />
      <Tile name="Failed" value={number(errors)} more="a minute" {...(errors > 0 ? { tone: 'fault' as const } : {})} />
      <Tile
        name="Dead letters"
        value={dead.length === 0 ? '0' : dead.map(({ alert }) => alert?.split(' ')[0]).join(', ')}
        {...(dead.length > 0 ? { tone: 'fault' as const } : {})}
      />
    </dl>
  );
}
