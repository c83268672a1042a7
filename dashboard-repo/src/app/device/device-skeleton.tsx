const tiles = ['solar', 'grid', 'motor'];

/** The page's shape while the device is on its way. */
export function DeviceSkeleton({ device_id }: { device_id: string }) {
  return (
    <div role="status" aria-label={`Loading ${device_id}`}>
      <title>{`${device_id} · ENStratus`}</title>
      <div aria-hidden="true">
        <span className="skeleton device-waiting__back" />
        <span className="skeleton device-waiting__name" />
        <div className="device">
          <div className="figures__large">
            {tiles.map((tile) => (
              <span key={tile} className="skeleton device-waiting__tile" />
            ))}
          </div>
          <span className="skeleton device-waiting__chart" />
        </div>
      </div>
    </div>
  );
}
