import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { useServices } from '../services.ts';
import { confirmSession } from './confirm-session.ts';
import { forgetPerson } from './forget-person.ts';

export type SessionState = 'checking' | 'signed-out' | 'signed-in';

export interface Session {
  readonly state: SessionState;
  /** Why nobody is signed in: nobody was, the session ended by itself, or the person left. */
  readonly reason: 'nobody' | 'ended' | 'left';
  /** To be called after signing in. */
  begin(): void;
  /** Signs out here; with `everywhere`, on all devices. @throws {AuthFailed} When everywhere could not be reached. */
  end(options: { everywhere: boolean }): Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Knows whether somebody is signed in, and leaves nothing of them when they no longer are. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const { auth, queries, realtime, onSessionEnded } = useServices();
  const [{ state, reason }, setSession] = useState<Pick<Session, 'state' | 'reason'>>({ state: 'checking', reason: 'nobody' });

  const forget = useCallback(() => {
    realtime.close();
    queries.clear();
    forgetPerson();
  }, [queries, realtime]);

  useEffect(() => {
    let current = true;
    const check = async (reason: Session['reason']) => {
      const there = await auth.hasSession();
      if (current) setSession({ state: there ? 'signed-in' : 'signed-out', reason });
    };
    void check('nobody');
    const stopListening = auth.onChangedElsewhere(() => {
      forget();
      setSession({ state: 'checking', reason: 'left' });
      void check('left');
    });
    const stopWatching = onSessionEnded(() => {
      forget();
      void auth.signOut();
      setSession({ state: 'signed-out', reason: 'ended' });
    });
    return () => {
      current = false;
      stopListening();
      stopWatching();
    };
  }, [auth, onSessionEnded, forget]);

  useEffect(() => {
    if (state !== 'signed-in') return;
    const ended = () => {
      forget();
      void auth.signOut();
      setSession({ state: 'signed-out', reason: 'ended' });
    };
    return confirmSession(auth, ended);
  }, [state, auth, forget]);

  const session = useMemo<Session>(
    () => ({
      state,
      reason,
      begin() {
        forget();
        setSession({ state: 'signed-in', reason: 'nobody' });
      },
      async end({ everywhere }) {
        await (everywhere ? auth.signOutEverywhere() : auth.signOut());
        forget();
        setSession({ state: 'signed-out', reason: 'left' });
      },
    }),
    [state, reason, auth, forget],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionProvider above');
  return session;
}
