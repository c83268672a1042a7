import { expect, it } from 'vitest';
import { type LiveSituation, liveWords } from './live-words.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const lease = { device_id: 'pump-1', watched_until: '2026-11-22T12:04:00Z', live_until: '2026-11-22T12:04:00Z', live_left_s: 100 };
const words = (changed: Partial<LiveSituation>) => {
  const { kind, words } = liveWords({
    subscription: 'live',
    lease,
    state: 'solar',
    pack_minutes: 15,
    newest: now - 60_000,
    now,
    offline: false,
    ...changed,
  });
  return [kind, words];
};

it.each<[Partial<LiveSituation>, string, string]>([
  [{}, 'live', 'Live'],
  [{ newest: now - 600_000 }, 'asked', 'Listening'],
  [{ lease: { ...lease, live_until: null, live_left_s: 0 } }, 'packs', 'Updates with each pack'],
  [{ lease: { ...lease, live_until: '2026-11-22T11:59:59Z' } }, 'packs', 'Updates with each pack'],
  [{ lease: undefined }, 'packs', 'Updates with each pack'],
  [{ subscription: 'connecting' }, 'waiting', 'Connecting…'],
  [{ subscription: 'reconnecting' }, 'lost', 'Reconnecting…'],
  [{ subscription: 'refused' }, 'packs', 'Updates each minute'],
  [{ state: 'silent' }, 'waiting', 'Waiting to hear from it'],
  [{ state: 'never', newest: null }, 'waiting', 'Waiting to hear from it'],
  [{ offline: true }, 'lost', 'Offline'],
])('%o is %s: %s', (changed, kind, said) => {
  expect(words(changed)).toEqual([kind, said]);
});
