import { GridIcon, SunIcon } from '../design/icons.tsx';
import { power, readings } from '../device-states/readings.ts';
import type { FleetSummary } from './fleet-view.ts';

/** What the whole fleet takes from the sun and from the grid now, as far as devices report. */
export function PowerNow({ summary: { solar_w, grid_w, current }, total: devices }: { summary: FleetSummary; total: number }) {
  const solar = power(solar_w);
  const grid = power(grid_w);
  const total = solar_w + grid_w;
  return (
    <div className="power-now">
      <dl className="power-now__figures">
        <div className="power-now__one power-now__one--solar">
          <dt>
            <SunIcon /> {readings.solar_w.words}
          </dt>
          <dd>
            <Sum of={solar} known={current > 0} />
          </dd>
        </div>
        <div className="power-now__one power-now__one--grid">
          <dt>
            <GridIcon /> {readings.grid_w.words}
          </dt>
          <dd>
            <Sum of={grid} known={current > 0} />
          </dd>
        </div>
      </dl>
      <svg className="power-now__bar" width="100%" height="6" aria-hidden="true">
        {total > 0 && (
          <>
            <rect width={`${(100 * solar_w) / total}%`} height="6" fill="var(--solar-line)" />
            <rect x={`${(100 * solar_w) / total}%`} width={`${(100 * grid_w) / total}%`} height="6" fill="var(--grid-line)" />
          </>
        )}
      </svg>
      <p className="power-now__of">
        {current === devices ? 'All devices report' : `${current.toLocaleString('en')} of ${devices.toLocaleString('en')} devices report`}
      </p>
    </div>
  );
}

/** Where nobody reports there is no sum: it is not zero. */
function Sum({ of: { figure, unit }, known }: { of: ReturnType<typeof power>; known: boolean }) {
  if (!known) return <span title="No device reports">–</span>;
  return (
    <>
      {figure} <span className="unit">{unit}</span>
    </>
  );
}
