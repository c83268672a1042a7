import { FaultIcon, NeverIcon, OfflineIcon, SearchIcon } from '../design/icons.tsx';
import { Unreachable } from '../graphql/failures.ts';

/** Nothing is registered below this organization. */
export const FleetEmpty = () => (
  <div className="message">
    <NeverIcon size={36} />
    <h2>No devices yet</h2>
    <p>Devices show up here once they are registered at a site of your organization. They do not have to have reported for that.</p>
  </div>
);

/** No device passes the filter. */
export const FleetNoMatch = ({ complete, onClear }: { complete: boolean; onClear: () => void }) => (
  <div className="message">
    <SearchIcon size={32} />
    <h2>{complete ? 'No device matches' : 'No device matches so far'}</h2>
    <p>{complete ? 'No device passes all of what is asked for above.' : 'More devices are still being loaded.'}</p>
    <button type="button" className="button" onClick={onClear}>
      Clear filters
    </button>
  </div>
);

/** The devices could not be loaded, and none are known from before. */
export function FleetFailed({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const unreachable = error instanceof Unreachable;
  return (
    <div className="message" role="alert">
      {unreachable ? <OfflineIcon size={36} /> : <FaultIcon size={36} />}
      <h2>The devices could not be loaded</h2>
      <p>
        {unreachable
          ? 'The service could not be reached. It is tried again every few seconds.'
          : 'The service could not answer. Your devices are not affected: they go on as they were set.'}
      </p>
      {!unreachable && <p className="message__detail">{error.message}</p>}
      <button type="button" className="button button--primary" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
