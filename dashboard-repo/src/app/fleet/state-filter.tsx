import './state-filter.css';
import { AllIcon } from '../design/icons.tsx';
import { type ShownState, shownStates, stateWords } from '../device-states/shown-state.ts';
import { StateIcon } from '../device-states/state-badge.tsx';
import { toggleState } from './fleet-url.ts';
import type { FleetFilter } from './fleet-view.ts';

/** Always there, be it with a zero: the two that want attention, and the three that say where the power comes from. */
const always: readonly ShownState[] = ['fault', 'silent', 'solar', 'mixed', 'grid'];

/** How many devices are in each state; each is a switch that leaves only those. */
export function StateFilter({
  counts,
  total,
  filter,
  onChange,
}: {
  counts: Readonly<Record<ShownState, number>>;
  total: number;
  filter: FleetFilter;
  onChange: (filter: FleetFilter) => void;
}) {
  const there = shownStates.filter((state) => always.includes(state) || counts[state] > 0 || filter.states.includes(state));
  return (
    <fieldset className="state-filter">
      <legend className="visually-hidden">Show only devices in these states</legend>
      <button
        type="button"
        className="state-filter__one"
        aria-pressed={filter.states.length === 0}
        onClick={() => onChange({ ...filter, states: [] })}
      >
        <AllIcon />
        <span className="state-filter__words">All</span>
        <span className="state-filter__count">{total.toLocaleString('en')}</span>
      </button>
      {there.map((state) => (
        <button
          key={state}
          type="button"
          className="state-filter__one"
          data-state={state}
          data-none={counts[state] === 0 || undefined}
          title={stateWords[state].meaning}
          aria-pressed={filter.states.includes(state)}
          onClick={() => onChange({ ...filter, states: toggleState(filter.states, state) })}
        >
          <StateIcon state={state} />
          <span className="state-filter__words">{stateWords[state].words}</span>
          <span className="state-filter__count">{counts[state].toLocaleString('en')}</span>
        </button>
      ))}
    </fieldset>
  );
}
