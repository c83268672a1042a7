import './state-badge.css';
import type { ReactNode } from 'react';
import {
  FaultIcon,
  GridIcon,
  MixedIcon,
  NeverIcon,
  SilentIcon,
  StartingIcon,
  StoppedIcon,
  SunIcon,
  UnknownIcon,
  WaitingIcon,
} from '../design/icons.tsx';
import { type ShownState, stateWords } from './shown-state.ts';

const icons: Readonly<Record<ShownState, (props: { size?: number }) => ReactNode>> = {
  fault: FaultIcon,
  silent: SilentIcon,
  never: NeverIcon,
  solar: SunIcon,
  mixed: MixedIcon,
  grid: GridIcon,
  starting: StartingIcon,
  waiting: WaitingIcon,
  stopped: StoppedIcon,
  unknown: UnknownIcon,
};

/** A state's icon in its colour; the word has to stand beside it. */
export function StateIcon({ state, size = 16 }: { state: ShownState; size?: number }) {
  const Icon = icons[state];
  return (
    <span className="state-icon" data-state={state}>
      <Icon size={size} />
    </span>
  );
}

/** A state as its icon and word, in its colour. */
export function StateBadge({ state, large = false }: { state: ShownState; large?: boolean }) {
  const Icon = icons[state];
  const { words, meaning } = stateWords[state];
  return (
    <span className={large ? 'state state--large' : 'state'} data-state={state} title={meaning}>
      <Icon size={large ? 18 : 15} />
      {words}
    </span>
  );
}
