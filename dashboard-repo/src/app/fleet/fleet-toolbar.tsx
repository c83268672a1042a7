import './fleet-toolbar.css';
import { ChevronIcon, CloseIcon, RefreshIcon, SearchIcon, SortIcon, ViewIcon } from '../design/icons.tsx';
import { Popover } from '../design/popover.tsx';
import { useNow } from '../time/use-now.ts';
import { ageInWords } from '../time/wording.ts';
import { columnWords, type FleetPreferences } from './fleet-preferences.ts';
import type { FleetRow } from './fleet-row.ts';
import { type Column, columns, type FleetFilter, isFiltering, noFilter, type Sort } from './fleet-view.ts';
import { SiteFilter } from './site-filter.tsx';
import { ViewOptions } from './view-options.tsx';

interface Props {
  rows: readonly FleetRow[];
  found: number;
  filter: FleetFilter;
  sort: Sort;
  preferences: FleetPreferences;
  onFilter: (filter: FleetFilter) => void;
  onSort: (sort: Sort) => void;
  onPreferences: (preferences: FleetPreferences) => void;
  /** By the browser's clock, which counts here since both ends of the span are its own. */
  updatedAt: number;
  updating: boolean;
  failed: boolean;
  onRefresh: () => void;
}

/** Search, site, order and view of the table. */
export function FleetToolbar(props: Props) {
  const { rows, found, filter, sort, preferences, onFilter, onSort, onPreferences } = props;
  return (
    <div className="fleet-toolbar">
      <search className="search">
        <SearchIcon />
        <input
          type="search"
          aria-label="Find devices by name, id or site"
          placeholder="Find by name, id or site"
          value={filter.text}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => onFilter({ ...filter, text: target.value })}
          onKeyDown={({ key }) => key === 'Escape' && onFilter({ ...filter, text: '' })}
        />
        {filter.text !== '' && (
          <button type="button" className="button button--quiet button--icon" onClick={() => onFilter({ ...filter, text: '' })}>
            <CloseIcon />
            <span className="visually-hidden">Clear the search</span>
          </button>
        )}
      </search>
      <SiteFilter rows={rows} filter={filter} onChange={onFilter} />
      <SortChoice sort={sort} onSort={onSort} />
      <Popover
        label="View"
        buttonClass="button fleet-toolbar__view"
        button={
          <>
            <ViewIcon /> View
          </>
        }
      >
        <ViewOptions preferences={preferences} onChange={onPreferences} />
      </Popover>
      <p className="fleet-toolbar__found" role="status">
        {isFiltering(filter) && (
          <>
            {found.toLocaleString('en')} of {rows.length.toLocaleString('en')}
            <button type="button" className="link" onClick={() => onFilter(noFilter)}>
              Clear
            </button>
          </>
        )}
      </p>
      <Updated {...props} />
    </div>
  );
}

/** For narrow screens, where the list has no column headers to click. */
function SortChoice({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  return (
    <div className="sort-choice">
      <label className="select">
        <span className="visually-hidden">Sort by</span>
        <select value={sort.column} onChange={({ target }) => onSort({ ...sort, column: target.value as Column })}>
          {columns.map((column) => (
            <option key={column} value={column}>
              {columnWords[column]}
            </option>
          ))}
        </select>
        <ChevronIcon />
      </label>
      <button type="button" className="button button--icon" onClick={() => onSort({ ...sort, descending: !sort.descending })}>
        <SortIcon direction={sort.descending ? 'down' : 'up'} />
        <span className="visually-hidden">{sort.descending ? 'Sorted downwards' : 'Sorted upwards'}: turn around</span>
      </button>
    </div>
  );
}

function Updated({ updatedAt, updating, failed, onRefresh }: Props) {
  useNow(5_000);
  return (
    <p className="fleet-toolbar__updated">
      <span className={failed ? 'fleet-toolbar__failed' : undefined}>
        {failed ? 'Not updated since ' : 'Updated '}
        {ageInWords(Math.max(0, Date.now() - updatedAt))}
      </span>
      <button type="button" className="button button--quiet button--icon" onClick={onRefresh} aria-disabled={updating} title="Update now">
        <span className={updating ? 'turning' : undefined}>
          <RefreshIcon />
        </span>
        <span className="visually-hidden">Update now</span>
      </button>
    </p>
  );
}
