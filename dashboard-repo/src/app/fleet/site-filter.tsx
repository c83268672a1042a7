import { useMemo, useState } from 'react';
import { ChevronIcon, SiteIcon } from '../design/icons.tsx';
import { Popover } from '../design/popover.tsx';
import type { FleetRow } from './fleet-row.ts';
import type { FleetFilter } from './fleet-view.ts';

interface Site {
  readonly path: string;
  readonly name: string;
  readonly key: string;
  readonly count: number;
}

/** More than anybody reads through; beyond that one types a part of the name. */
const mostShown = 100;

/** Leaves only the devices of some sites. */
export function SiteFilter({
  rows,
  filter,
  onChange,
}: {
  rows: readonly FleetRow[];
  filter: FleetFilter;
  onChange: (filter: FleetFilter) => void;
}) {
  const [first] = filter.sites;
  const one = filter.sites.length === 1 && first !== undefined ? rows.find(({ site_path }) => site_path === first)?.site_name : undefined;
  const words = filter.sites.length === 0 ? 'All sites' : (one ?? `${filter.sites.length} sites`);
  return (
    <Popover
      label="Sites"
      buttonClass={filter.sites.length === 0 ? 'button' : 'button button--set'}
      button={
        <>
          <SiteIcon />
          <span className="site-filter__words">{words}</span>
          <ChevronIcon />
        </>
      }
    >
      <SiteChoice rows={rows} filter={filter} onChange={onChange} />
    </Popover>
  );
}

function SiteChoice({
  rows,
  filter,
  onChange,
}: {
  rows: readonly FleetRow[];
  filter: FleetFilter;
  onChange: (filter: FleetFilter) => void;
}) {
  const [text, setText] = useState('');
  const sites = useMemo(() => sitesOf(rows), [rows]);
  const asked = text.trim().toLowerCase();
  const found = sites.filter(({ name, path }) => asked === '' || name.toLowerCase().includes(asked) || path.includes(asked));
  const toggle = (path: string) =>
    onChange({ ...filter, sites: filter.sites.includes(path) ? filter.sites.filter((other) => other !== path) : [...filter.sites, path] });
  return (
    <div className="site-choice">
      <input
        type="search"
        className="input"
        aria-label="Find a site"
        placeholder="Find a site"
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <ul className="site-choice__list">
        {found.slice(0, mostShown).map(({ path, name, count }) => (
          <li key={path}>
            <label className="choice" title={path}>
              <input type="checkbox" checked={filter.sites.includes(path)} onChange={() => toggle(path)} />
              <span>{name}</span>
              <span className="choice__count">{count}</span>
            </label>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="group__title">No site is named so.</p>}
      {found.length > mostShown && <p className="group__title">{found.length - mostShown} more: type a part of the name.</p>}
      {filter.sites.length > 0 && (
        <button type="button" className="button button--quiet" onClick={() => onChange({ ...filter, sites: [] })}>
          All sites
        </button>
      )}
    </div>
  );
}

function sitesOf(rows: readonly FleetRow[]): Site[] {
  const sites = new Map<string, Site>();
  for (const { site_path, site_name, siteKey } of rows) {
    sites.set(site_path, { path: site_path, name: site_name, key: siteKey, count: (sites.get(site_path)?.count ?? 0) + 1 });
  }
  return [...sites.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
