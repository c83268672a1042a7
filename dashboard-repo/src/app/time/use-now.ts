import { useCallback, useSyncExternalStore } from 'react';
import { useServices } from '../services.ts';

/** A beat that everything with the same rhythm shares, so that all ages on a page move at once. */
interface Beat {
  count: number;
  readonly listeners: Set<() => void>;
  stop: () => void;
}

const beats = new Map<number, Beat>();

function listen(every_ms: number, listener: () => void): () => void {
  const beat = beats.get(every_ms) ?? startBeat(every_ms);
  beat.listeners.add(listener);
  return () => {
    beat.listeners.delete(listener);
    if (beat.listeners.size > 0) return;
    beat.stop();
    beats.delete(every_ms);
  };
}

function startBeat(every_ms: number): Beat {
  const beat: Beat = { count: 0, listeners: new Set(), stop: () => undefined };
  const tick = () => {
    if (document.visibilityState !== 'visible') return;
    beat.count += 1;
    for (const listener of beat.listeners) listener();
  };
  const timer = setInterval(tick, every_ms);
  document.addEventListener('visibilitychange', tick);
  beat.stop = () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
  beats.set(every_ms, beat);
  return beat;
}

/**
 * The server's time; undefined until the server said its time. Draws anew every so often while the page can be seen.
 * @param every_ms How often.
 */
export function useNow(every_ms: number): number | undefined {
  const { clock } = useServices();
  const subscribe = useCallback((listener: () => void) => listen(every_ms, listener), [every_ms]);
  useSyncExternalStore(subscribe, () => beats.get(every_ms)?.count ?? 0);
  return clock.now();
}
