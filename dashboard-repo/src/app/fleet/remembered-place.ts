import { useEffect, useLayoutEffect, useRef } from 'react';
import { useLocation, useNavigationType } from 'react-router';
import type { RowFocus } from './use-row-focus.ts';

/** Where the fleet was left, by the entry in the browser's history: how far down, and on which device. */
const places = new Map<string, { y: number; device_id: string | undefined }>();

/** Going back to the fleet leads to the row that one had opened, as far down as it was. @param ready Whether there are rows yet. */
export function useRememberedPlace(ready: boolean, focus: RowFocus): void {
  const { key } = useLocation();
  const type = useNavigationType();
  const done = useRef(false);
  const { focusDevice } = focus;

  useLayoutEffect(() => {
    if (!ready || done.current) return;
    done.current = true;
    const place = type === 'POP' ? places.get(key) : undefined;
    if (place === undefined) return;
    scrollTo(0, place.y);
    if (place.device_id !== undefined) focusDevice(place.device_id);
  }, [ready, type, key, focusDevice]);

  useEffect(() => {
    let y = scrollY;
    let device_id: string | undefined;
    const scrolled = () => {
      y = scrollY;
    };
    const focused = ({ target }: FocusEvent) => {
      device_id = target instanceof Element ? target.closest<HTMLElement>('[data-device]')?.dataset['device'] : undefined;
    };
    addEventListener('scroll', scrolled, { passive: true });
    addEventListener('focusin', focused);
    return () => {
      removeEventListener('scroll', scrolled);
      removeEventListener('focusin', focused);
      places.set(key, { y, device_id });
    };
  }, [key]);
}
