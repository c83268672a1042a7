import { FaultIcon, OfflineIcon } from '../design/icons.tsx';
import { ConfigError } from './runtime-config.ts';

/** For a site whose configuration can't be read: nothing else works without it. */
export function ConfigProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const detail = error instanceof Error ? error.message : String(error);
  const unreachable = error instanceof ConfigError && detail.includes('could not be reached');
  return (
    <main>
      <div className="message" role="alert">
        <title>Cannot start · ENStratus</title>
        {unreachable ? <OfflineIcon size={36} /> : <FaultIcon size={36} />}
        <h1>{unreachable ? 'No connection' : 'This site is not set up completely'}</h1>
        <p>
          {unreachable
            ? 'The dashboard could not be reached. Check your network, then try again.'
            : 'The dashboard cannot read its configuration. Your devices are not affected. Whoever deployed this site needs the line below.'}
        </p>
        <p className="message__detail">
          <code>{detail}</code>
        </p>
        <button type="button" className="button button--primary" onClick={onRetry}>
          Try again
        </button>
      </div>
    </main>
  );
}
