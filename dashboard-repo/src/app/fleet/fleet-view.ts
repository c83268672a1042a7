import { isCurrent, type ShownState, shownState, shownStates } from '../device-states/shown-state.ts';
import type { FleetRow } from './fleet-row.ts';

export const columns = ['name', 'site', 'state', 'solar_w', 'grid_w', 'last_contact', 'signal_pct'] as const;
export type Column = (typeof columns)[number];

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export interface FleetFilter {
  readonly text: string;
  /** Any of these states; none given: all. */
  readonly states: readonly ShownState[];
  /** Any of these sites, by path; none given: all. */
  readonly sites: readonly string[];
}

export const noFilter: FleetFilter = { text: '', states: [], sites: [] };

/** Whether a filter leaves anything out. */
export const isFiltering = ({ text, states, sites }: FleetFilter): boolean => text.trim() !== '' || states.length > 0 || sites.length > 0;

/** A row and what it is shown as. */
export interface ShownRow {
  readonly row: FleetRow;
  readonly state: ShownState;
}

export interface FleetSummary {
  readonly counts: Readonly<Record<ShownState, number>>;
  /** Sums over the devices whose figures are current. */
  readonly solar_w: number;
  readonly grid_w: number;
  /** How many devices those are. */
  readonly current: number;
  /** When the next device turns silent, epoch milliseconds. */
  readonly nextSilence: number;
}

/** What each device is shown as at a time. @param now The server's time, epoch milliseconds. */
export function shownRows(rows: readonly FleetRow[], now: number): ShownRow[] {
  return rows.map((row) => ({ row, state: shownState(row, now) }));
}

/** Counts and sums over the whole fleet, whatever is filtered. */
export function summarize(rows: readonly ShownRow[]): FleetSummary {
  const counts = Object.fromEntries(shownStates.map((state) => [state, 0])) as Record<ShownState, number>;
  let solar_w = 0;
  let grid_w = 0;
  let current = 0;
  let nextSilence = Number.POSITIVE_INFINITY;
  for (const { row, state } of rows) {
    counts[state] += 1;
    if (!isCurrent(state)) continue;
    current += 1;
    solar_w += row.solar_w ?? 0;
    grid_w += row.grid_w ?? 0;
    if (row.silent_at !== null && row.silent_at < nextSilence) nextSilence = row.silent_at;
  }
  return { counts, solar_w, grid_w, current, nextSilence };
}

/** The rows that a filter leaves. Every word of the text has to stand somewhere in name, id or site. */
export function filterRows(rows: readonly ShownRow[], filter: FleetFilter): readonly ShownRow[] {
  if (!isFiltering(filter)) return rows;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const states = new Set(filter.states);
  const sites = new Set(filter.sites);
  return rows.filter(
    ({ row, state }) =>
      (states.size === 0 || states.has(state)) &&
      (sites.size === 0 || sites.has(row.site_path)) &&
      words.every((word) => row.searched.includes(word)),
  );
}

const rank = Object.fromEntries(shownStates.map((state, index) => [state, index])) as Record<ShownState, number>;

/** What a row is sorted by: null, which comes last in either direction, for figures that are not there or not current. */
function keyOf({ row, state }: ShownRow, column: Column): string | number | null {
  switch (column) {
    case 'name':
      return row.nameKey;
    case 'site':
      return row.siteKey;
    case 'state':
      return rank[state];
    case 'last_contact':
      return row.last_contact;
    default:
      return isCurrent(state) ? row[column] : null;
  }
}

/** Sorted rows, in a new array; equals stay in the order of their names. */
export function sortRows(rows: readonly ShownRow[], { column, descending }: Sort): ShownRow[] {
  const direction = descending ? -1 : 1;
  const keyed = rows.map((shown) => ({ shown, key: keyOf(shown, column) }));
  keyed.sort((a, b) => {
    if (a.key !== b.key) {
      if (a.key === null) return 1;
      if (b.key === null) return -1;
      return a.key < b.key ? -direction : direction;
    }
    return a.shown.row.nameKey < b.shown.row.nameKey ? -1 : 1;
  });
  return keyed.map(({ shown }) => shown);
}
