import type { CSSProperties } from 'react';
import { type BuildDetail, type BuildPhase, buildDetail } from '../../shapes/builds.ts';
import { useLoaded } from '../data/api.ts';
import { dayAndTime, shortName } from '../data/wording.ts';
import { Badge, Card, Facts, Head, Load, type Tone, useNow } from '../design/parts.tsx';
import { type PipelineId, pipelineHref } from './addresses.ts';
import { BuildLog } from './build-log.tsx';
import { length } from './wording.ts';

const TONES: Readonly<Record<string, Tone>> = { SUCCEEDED: 'good', IN_PROGRESS: 'info', STOPPED: 'quiet' };
const toneOf = (status: string): Tone => TONES[status] ?? 'fault';

/** One build: its phases with their durations, and its log while it grows. */
export function BuildPage({ of, id, action }: { of: PipelineId; id: string; action: string | null }) {
  const path = `/builds/${[of.account, of.region, id].map(encodeURIComponent).join('/')}`;
  const loaded = useLoaded(path, buildDetail, {}, 1500);
  const isRunning = loaded.data === undefined || loaded.data.status === 'IN_PROGRESS';
  return (
    <>
      <Head title={action ?? shortName(id.split(':')[0] ?? id)} back={{ href: pipelineHref(of), name: of.name }}>
        {loaded.data !== undefined && <Badge tone={toneOf(loaded.data.status)}>{loaded.data.status}</Badge>}
        <span className="quiet">build {loaded.data?.number}</span>
      </Head>
      <Load from={loaded}>
        {(build) => (
          <>
            <BuildFacts build={build} />
            <Card title="Phases" flush>
              <Phases phases={build.phases} />
            </Card>
          </>
        )}
      </Load>
      <BuildLog path={path} isRunning={isRunning} hasLog={loaded.data?.log !== undefined} />
    </>
  );
}

function BuildFacts({ build }: { build: BuildDetail }) {
  const now = useNow();
  return (
    <Facts
      of={[
        ['Started', `${dayAndTime(build.started_at)} UTC`],
        [
          build.ended_at === undefined ? 'Takes so far' : 'Took',
          length(Date.parse(build.ended_at ?? new Date(now).toISOString()) - Date.parse(build.started_at)),
        ],
        ['By', build.initiator],
        ['Compute', build.compute],
        ['Image', <code key="image">{build.image}</code>],
        ...(build.log === undefined ? [] : ([['Log stream', <code key="log">{`${build.log.group} ${build.log.stream}`}</code>]] as const)),
        ...build.exported.map(({ name, value }) => [name, value] as const),
      ]}
    />
  );
}

/** The phases that took time; the others are named. */
function Phases({ phases }: { phases: readonly BuildPhase[] }) {
  const now = useNow();
  const shown = phases.filter(({ type }) => type !== 'COMPLETED');
  const took = ({ started_at, ended_at }: BuildPhase) => (ended_at === undefined ? now : Date.parse(ended_at)) - Date.parse(started_at);
  const longest = Math.max(1, ...shown.map(took));
  return (
    <ol className="phases" aria-label="Phases">
      {shown.map((phase) => (
        <li key={phase.type} className={`phase phase--${toneOf(phase.status ?? 'IN_PROGRESS')}`} data-phase={phase.type}>
          <span className="phase__name">{phase.type.toLowerCase().replaceAll('_', ' ')}</span>
          <span className="phase__lane" aria-hidden="true">
            <i style={{ width: `max(2px, ${((took(phase) / longest) * 100).toFixed(1)}%)` } as CSSProperties} />
          </span>
          <span className="phase__took">{length(took(phase))}</span>
          <span className="phase__status">{(phase.status ?? 'in progress').toLowerCase()}</span>
          {phase.context !== undefined && <p className="phase__context">{phase.context}</p>}
        </li>
      ))}
    </ol>
  );
}
