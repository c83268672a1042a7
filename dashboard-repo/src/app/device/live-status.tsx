import './live-status.css';
import { useConnection } from '../shell/connection.ts';
import { useNow } from '../time/use-now.ts';
import { type LiveSituation, liveWords } from './live-words.ts';

/** Whether what is on screen moves by itself, beside the device's name. */
export function LiveStatus(situation: Omit<LiveSituation, 'now' | 'offline'>) {
  const now = useNow(5_000) ?? 0;
  const offline = useConnection() === 'offline';
  const { kind, words, meaning } = liveWords({ ...situation, now, offline });
  return (
    <p className="live" data-kind={kind} role="status" title={meaning}>
      <span className="live__dot" aria-hidden="true" />
      {words}
    </p>
  );
}
