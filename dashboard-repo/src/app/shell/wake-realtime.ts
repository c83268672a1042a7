import { useEffect } from 'react';
import { useServices } from '../services.ts';

/** Tells the realtime connection what the browser knows of the network, so that it neither waits nor trusts in vain. */
export function useWakeRealtime(): void {
  const { realtime } = useServices();
  useEffect(() => {
    const wake = () => realtime.wake();
    const lost = () => realtime.lost();
    const seen = () => document.visibilityState === 'visible' && realtime.wake();
    addEventListener('online', wake);
    addEventListener('offline', lost);
    document.addEventListener('visibilitychange', seen);
    return () => {
      removeEventListener('online', wake);
      removeEventListener('offline', lost);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [realtime]);
}
