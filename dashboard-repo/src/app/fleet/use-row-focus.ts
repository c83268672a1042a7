import { type FocusEvent, type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ShownRow } from './fleet-view.ts';

/** Which row has the focus, by its device: rows change places while somebody reads. */
export interface RowFocus {
  readonly device_id: string | undefined;
  readonly index: number | undefined;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>, scrollTo: (index: number) => void) => void;
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  readonly onBlur: (event: FocusEvent<HTMLElement>) => void;
  /** Puts the focus on a device's row as soon as it is drawn. */
  readonly focusDevice: (device_id: string) => void;
}

const pageOfRows = 12;

/** The arrow keys, Page up and down, Home and End among the rows of a grid whose rows are not all drawn. */
export function useRowFocus(rows: readonly ShownRow[]): RowFocus {
  const [device_id, setDevice] = useState<string>();
  const [hasFocus, setHasFocus] = useState(false);
  const wanted = useRef<string>(undefined);
  const index = useMemo(() => {
    if (device_id === undefined || !hasFocus) return undefined;
    const found = rows.findIndex(({ row }) => row.device_id === device_id);
    return found === -1 ? undefined : found;
  }, [rows, device_id, hasFocus]);

  useEffect(() => {
    if (wanted.current === undefined) return;
    const link = document.querySelector<HTMLElement>(`[data-device="${CSS.escape(wanted.current)}"] a`);
    if (link === null) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  });

  const focusDevice = useCallback((device: string) => {
    wanted.current = device;
    setHasFocus(true);
    setDevice(device);
  }, []);

  const onKeyDown = useCallback(
    (event: KeyboardEvent<HTMLElement>, scrollTo: (index: number) => void) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-device]') : null;
      if (row === null || event.altKey || event.metaKey) return;
      const from = rows.findIndex((shown) => shown.row.device_id === row.dataset['device']);
      const to = target(event, from, rows.length - 1);
      const device = to === undefined ? undefined : rows[to]?.row.device_id;
      if (to === undefined || device === undefined) return;
      event.preventDefault();
      scrollTo(to);
      focusDevice(device);
    },
    [rows, focusDevice],
  );

  const onFocus = useCallback((event: FocusEvent<HTMLElement>) => {
    const device = event.target.closest<HTMLElement>('[data-device]')?.dataset['device'];
    if (device === undefined) return;
    setHasFocus(true);
    setDevice(device);
  }, []);
  const onBlur = useCallback((event: FocusEvent<HTMLElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setHasFocus(false);
  }, []);

  return { device_id: index === undefined ? undefined : device_id, index, onKeyDown, onFocus, onBlur, focusDevice };
}

function target({ key, ctrlKey }: KeyboardEvent, from: number, last: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, from + 1);
    case 'ArrowUp':
      return Math.max(0, from - 1);
    case 'PageDown':
      return Math.min(last, from + pageOfRows);
    case 'PageUp':
      return Math.max(0, from - pageOfRows);
    case 'Home':
      return ctrlKey || from > 0 ? 0 : undefined;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
