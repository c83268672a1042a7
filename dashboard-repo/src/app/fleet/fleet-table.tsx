import './fleet-table.css';
import './fleet-card.css';
import './fleet-cells.css';
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { SortIcon } from '../design/icons.tsx';
import { FleetCard, FleetCells } from './fleet-cells.tsx';
import { columnWords, type FleetPreferences, isHidden } from './fleet-preferences.ts';
import { type Column, columns, type ShownRow, type Sort } from './fleet-view.ts';
import { useRememberedPlace } from './remembered-place.ts';
import { useIsNarrow } from './use-is-narrow.ts';
import { useRowFocus } from './use-row-focus.ts';

const heights = { comfortable: 54, compact: 36, card: 92 } as const;

/** How much of the window's top the toolbar and the column headers cover where they stay, in the stylesheets too. */
const coveredAbove = 98;

/** Figures are wanted large first, names from A on. */
const startsDescending: readonly Column[] = ['solar_w', 'grid_w', 'last_contact', 'signal_pct'];

interface Props {
  rows: readonly ShownRow[];
  sort: Sort;
  /** Filter and order as a text: when it changes, these are other rows. */
  arrangement: string;
  preferences: FleetPreferences;
  onSort: (sort: Sort) => void;
}

/**
 * The devices as a table, or as a list where the screen is narrow. Only the rows in sight are drawn, so that 5,000 scroll as 50 do. One row at a time is
 * in the order of Tab; the arrow keys go from row to row.
 */
export function FleetTable({ rows, sort, arrangement, preferences, onSort }: Props) {
  const narrow = useIsNarrow();
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const shownColumns = columns.filter((column) => narrow || !isHidden(preferences, column));
  const height = narrow ? heights.card : heights[preferences.density];

  useLayoutEffect(() => {
    const measure = () => setTop((body.current?.getBoundingClientRect().top ?? 0) + scrollY);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);

  const focus = useRowFocus(rows);
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: useCallback(() => height, [height]),
    overscan: 10,
    scrollMargin: top,
    scrollPaddingStart: narrow ? 0 : coveredAbove,
    // Given anew at each drawing, these would have all rows measured anew.
    getItemKey: useCallback((index: number) => rows[index]?.row.device_id ?? index, [rows]),
    // The row with the focus stays, wherever it is: the focus would be lost with it.
    rangeExtractor: useCallback(
      (range: Range) => {
        const indexes = defaultRangeExtractor(range);
        return focus.index === undefined || indexes.includes(focus.index) ? indexes : [...indexes, focus.index].sort((a, b) => a - b);
      },
      [focus.index],
    ),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the virtualizer keeps heights until it is told that they changed
  useLayoutEffect(() => virtualizer.measure(), [height]);
  useRememberedPlace(rows.length > 0, focus, () => virtualizer.scrollOffset ?? 0);
  useBackToTop(arrangement, Math.max(0, top - coveredAbove));

  const open = useOpenRow();
  const items = virtualizer.getVirtualItems();
  const firstVisible = virtualizer.range?.startIndex ?? 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows that are not drawn can't stand in a table element
    <div
      className={narrow ? 'fleet fleet--cards' : `fleet fleet--${preferences.density}`}
      role="grid"
      aria-label="Devices"
      aria-rowcount={rows.length + 1}
      aria-colcount={shownColumns.length}
      data-columns={shownColumns.join(' ')}
      onKeyDown={(event) => focus.onKeyDown(event, (index) => virtualizer.scrollToIndex(index, { align: 'auto' }))}
      onFocus={focus.onFocus}
      onBlur={focus.onBlur}
    >
      <Headers columns={shownColumns} sort={sort} onSort={onSort} hidden={narrow} />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div ref={body} role="rowgroup" className="fleet__body" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, key, start }) => {
          const shown = rows[index];
          if (shown === undefined) return null;
          const { device_id } = shown.row;
          const reachable = focus.device_id === undefined ? index === firstVisible : focus.device_id === device_id;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: the link in it has the focus
            // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on its link does the same
            <div
              key={key}
              role="row"
              className="fleet__row"
              aria-rowindex={index + 2}
              data-device={device_id}
              data-state={shown.state}
              style={{ height, transform: `translateY(${start - top}px)` }}
              onClick={open}
            >
              {narrow ? (
                <FleetCard shown={shown} columns={shownColumns} reachable={reachable} />
              ) : (
                <FleetCells shown={shown} columns={shownColumns} reachable={reachable} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Headers({ columns, sort, onSort, hidden }: { columns: readonly Column[]; sort: Sort; onSort: Props['onSort']; hidden: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as in FleetTable
    <div role="rowgroup" className={hidden ? 'visually-hidden' : 'fleet__head'}>
      {/* biome-ignore lint/a11y/useSemanticElements: as in FleetTable */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons have the focus */}
      <div role="row" className="fleet__headers" aria-rowindex={1}>
        {columns.map((column) => {
          const sorted = sort.column === column;
          const next = sorted ? !sort.descending : startsDescending.includes(column);
          return (
            // biome-ignore lint/a11y/useSemanticElements: as in FleetTable
            // biome-ignore lint/a11y/useFocusableInteractive: its button has the focus
            <div
              key={column}
              role="columnheader"
              className={`fleet__header fleet__cell--${column}`}
              aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
            >
              {hidden ? (
                columnWords[column]
              ) : (
                <button type="button" onClick={() => onSort({ column, descending: next })}>
                  {columnWords[column]}
                  <span className="fleet__sorted">{sorted && <SortIcon direction={sort.descending ? 'down' : 'up'} />}</span>
                </button>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Other rows are read from the first one on. A page that is not scrolled as far as its rows stays as it is. */
function useBackToTop(arrangement: string, top: number): void {
  const before = useRef(arrangement);
  useLayoutEffect(() => {
    if (before.current === arrangement) return;
    before.current = arrangement;
    if (scrollY > top) scrollTo(0, top);
  }, [arrangement, top]);
}

/** A click anywhere on a row opens its device, unless it was meant for something else: a link, another tab, or to mark text. */
function useOpenRow() {
  const navigate = useNavigate();
  return useCallback(
    (event: MouseEvent<HTMLElement>) => {
      const { target, currentTarget, button, metaKey, ctrlKey, shiftKey } = event;
      if (button !== 0 || metaKey || ctrlKey || shiftKey || event.defaultPrevented) return;
      if (target instanceof Element && target.closest('a, button') !== null) return;
      if (getSelection()?.isCollapsed === false) return;
      const link = currentTarget.querySelector('a');
      link?.focus({ preventScroll: true });
      const { device } = currentTarget.dataset;
      if (device !== undefined) void navigate(`/devices/${device}`, { state: { fromFleet: true } });
    },
    [navigate],
  );
}
