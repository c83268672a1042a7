import { type ReactNode, useEffect, useState } from 'react';
import type { Loaded } from '../data/api.ts';
import { ago, dayAndTime, shortName } from '../data/wording.ts';

/** A page's head: its name, what it is about, and what can be done. */
export function Head({ title, children, back }: { title: string; children?: ReactNode; back?: { href: string; name: string } }) {
  useEffect(() => {
    document.title = `${title} · ENStratus local cloud`;
  }, [title]);
  return (
    <header className="head">
      {back !== undefined && (
        <a className="head__back" href={back.href}>
          {back.name}
        </a>
      )}
      <h1 tabIndex={-1}>{title}</h1>
      {children !== undefined && <div className="head__more">{children}</div>}
    </header>
  );
}

export function Card({ title, more, children, flush = false }: { title?: string; more?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <div className={flush ? 'card card--flush' : 'card'}>
      {title !== undefined && (
        <div className="card__head">
          <h2>{title}</h2>
          {more}
        </div>
      )}
      {children}
    </div>
  );
}

/** What was loaded, or why not, or that it is on its way. */
export function Load<T>({
  from,
  children,
  empty,
}: {
  from: Loaded<T>;
  children: (data: T) => ReactNode;
  empty?: (data: T) => string | undefined;
}) {
  const { data, error } = from;
  if (data === undefined) return error === undefined ? <p className="quiet pad loading">Loading…</p> : <Trouble>{error}</Trouble>;
  const nothing = empty?.(data);
  return (
    <>
      {error !== undefined && <Trouble>{error}</Trouble>}
      {nothing === undefined ? children(data) : <p className="quiet pad">{nothing}</p>}
    </>
  );
}

export function Trouble({ children }: { children: ReactNode }) {
  return (
    <p className="trouble" role="alert">
      {children}
    </p>
  );
}

/** A table that scrolls by itself where it is wider than the page. */
export function Grid({
  label,
  head,
  children,
  sticky = false,
}: {
  label: string;
  head: readonly ReactNode[];
  children: ReactNode;
  sticky?: boolean;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard (WCAG 2.1.1)
    <section className={sticky ? 'grid grid--tall' : 'grid'} aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((one, index) =>
              one === '' ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns don't move
                <td key={index} />
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns don't move
                <th key={index} scope="col" className={typeof one === 'string' && one.startsWith('#') ? 'num' : undefined}>
                  {typeof one === 'string' ? one.replace(/^#/, '') : one}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** A generated name as a person would say it; the whole of it when asked. */
export function Name({ of, href, kind }: { of: string; href?: string; kind?: string }) {
  const text = shortName(of);
  const inner = (
    <>
      {kind !== undefined && <i className={`dot dot--${kind}`} aria-hidden="true" />}
      {text}
    </>
  );
  if (href !== undefined)
    return (
      <a className="name" href={href} title={of}>
        {inner}
      </a>
    );
  return (
    <span className="name" title={of}>
      {inner}
    </span>
  );
}

export type Tone = 'good' | 'fault' | 'warn' | 'quiet' | 'info';

export function Badge({ tone = 'quiet', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`badge badge--${tone}`}>{children}</span>;
}

/** The time of now, every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined) return <span className="quiet">never</span>;
  return (
    <time dateTime={at} title={`${dayAndTime(at)} UTC`}>
      {ago(at, now)}
    </time>
  );
}

export function Facts({ of }: { of: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Tile({ name, value, more, tone }: { name: string; value: ReactNode; more?: ReactNode; tone?: Tone }) {
  return (
    <div className={tone === undefined ? 'tile' : `tile tile--${tone}`}>
      <dt>{name}</dt>
      <dd>
        {value}
        {more !== undefined && <small>{more}</small>}
      </dd>
    </div>
  );
}
