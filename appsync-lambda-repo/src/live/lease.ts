import { maxLive_s_per_day, watchLease_s } from '@enstratus/contract';

/** What stands in a device's newest status about who watches it. Times are epoch seconds. */
export interface Lease {
  readonly watched_until: number | undefined;
  readonly live_until: number | undefined;
  /** UTC day of live_s, YYYY-MM-DD. */
  readonly live_day: string | undefined;
  readonly live_s: number | undefined;
}

export interface RenewedLease {
  /** What is to be kept. */
  readonly lease: Lease & { readonly watched_until: number; readonly live_day: string; readonly live_s: number };
  /** Until when the device is live; undefined when its allowance of the day is used up. */
  readonly live_until: number | undefined;
  readonly live_left_s: number;
}

/**
 * A lease after somebody has renewed it: watched for five minutes from now, and live as long, as far as the day's allowance goes. Only what live mode
 * is longer by is counted, so several people who watch the same device use its allowance up no faster than one. A lease that was granted before midnight (UTC)
 * counts for the day on which it was granted.
 */
export function renewed(lease: Lease, now_s: number): RenewedLease {
  const today = new Date(now_s * 1000).toISOString().slice(0, 10);
  const used_s = lease.live_day === today ? (lease.live_s ?? 0) : 0;
  const end = now_s + watchLease_s;
  const live_since = Math.max(now_s, lease.live_until ?? 0);
  const granted_s = Math.max(0, Math.min(end - live_since, maxLive_s_per_day - used_s));
  const live_end = live_since + granted_s;
  return {
    lease: {
      watched_until: Math.max(end, lease.watched_until ?? 0),
      // What is over stays as it is: it tells when live mode ended.
      live_until: live_end > now_s ? live_end : lease.live_until,
      live_day: today,
      live_s: used_s + granted_s,
    },
    live_until: live_end > now_s ? live_end : undefined,
    live_left_s: Math.max(0, maxLive_s_per_day - used_s - granted_s),
  };
}
