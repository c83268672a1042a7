import { isCurrent, type ShownState } from '../device-states/shown-state.ts';
import type { SubscriptionState } from '../realtime/realtime-client.ts';
import type { WatchLease } from './watch-lease.ts';

export interface LiveWords {
  /** live: samples come as they are taken; asked: they are to, and none came yet. */
  readonly kind: 'live' | 'asked' | 'packs' | 'waiting' | 'lost';
  readonly words: string;
  readonly meaning: string;
}

/** A sample a minute, and some time on the way: with nothing newer than this, samples do not come as they are taken. */
const liveWithin_ms = 3 * 60_000;

/** What decides how news come. Times are epoch milliseconds by the server's clock. */
export interface LiveSituation {
  readonly subscription: SubscriptionState;
  readonly lease: WatchLease | undefined;
  readonly state: ShownState;
  readonly pack_minutes: number;
  /** When the newest reading was taken. */
  readonly newest: number | null;
  readonly now: number;
  readonly offline: boolean;
}

/** How news of the device come to this page, in a word or three. */
export function liveWords({ subscription, lease, state, pack_minutes, newest, now, offline }: LiveSituation): LiveWords {
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
  if (lease?.live_until != null && Date.parse(lease.live_until) > now) {
    return newest !== null && now - newest < liveWithin_ms
      ? { kind: 'live', words: 'Live', meaning: 'The device sends each sample as it is taken, and each is shown at once' }
      : {
          kind: 'asked',
          words: 'Listening',
          meaning: 'The device is asked to send each sample as it is taken; whatever comes from it is shown at once',
        };
  }
  const used = lease !== undefined && lease.live_left_s === 0 ? ' Today’s allowance of live samples is used up.' : '';
  return {
    kind: 'packs',
    words: 'Updates with each pack',
    meaning: `The device sends a pack about every ${pack_minutes} min, which is shown at once.${used}`,
  };
}
