import { useNow } from './use-now.ts';
import { ageInWords, timeInBothZones } from './wording.ts';

/** How long ago something was, ticking; the exact time in both zones on hover. @param time Epoch milliseconds. */
export function Age({ time, time_zone }: { time: number; time_zone: string }) {
  const now = useNow(5_000);
  return (
    <time dateTime={new Date(time).toISOString()} title={timeInBothZones(time, time_zone)}>
      {now === undefined ? '' : ageInWords(Math.max(0, now - time))}
    </time>
  );
}
