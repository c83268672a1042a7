import type { RunState } from '../graphql/operations.generated.ts';

/**
 * What a device is shown as: what it reported, as long as that can be current. A silent device is shown as silent, whatever it was doing when
 * it was last heard; one that has never reported, as that.
 */
export type ShownState = RunState | 'silent' | 'never';

/** The states in the order in which they want attention. */
export const shownStates: readonly ShownState[] = [
  'fault',
  'silent',
  'solar',
  'mixed',
  'grid',
  'starting',
  'waiting',
  'stopped',
  'unknown',
  'never',
];

/** A state in a word or two, and what it means. `name` is the contract's. */
export interface StateWords {
  readonly words: string;
  readonly meaning: string;
}

export const stateWords: Readonly<Record<ShownState, StateWords>> = {
  fault: { words: 'Fault', meaning: 'The drive has stopped with a fault (run_state fault)' },
  silent: { words: 'Silent', meaning: 'Nothing has come from it for longer than it should take; what it does now is not known' },
  solar: { words: 'Solar', meaning: 'Running on solar power alone (run_state solar)' },
  mixed: { words: 'Solar + grid', meaning: 'Running on solar power helped by the grid (run_state mixed)' },
  grid: { words: 'Grid', meaning: 'Running on grid power alone (run_state grid)' },
  starting: { words: 'Starting', meaning: 'The motor is being brought up to speed (run_state starting)' },
  waiting: { words: 'Waiting for sun', meaning: 'Will start when there is enough sun (run_state waiting)' },
  stopped: { words: 'Stopped', meaning: 'Not running (run_state stopped)' },
  unknown: { words: 'Unknown', meaning: 'It reports, and has not told its state (run_state unknown)' },
  never: { words: 'Not reported yet', meaning: 'Registered, and nothing has ever come from it' },
};

/** @param contact When it was last heard and from when on it counts as silent, epoch milliseconds. @param now The server's time. */
export function shownState(
  device: { run_state: RunState; last_contact: number | null; silent_at: number | null },
  now: number,
): ShownState {
  if (device.last_contact === null) return 'never';
  if (device.silent_at !== null && now >= device.silent_at) return 'silent';
  return device.run_state;
}

/** Whether figures last reported can be shown as what is now. */
export const isCurrent = (state: ShownState): boolean => state !== 'silent' && state !== 'never';
