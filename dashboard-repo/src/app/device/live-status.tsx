import { isCurrent, type ShownState } from '../device-states/shown-state.ts';
import type { SubscriptionState } from '../realtime/realtime-client.ts';
import { useConnection } from '../shell/connection.ts';
import { useNow } from '../time/use-now.ts';
import type { WatchLease } from './watch-lease.ts';

interface Status {
  readonly kind: 'live' | 'packs' | 'waiting' | 'lost';
  readonly words: string;
  readonly meaning: string;
}

/** A sample a minute, and some time on the way: with nothing newer than this, nobody can call it live. */
const liveWithin_ms = 3 * 60_000;

/**
 * How news of the device come to this page, in a word or three. Being asked for live samples is not sending them: only a device whose newest
 * reading is of just now is called live.
 * @param newest When the newest reading was taken. @param now The server's time.
 */
export function liveStatus(
  subscription: SubscriptionState,
  lease: WatchLease | undefined,
  state: ShownState,
  pack_minutes: number,
  newest: number | null,
  now: number,
  offline: boolean,
): Status {
  if (offline) return { kind: 'lost', words: 'Offline', meaning: 'There is no network here. What is shown does not move.' };
  if (subscription === 'connecting')
    return { kind: 'waiting', words: 'Connecting…', meaning: 'News of this device are being subscribed to' };
  if (subscription === 'reconnecting') {
    return { kind: 'lost', words: 'Reconnecting…', meaning: 'The connection was lost. What was missed is fetched as soon as it is back.' };
  }
  if (subscription === 'refused') {
    return {
      kind: 'packs',
      words: 'Updates each minute',
      meaning: 'News of this device are not told to this page, so it asks once a minute',
    };
  }
  if (!isCurrent(state)) {
    return { kind: 'waiting', words: 'Waiting to hear from it', meaning: 'Whatever comes from this device is shown at once' };
  }
  const asked = lease?.live_until != null && Date.parse(lease.live_until) > now;
  if (asked && newest !== null && now - newest < liveWithin_ms) {
    return { kind: 'live', words: 'Live', meaning: 'The device is asked to send each sample as it is taken, and each is shown at once' };
  }
  const used = lease !== undefined && lease.live_left_s === 0 ? ' Today’s allowance of live samples is used up.' : '';
  return {
    kind: 'packs',
    words: 'Updates with each pack',
    meaning: `The device sends a pack about every ${pack_minutes} min, which is shown at once.${used}`,
  };
}

/** Whether what is on screen moves by itself, beside the device's name. */
export function LiveStatus({
  subscription,
  lease,
  state,
  pack_minutes,
  newest,
}: {
  subscription: SubscriptionState;
  lease: WatchLease | undefined;
  state: ShownState;
  pack_minutes: number;
  newest: number | null;
}) {
  const now = useNow(5_000) ?? 0;
  const offline = useConnection() === 'offline';
  const { kind, words, meaning } = liveStatus(subscription, lease, state, pack_minutes, newest, now, offline);
  return (
    <p className="live" data-kind={kind} role="status" title={meaning}>
      <span className="live__dot" aria-hidden="true" />
      {words}
    </p>
  );
}
