import './shell.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, Outlet, useLocation, useNavigationType } from 'react-router';
import { Mark } from '../design/icons.tsx';
import { useServices } from '../services.ts';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { meQuery } from './me-query.ts';
import { useWakeRealtime } from './wake-realtime.ts';

/** What stands around every page of somebody signed in. */
export function Shell() {
  const { graphql } = useServices();
  const { data: me } = useQuery(meQuery(graphql));
  useWakeRealtime();
  useFocusOnNavigation();
  return (
    <>
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <header className="bar">
        <Link to="/" className="bar__home" aria-label="ENStratus, to the fleet">
          <Mark />
          <span className="bar__name">ENStratus</span>
        </Link>
        <AccountMenu me={me} />
      </header>
      <ConnectionBanner />
      <main id="page" className="page" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/**
 * After going to another page the focus is on its heading, so that a screen reader says where one is and Tab goes on from there. A page that
 * knows better where one was has put the focus there already.
 */
function useFocusOnNavigation(): void {
  const { pathname } = useLocation();
  const type = useNavigationType();
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what changes, not what is read
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    if (type !== 'POP') scrollTo(0, 0);
    const page = document.getElementById('page');
    if (page === null || page.contains(document.activeElement)) return;
    page.focus({ preventScroll: true });
  }, [pathname]);
}
