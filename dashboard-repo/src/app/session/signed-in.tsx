import { Navigate, Outlet, useLocation } from 'react-router';
import { PageLoading } from '../shell/page-loading.tsx';
import { useSession } from './session.tsx';

/** Lets only those through who are signed in; others sign in first, and come back to where they were unless they left on their own. */
export function SignedIn() {
  const { state, reason } = useSession();
  const location = useLocation();
  if (state === 'checking') return <PageLoading />;
  if (state === 'signed-in') return <Outlet />;
  const from = reason === 'left' ? undefined : `${location.pathname}${location.search}`;
  return <Navigate to="/sign-in" replace state={{ from }} />;
}
