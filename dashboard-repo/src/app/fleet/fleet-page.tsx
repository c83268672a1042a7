import './fleet-head.css';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Unreachable } from '../graphql/failures.ts';
import { useServices } from '../services.ts';
import { meQuery } from '../shell/me-query.ts';
import { useNow } from '../time/use-now.ts';
import { FleetEmpty, FleetFailed, FleetNoMatch } from './fleet-messages.tsx';
import { useFleetPreferences } from './fleet-preferences.ts';
import { fleetQuery } from './fleet-query.ts';
import { FleetSkeleton } from './fleet-skeleton.tsx';
import { FleetTable } from './fleet-table.tsx';
import { FleetToolbar } from './fleet-toolbar.tsx';
import { readFleetUrl, writeFleetUrl } from './fleet-url.ts';
import { type FleetFilter, filterRows, noFilter, type Sort, shownRows, sortRows, summarize } from './fleet-view.ts';
import { PowerNow } from './power-now.tsx';
import { StateFilter } from './state-filter.tsx';

const noRows: never[] = [];

/** All devices of whoever is signed in: how many do what, and each one to be found. */
export function FleetPage() {
  const { graphql, clock } = useServices();
  const { data: me } = useQuery(meQuery(graphql));
  const fleet = useQuery(fleetQuery(graphql, clock));
  const [preferences, setPreferences] = useFleetPreferences();
  const { filter, sort, setFilter, setSort } = useFleetUrl();
  const deferredFilter = useDeferredValue(filter);
  const deferredSort = useDeferredValue(sort);

  const rows = fleet.data?.rows ?? noRows;
  const now = useNow(5_000) ?? 0;
  const { shown, summary } = useShownRows(rows, now);
  const filtered = useMemo(() => filterRows(shown, deferredFilter), [shown, deferredFilter]);
  const sorted = useMemo(() => sortRows(filtered, deferredSort), [filtered, deferredSort]);

  const failure = fleet.isPaused ? new Unreachable('There is no network.') : fleet.error;
  const complete = fleet.data?.complete === true;
  const isEmpty = complete && rows.length === 0;
  return (
    <>
      <title>Fleet · ENStratus</title>
      <div className="fleet-head">
        <div>
          <h1>Fleet</h1>
          <p className="fleet-head__of">
            {me?.organization.name ?? <span className="skeleton fleet-head__waiting" />}
            {fleet.data !== undefined && (
              <span>
                {' · '}
                {rows.length.toLocaleString('en')} {rows.length === 1 ? 'device' : 'devices'}
                {!complete && ' so far…'}
              </span>
            )}
          </p>
        </div>
        {fleet.data === undefined && failure === null && <span className="skeleton power-now__waiting" />}
        {fleet.data !== undefined && !isEmpty && <PowerNow summary={summary} total={rows.length} />}
      </div>
      {fleet.data === undefined ? (
        failure !== null ? (
          <FleetFailed error={failure} onRetry={() => void fleet.refetch()} />
        ) : (
          <FleetSkeleton />
        )
      ) : isEmpty ? (
        <FleetEmpty />
      ) : (
        <>
          <StateFilter counts={summary.counts} total={rows.length} filter={filter} onChange={setFilter} />
          <FleetToolbar
            rows={rows}
            found={sorted.length}
            filter={filter}
            sort={sort}
            preferences={preferences}
            onFilter={setFilter}
            onSort={setSort}
            onPreferences={setPreferences}
            updatedAt={fleet.dataUpdatedAt}
            updating={fleet.isFetching}
            failed={fleet.isError}
            onRefresh={() => void fleet.refetch()}
          />
          {sorted.length === 0 ? (
            <FleetNoMatch complete={complete} onClear={() => setFilter(noFilter)} />
          ) : (
            <FleetTable
              rows={sorted}
              sort={sort}
              arrangement={writeFleetUrl(deferredFilter, deferredSort).toString()}
              preferences={preferences}
              onSort={setSort}
            />
          )}
        </>
      )}
    </>
  );
}

/** Rows by what they are shown as. They are worked out anew when rows came, and when the next one turns silent: not at each tick. */
function useShownRows(rows: Parameters<typeof shownRows>[0], now: number) {
  const [basis, setBasis] = useState(() => ({ rows, ...derive(rows, now) }));
  if (basis.rows === rows && now < basis.summary.nextSilence) return basis;
  const next = { rows, ...derive(rows, now) };
  setBasis(next);
  return next;
}

function derive(rows: Parameters<typeof shownRows>[0], now: number) {
  const shown = shownRows(rows, now);
  return { shown, summary: summarize(shown) };
}

/** Each letter typed would be an entry of its own for browsers that count how often a page changes its address. */
const typing_ms = 250;

/**
 * Filter and order, which also stand in the address, so that a page can be sent to somebody and is the same after going back. What is typed is
 * there at once; the address follows.
 */
function useFleetUrl() {
  const [search, setSearch] = useSearchParams();
  const address = search.toString();
  const [view, setView] = useState(() => readFleetUrl(search));
  const written = useRef(address);

  useEffect(() => {
    if (address === written.current) return;
    written.current = address;
    setView(readFleetUrl(new URLSearchParams(address)));
  }, [address]);

  useEffect(() => {
    const next = writeFleetUrl(view.filter, view.sort);
    if (next.toString() === written.current) return;
    const write = () => {
      written.current = next.toString();
      setSearch(next, { replace: true });
    };
    const isTyping = next.get('q') !== new URLSearchParams(written.current).get('q');
    const timer = setTimeout(write, isTyping ? typing_ms : 0);
    return () => clearTimeout(timer);
  }, [view, setSearch]);

  const setFilter = useCallback((filter: FleetFilter) => setView(({ sort }) => ({ filter, sort })), []);
  const setSort = useCallback((sort: Sort) => setView(({ filter }) => ({ filter, sort })), []);
  return { ...view, setFilter, setSort };
}
