import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { OnDeviceStatusDocument } from '../graphql/operations.generated.ts';
import type { SubscriptionState } from '../realtime/realtime-client.ts';
import { useServices } from '../services.ts';
import { type Device, mayHaveMissed, type Sample, withStatus } from './device-query.ts';
import { withSamples } from './power-day.ts';

export interface LiveDevice {
  readonly state: SubscriptionState;
  /** What came since the page was opened. */
  readonly samples: readonly Sample[];
}

const nothing: readonly Sample[] = [];

/**
 * News of a device as they come: they go into what is known of it at once, and what came while the connection was not there is fetched as
 * soon as it is. The page has to be given a key by device, so that nothing of one device is shown for another.
 */
export function useLiveDevice(device_id: string): LiveDevice {
  const { realtime } = useServices();
  const queries = useQueryClient();
  const [state, setState] = useState<SubscriptionState>('connecting');
  const [samples, setSamples] = useState(nothing);

  useEffect(() => {
    const queryKey = ['device', device_id];
    /** Asks for the device, and for its day only where something may have come that neither the day nor the subscription told. */
    const catchUp = async () => {
      const before = queries.getQueryData<Device | null>(queryKey);
      await queries.refetchQueries({ queryKey, exact: true });
      if (mayHaveMissed(before, queries.getQueryData<Device | null>(queryKey)))
        await queries.invalidateQueries({ queryKey: [...queryKey, 'power'] });
    };
    return realtime.subscribe(
      OnDeviceStatusDocument,
      { device_id },
      {
        onState(changed) {
          setState(changed);
          if (changed !== 'live') return;
          // A fetch that is under way may have read before the subscription stood: only one that starts now has everything.
          if (queries.isFetching({ queryKey }) === 0) void catchUp();
          else setTimeout(() => void catchUp(), 1_000);
        },
        onData({ onDeviceStatus: status }) {
          if (status === null) return;
          queries.setQueryData<Device | null>(queryKey, (device) => (device == null ? device : withStatus(device, status)));
          setSamples((before) => withSamples(before, status.documents));
        },
      },
    );
  }, [device_id, realtime, queries]);

  return { state, samples };
}
