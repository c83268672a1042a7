import type { ActionExecution } from '../../shapes/pipelines.ts';
import { timeOfDay } from '../data/wording.ts';
import { useNow } from '../design/parts.tsx';
import { buildHref, type PipelineId, pipelineHref } from './addresses.ts';
import { Lamp } from './lamp.tsx';
import { timelineOf } from './timeline.ts';
import { isOpen, length, personOf, STATE_WORDS } from './wording.ts';

/** Actions in the order of their starts, each with its bar, how long it took, and what it said. */
export function Timeline({ actions, of }: { actions: readonly ActionExecution[]; of: PipelineId }) {
  const now = useNow();
  const bars = timelineOf(actions, now);
  if (actions.length === 0) return <p className="quiet pad">Nothing has begun yet.</p>;
  return (
    <ol className="line" aria-label="Actions">
      {actions.map((action, index) => {
        const bar = bars[index] ?? { from: 0, to: 0, took_ms: 0 };
        const href = hrefOf(action, of);
        return (
          <li
            key={action.id}
            className={`line__row${actions[index - 1]?.stage === action.stage ? '' : ' line__row--stage'}`}
            data-action={action.action}
          >
            <span className="line__stage">
              {actions[index - 1]?.stage === action.stage ? <span className="visually-hidden">{action.stage}</span> : action.stage}
            </span>
            <span className="line__name">
              <Lamp state={action.state} />
              {href === undefined ? action.action : <a href={href}>{action.action}</a>}
            </span>
            <span className="line__lane" aria-hidden="true">
              <i
                className={`line__bar line__bar--${action.state}${action.kind === 'approval' ? ' line__bar--wait' : ''}`}
                style={{ left: `${(bar.from * 100).toFixed(2)}%`, width: `max(3px, ${((bar.to - bar.from) * 100).toFixed(2)}%)` }}
              />
            </span>
            <time className="line__at" dateTime={action.started_at} title={action.started_at}>
              {timeOfDay(action.started_at).slice(0, 8)}
            </time>
            <span className="line__took">{length(bar.took_ms)}</span>
            <Said action={action} />
          </li>
        );
      })}
    </ol>
  );
}

/** What an action said of itself, in AWS's words where it failed. */
function Said({ action }: { action: ActionExecution }) {
  const { kind, state, summary, error, by, stack } = action;
  const decided =
    kind === 'approval' && by !== undefined ? `${state === 'succeeded' ? 'Approved' : STATE_WORDS[state]} by ${personOf(by)}` : undefined;
  const said = [
    decided,
    stack === undefined ? undefined : `${stack.name} in account ${stack.account}`,
    isOpen(state) ? undefined : summary?.trim().split('\n', 1)[0],
  ].filter((one) => one !== undefined && one !== '');
  if (said.length === 0 && error === undefined) return null;
  return (
    <div className="line__said">
      {said.length > 0 && <span className="quiet">{said.join(': ')}</span>}
      {error !== undefined && (
        <p className="line__error">
          <b>{error.code}</b> {error.message}
        </p>
      )}
    </div>
  );
}

function hrefOf({ kind, stage, action, state, build_id }: ActionExecution, of: PipelineId): string | undefined {
  if (build_id !== undefined) return buildHref(of, build_id, stage, action);
  return kind === 'approval' && state === 'needs_approval' ? pipelineHref(of, 'gates', stage, action) : undefined;
}
