import { type ReactNode, useEffect, useRef, useState } from 'react';
import { scopeList } from '../shapes/scopes.ts';
import { lookAt, useLoaded } from './data/api.ts';
import { hrefOf, type Place, usePlace } from './data/router.ts';
import { ThemeChoice } from './design/theme.tsx';
import { pageAt } from './pages.tsx';

const GROUPS: readonly { title: string; pages: readonly { path: string; name: string }[] }[] = [
  {
    title: 'Watch',
    pages: [
      { path: '', name: 'System' },
      { path: 'traces', name: 'Traces' },
      { path: 'functions', name: 'Functions' },
      { path: 'logs', name: 'Logs' },
      { path: 'alarms', name: 'Alarms' },
    ],
  },
  {
    title: 'Deliver',
    pages: [{ path: 'pipelines', name: 'Pipelines' }],
  },
  {
    title: 'Data',
    pages: [
      { path: 'tables', name: 'Tables' },
      { path: 'queues', name: 'Queues and topics' },
      { path: 'buckets', name: 'Buckets' },
      { path: 'parameters', name: 'Parameters' },
      { path: 'mail', name: 'Mail' },
    ],
  },
  {
    title: 'System',
    pages: [
      { path: 'stacks', name: 'Stacks' },
      { path: 'particle', name: 'Particle' },
      { path: 'usage', name: 'Usage and bill' },
    ],
  },
];

export function App() {
  const place = usePlace();
  const [scope, setScope] = useState('');
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the page
      </button>
      <div className="frame">
        <Rail place={place} scope={scope} onScope={setScope} />
        <Main key={scope} place={place}>
          {pageAt(place)}
        </Main>
      </div>
    </>
  );
}

/** Whoever goes to another page by keyboard or screen reader begins at its heading. */
function Main({ place, children }: { place: Place; children: ReactNode }) {
  const main = useRef<HTMLElement>(null);
  const path = place.path.join('/');
  const isFirst = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page
  useEffect(() => {
    if (isFirst.current) isFirst.current = false;
    else {
      scrollTo(0, 0);
      main.current?.querySelector('h1')?.focus();
    }
  }, [path]);
  return (
    <main className="main" id="main" ref={main} tabIndex={-1}>
      {children}
    </main>
  );
}

function Rail({ place, scope, onScope }: { place: Place; scope: string; onScope: (scope: string) => void }) {
  const { data } = useLoaded('/scopes', scopeList);
  const at = place.path[0] === 'invocations' ? 'functions' : (place.path[0] ?? '');
  const current = data === undefined ? '' : `${data.current.account} ${data.current.region}`;
  const rail = useRef<HTMLElement>(null);
  // On a narrow screen the pages stand in one row that is wider than the screen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has another link
  useEffect(() => {
    // Nothing is answered: what browsers answer by now, a promise, would be taken for what ends the effect.
    rail.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [at]);
  return (
    <header className="rail" ref={rail}>
      <a className="rail__home" href="#/">
        <img src="/_local/assets/icon.svg" alt="" width="26" height="26" />
        <span>
          Local cloud
          <small>{scope === '' ? current : scope}</small>
        </span>
      </a>
      <nav aria-label="Console" className="rail__nav">
        {GROUPS.map(({ title, pages }) => (
          <div key={title} className="rail__group">
            <p className="rail__title">{title}</p>
            <ul>
              {pages.map(({ path, name }) => (
                <li key={path}>
                  <a href={hrefOf(path === '' ? [] : [path])} aria-current={at === path ? 'page' : undefined}>
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="rail__foot">
        {data !== undefined && data.scopes.length > 1 && (
          <select
            aria-label="Account and region"
            value={scope === '' ? current : scope}
            onChange={(event) => {
              const [account = '', region = ''] = event.target.value.split(' ');
              lookAt(account, region);
              onScope(event.target.value);
            }}
          >
            {data.scopes.map(({ account, region }) => (
              <option key={`${account} ${region}`}>{`${account} ${region}`}</option>
            ))}
          </select>
        )}
        <ThemeChoice />
      </div>
    </header>
  );
}
