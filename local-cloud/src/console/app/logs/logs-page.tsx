import { useState } from 'react';
import { logGroupList } from '../../shapes/logs.ts';
import { useLoaded } from '../data/api.ts';
import { hrefOf, type Place, replaceQuery } from '../data/router.ts';
import { bytes } from '../data/wording.ts';
import { Card, Head, Load } from '../design/parts.tsx';
import { LogTail } from './log-tail.tsx';
import { QueryBox } from './query-box.tsx';

/** The list is long, and what a link has chosen may stand anywhere in it. */
function showChosen(list: HTMLUListElement | null): void {
  list?.querySelector('[aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' });
}

/** Log groups: one is followed and filtered, or several are asked with Logs Insights. */
export function LogsPage({ place }: { place: Place }) {
  const groups = useLoaded('/log-groups', logGroupList, {}, 15_000);
  const [prefix, setPrefix] = useState(place.query.get('prefix') ?? '');
  const chosen = place.query
    .getAll('group')
    .flatMap((text) => text.split(' '))
    .filter((name) => name !== '');
  const mode = place.query.get('mode') === 'query' ? 'query' : 'follow';
  const set = (next: { group?: string; mode?: string }) =>
    replaceQuery(place, { group: next.group ?? chosen.join(' '), mode: next.mode ?? mode, prefix: prefix === '' ? undefined : prefix });
  const toggle = (name: string) => {
    if (mode === 'follow') set({ group: name });
    else set({ group: (chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]).join(' ') });
  };
  return (
    <>
      <Head title="Logs">
        <fieldset className="tabs">
          <legend className="visually-hidden">What to do</legend>
          {(['follow', 'query'] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={mode === one}
              onClick={() => set({ mode: one, group: one === 'follow' ? (chosen[0] ?? '') : chosen.join(' ') })}
            >
              {one === 'follow' ? 'Follow' : 'Logs Insights'}
            </button>
          ))}
        </fieldset>
      </Head>
      <div className="split">
        <Card title="Log groups" flush>
          <input
            className="search"
            type="search"
            aria-label="Log groups whose name contains"
            placeholder="name contains"
            value={prefix}
            onChange={(event) => setPrefix(event.target.value)}
          />
          <Load from={groups}>
            {({ log_groups }) => (
              <ul className="picks" ref={showChosen}>
                {log_groups
                  .filter(({ name }) => name.includes(prefix))
                  .slice(0, 300)
                  .map(({ name, bytes: size, class: of }) => (
                    <li key={name}>
                      <button type="button" aria-pressed={chosen.includes(name)} onClick={() => toggle(name)}>
                        <span>{name}</span>
                        <small>
                          {bytes(size)}
                          {of === 'INFREQUENT_ACCESS' && ', Infrequent Access'}
                        </small>
                      </button>
                    </li>
                  ))}
              </ul>
            )}
          </Load>
        </Card>
        <div className="split__main">
          {chosen.length === 0 ? (
            <Card>
              <p className="quiet">
                Choose a log group. Functions write to <code>/enstratus/functions/…</code>, each device has its own.
              </p>
            </Card>
          ) : mode === 'query' ? (
            <QueryBox groups={chosen} />
          ) : (
            <LogTail key={chosen[0]} group={chosen[0] ?? ''} />
          )}
          {mode === 'follow' && chosen[0] !== undefined && (
            <p>
              <a href={hrefOf(['logs'], { group: chosen[0], mode: 'query' })}>Ask it with Logs Insights</a>
            </p>
          )}
        </div>
      </div>
    </>
  );
}
