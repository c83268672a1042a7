import { useMemo } from 'react';
import { useNow } from './use-now.ts';
import { ageInWords, timeInBothZones } from './wording.ts';

/** How long ago something was, ticking; the exact time in both zones on hover. @param time Epoch milliseconds. */
export function Age({ time, time_zone }: { time: number; time_zone: string }) {
  const now = useNow(5_000);
  const exact = useMemo(() => timeInBothZones(time, time_zone), [time, time_zone]);
  return (
    <time dateTime={new Date(time).toISOString()} title={exact}>
      {now === undefined ? '' : ageInWords(Math.max(0, now - time))}
    </time>
  );
}
