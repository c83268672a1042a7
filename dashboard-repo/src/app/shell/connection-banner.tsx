import { OfflineIcon } from '../design/icons.tsx';
import { useConnection } from './connection.ts';

const sentences = {
  offline: ['No network.', 'You see what was known last, with its age. It goes on by itself when the network is back.'],
  unreachable: ['The service cannot be reached.', 'You see what was known last, with its age. It is tried again every few seconds.'],
} as const;

/** Says that what is shown does not move any more, and that nothing has to be done about it. */
export function ConnectionBanner() {
  const connection = useConnection();
  const [title, text] = connection === 'fine' ? ['', ''] : sentences[connection];
  return (
    <div role="status" className={connection === 'fine' ? undefined : 'banner'}>
      {connection !== 'fine' && (
        <>
          <OfflineIcon size={18} />
          <p>
            <strong>{title}</strong> {text}
          </p>
        </>
      )}
    </div>
  );
}
