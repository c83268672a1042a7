import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useNavigationType } from 'react-router';
import type { RowFocus } from './use-row-focus.ts';

/** How far down the fleet was left, and on which device. */
interface Place {
  readonly y: number;
  readonly device_id: string | undefined;
}

/**
 * Going back to the fleet leads to the row that one had opened, as far down as it was. Places are kept by the entry of the browser's history, beside
 * the data that they belong to: they go with it when the person signs out.
 * @param ready Whether there are rows yet. @param scrolledTo How far down the page is, known without asking the browser to lay it out.
 */
export function useRememberedPlace(ready: boolean, focus: RowFocus, scrolledTo: () => number): void {
  const { key } = useLocation();
  const type = useNavigationType();
  const queries = useQueryClient();
  const done = useRef(false);
  const { focusDevice } = focus;

  useLayoutEffect(() => {
    if (!ready || done.current) return;
    done.current = true;
    const place = type === 'POP' ? queries.getQueryData<Place>(placeKey(key)) : undefined;
    if (place === undefined) return;
    scrollTo(0, place.y);
    if (place.device_id !== undefined) focusDevice(place.device_id);
  }, [ready, type, key, queries, focusDevice]);

  const leave = useRef<(device_id: string | undefined) => void>(() => undefined);
  leave.current = (device_id) => {
    queries.setQueryDefaults(placeKey(key), { gcTime: Number.POSITIVE_INFINITY });
    queries.setQueryData<Place>(placeKey(key), { y: scrolledTo(), device_id });
  };
  useEffect(() => {
    let device_id: string | undefined;
    const focused = ({ target }: FocusEvent) => {
      device_id = target instanceof Element ? target.closest<HTMLElement>('[data-device]')?.dataset['device'] : undefined;
    };
    addEventListener('focusin', focused);
    return () => {
      removeEventListener('focusin', focused);
      leave.current(device_id);
    };
  }, []);
}

const placeKey = (key: string) => ['fleet-place', key] as const;
