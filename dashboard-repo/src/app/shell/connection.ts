import { notifyManager, onlineManager, type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { Unreachable } from '../graphql/failures.ts';

/** offline: the browser says that there is no network. unreachable: there is one, and the service does not answer over it. */
export type Connection = 'fine' | 'offline' | 'unreachable';

/** How the connection to the service is, by what the browser knows and by how the last attempts went. */
export function useConnection(): Connection {
  const queries = useQueryClient();
  return useSyncExternalStore(
    (changed) => {
      const ends = [onlineManager.subscribe(changed), queries.getQueryCache().subscribe(notifyManager.batchCalls(changed))];
      return () => {
        for (const end of ends) end();
      };
    },
    () => (onlineManager.isOnline() ? (someUnreachable(queries) ? 'unreachable' : 'fine') : 'offline'),
  );
}

function someUnreachable(queries: QueryClient): boolean {
  const failed = (query: Query): boolean =>
    query.getObserversCount() > 0 && (query.state.error ?? query.state.fetchFailureReason) instanceof Unreachable;
  return queries.getQueryCache().getAll().some(failed);
}
