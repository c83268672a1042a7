import { useSyncExternalStore } from 'react';

const query = matchMedia('(width < 900px)');

const subscribe = (changed: () => void) => {
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
};

/** Whether the screen is too narrow for a table. The same width stands in the fleet's stylesheets. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
