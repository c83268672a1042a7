import type { PipelineState } from '../../shapes/pipelines.ts';
import { Badge } from '../design/parts.tsx';
import { STATE_WORDS, toneOf } from './wording.ts';

/** A state as a sign; whoever doesn't see it is told. */
export function Lamp({ state }: { state: PipelineState }) {
  return (
    <i className={`lamp lamp--${state}`}>
      <span className="visually-hidden">{STATE_WORDS[state]}</span>
    </i>
  );
}

export function StateBadge({ state }: { state: PipelineState }) {
  return <Badge tone={toneOf(state)}>{STATE_WORDS[state]}</Badge>;
}
