import { useEffect, useState } from 'react';
import type { GraphQLClient } from '../graphql/client.ts';
import { WatchDeviceDocument, type WatchDeviceMutation } from '../graphql/operations.generated.ts';
import { useServices } from '../services.ts';

export type WatchLease = NonNullable<WatchDeviceMutation['watchDevice']>;

/** Renewed when this much of its five minutes is gone, so that one that fails can be tried again before it runs out. */
const renewAfter_ms = 2 * 60_000;
const retryAfter_ms = 15_000;

/**
 * Keeps the lease of a device whose page is open, as long as it can be seen: taken at once, renewed in time, let run out when the tab is hidden, and
 * taken again when it comes back. @returns Ends that.
 */
export function keepLease(graphql: GraphQLClient, device_id: string, onLease: (lease: WatchLease) => void): () => void {
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let takenAt = Number.NEGATIVE_INFINITY;

  const take = async () => {
    clearTimeout(timer);
    if (document.visibilityState !== 'visible') return;
    let next = renewAfter_ms;
    try {
      takenAt = performance.now();
      const { watchDevice } = await graphql.request(WatchDeviceDocument, { device_id }, ended.signal);
      // null: there is no such device for this caller, and there will not be one.
      if (watchDevice === null) return;
      onLease(watchDevice);
    } catch {
      takenAt = Number.NEGATIVE_INFINITY;
      next = retryAfter_ms;
    }
    if (!ended.signal.aborted) timer = setTimeout(() => void take(), next);
  };
  const comeBack = () => {
    if (document.visibilityState === 'visible' && performance.now() - takenAt > renewAfter_ms) void take();
  };
  const online = () => void take();

  void take();
  document.addEventListener('visibilitychange', comeBack);
  addEventListener('online', online);
  return () => {
    ended.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', comeBack);
    removeEventListener('online', online);
  };
}

/** The lease on a device, once it is there. */
export function useWatchLease(device_id: string): WatchLease | undefined {
  const { graphql } = useServices();
  const [lease, setLease] = useState<WatchLease>();
  useEffect(() => keepLease(graphql, device_id, setLease), [graphql, device_id]);
  return lease;
}
