import './fleet-skeleton.css';

const rows = Array.from({ length: 12 }, (_, index) => index);
const tiles = Array.from({ length: 7 }, (_, index) => index);

/** The page's shape while the first devices are on their way. */
export function FleetSkeleton() {
  return (
    <div role="status" aria-label="Loading the devices">
      <div className="state-filter" aria-hidden="true">
        {tiles.map((tile) => (
          <span key={tile} className="skeleton state-filter__waiting" />
        ))}
      </div>
      <div className="fleet-toolbar" aria-hidden="true">
        <span className="skeleton fleet-toolbar__waiting" />
      </div>
      <div className="fleet-waiting" aria-hidden="true">
        {rows.map((row) => (
          <div key={row} className="fleet-waiting__row">
            <span className="skeleton" />
            <span className="skeleton" />
            <span className="skeleton" />
            <span className="skeleton" />
          </div>
        ))}
      </div>
    </div>
  );
}
