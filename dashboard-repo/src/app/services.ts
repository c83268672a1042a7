import { QueryCache, QueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { amplifyAuth } from './auth/amplify-auth.ts';
import type { Auth } from './auth/auth.ts';
import type { RuntimeConfig } from './config/runtime-config.ts';
import { type GraphQLClient, graphqlClient } from './graphql/client.ts';
import { ServiceFailed, SessionEnded } from './graphql/failures.ts';
import { RealtimeClient } from './realtime/realtime-client.ts';
import { type ServerClock, serverClock } from './time/server-clock.ts';

/** What pages work with, made once when the configuration is known. */
export interface Services {
  readonly auth: Auth;
  readonly graphql: GraphQLClient;
  readonly realtime: RealtimeClient;
  readonly clock: ServerClock;
  readonly queries: QueryClient;
  /** Calls back when the service says that the session is over. @returns Ends that. */
  onSessionEnded(ended: () => void): () => void;
}

export function createServices(config: RuntimeConfig): Services {
  const auth = amplifyAuth(config);
  const listeners = new Set<() => void>();
  const ended = (): void => {
    for (const listener of listeners) listener();
  };
  const graphql = graphqlClient(config.graphql_url, auth);
  return {
    auth,
    graphql,
    clock: serverClock(),
    realtime: new RealtimeClient({
      realtime_url: config.graphql_realtime_url,
      graphql_url: config.graphql_url,
      tokens: auth,
      onSessionEnded: ended,
    }),
    queries: new QueryClient({
      queryCache: new QueryCache({ onError: (error) => error instanceof SessionEnded && ended() }),
      defaultOptions: {
        queries: {
          // What cannot be reached is asked again by its page, after a while that the page knows.
          retry: (count, error) => error instanceof ServiceFailed && error.retryable && count < 2,
          retryDelay: (count) => 400 * 2 ** count * (0.5 + Math.random()),
          staleTime: 30_000,
        },
      },
    }),
    onSessionEnded(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const ServicesContext = createContext<Services | undefined>(undefined);
export const ServicesProvider = ServicesContext.Provider;

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('useServices needs a ServicesProvider above');
  return services;
}
