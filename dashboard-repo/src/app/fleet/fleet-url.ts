import { type ShownState, shownStates } from '../device-states/shown-state.ts';
import { type Column, columns, type FleetFilter, type Sort } from './fleet-view.ts';

export const defaultSort: Sort = { column: 'name', descending: false };

/** What an address says of filter and order; what it says wrongly is left out. */
export function readFleetUrl(search: URLSearchParams): { filter: FleetFilter; sort: Sort } {
  const states = new Set<string>(list(search.get('state')));
  const sort = search.get('sort') ?? '';
  const column = columns.find((name) => name === sort.replace(/^-/, ''));
  return {
    filter: {
      text: search.get('q') ?? '',
      states: shownStates.filter((state) => states.has(state)),
      sites: list(search.get('site')),
    },
    sort: column === undefined ? defaultSort : { column, descending: sort.startsWith('-') },
  };
}

/** The address's search part for a filter and an order; nothing stands there that is as usual. */
export function writeFleetUrl(filter: FleetFilter, sort: Sort): URLSearchParams {
  const search = new URLSearchParams();
  if (filter.text !== '') search.set('q', filter.text);
  if (filter.states.length > 0) search.set('state', filter.states.join(','));
  if (filter.sites.length > 0) search.set('site', filter.sites.join(','));
  if (!isDefault(sort)) search.set('sort', `${sort.descending ? '-' : ''}${sort.column}`);
  return search;
}

const isDefault = ({ column, descending }: { column: Column; descending: boolean }): boolean =>
  column === defaultSort.column && descending === defaultSort.descending;

const list = (text: string | null): string[] => (text === null || text === '' ? [] : text.split(','));

/** Adds a state to those asked for, or takes it away. */
export const toggleState = (states: readonly ShownState[], state: ShownState): ShownState[] =>
  states.includes(state)
    ? states.filter((other) => other !== state)
    : shownStates.filter((other) => other === state || states.includes(other));
