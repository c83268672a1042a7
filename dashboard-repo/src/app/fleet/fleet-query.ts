import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { GraphQLClient } from '../graphql/client.ts';
import { Unreachable } from '../graphql/failures.ts';
import { FleetPageDocument, type FleetPageQuery } from '../graphql/operations.generated.ts';
import type { ServerClock } from '../time/server-clock.ts';
import { type FleetRow, fleetRow } from './fleet-row.ts';

/** The devices as far as they have come. */
export interface Fleet {
  readonly rows: readonly FleetRow[];
  /** Whether that is all of them; pages come one after the other. */
  readonly complete: boolean;
}

/** The most that the interface gives at once. */
const pageSize = 500;
const refresh_ms = 60_000;
const retryUnreachable_ms = 5_000;

export const fleetKey = ['fleet'] as const;

/**
 * All devices of the caller. The first time each page is shown as it comes; a refresh replaces them in one go when the last page is
 * there, so that nothing jumps meanwhile.
 */
export function fleetQuery(graphql: GraphQLClient, clock: ServerClock) {
  return queryOptions({
    queryKey: fleetKey,
    queryFn: ({ client, signal }) => loadFleet(graphql, clock, client, signal),
    // Rows that did not change are the same objects already.
    structuralSharing: false,
    staleTime: refresh_ms / 2,
    gcTime: Number.POSITIVE_INFINITY,
    refetchInterval: ({ state }) => (state.error instanceof Unreachable ? retryUnreachable_ms : refresh_ms),
    refetchIntervalInBackground: false,
  });
}

async function loadFleet(graphql: GraphQLClient, clock: ServerClock, client: QueryClient, signal: AbortSignal): Promise<Fleet> {
  const before = client.getQueryData<Fleet>(fleetKey);
  const known = new Map(before?.rows.map((row) => [row.device_id, row]));
  const rows: FleetRow[] = [];
  let after: string | null = null;
  for (;;) {
    const { devices }: FleetPageQuery = await graphql.request(FleetPageDocument, { first: pageSize, after }, signal);
    clock.observe(devices.as_of);
    for (const { node } of devices.edges) rows.push(fleetRow(node, known.get(node.device_id)));
    after = devices.pageInfo.endCursor;
    if (!devices.pageInfo.hasNextPage || after === null) return { rows, complete: true };
    const isAhead = before === undefined || (!before.complete && rows.length > before.rows.length);
    if (isAhead) client.setQueryData<Fleet>(fleetKey, { rows: rows.slice(), complete: false });
  }
}
