import './power-section.css';
import type { UseQueryResult } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { asText, energy, power as powerQuantity } from '../device-states/readings.ts';
import { useNow } from '../time/use-now.ts';
import { clockTime, exactDurationInWords, zoneName } from '../time/wording.ts';
import type { Device, Sample } from './device-query.ts';
import { type PowerSeries, powerDay, powerTotals } from './power-day.ts';
import { PowerTable } from './power-table.tsx';

const PowerChart = lazy(() => import('./power-chart.tsx').then(({ PowerChart }) => ({ default: PowerChart })));

/** Solar and grid power of the last 24 hours: as a curve, in a sentence, and as a table. */
export function PowerSection({
  device,
  power,
  samples,
  silentSince,
}: {
  device: Device;
  power: UseQueryResult<PowerSeries | null>;
  samples: readonly Sample[];
  silentSince: number | null;
}) {
  const now = useNow(15_000) ?? Date.now();
  const minute = Math.floor(now / 60_000);
  const day = useMemo(() => powerDay(power.data, samples, minute * 60_000), [power.data, samples, minute]);
  const totals = useMemo(() => powerTotals(day), [day]);
  const { time_zone } = device;
  const waiting = power.data === undefined && !power.isError;
  return (
    <section className="power-section" aria-labelledby="power-title">
      <header className="section-head">
        <h2 id="power-title">Solar and grid power, last 24 hours</h2>
        <p className="section-head__aside">
          Site time, {time_zone.replaceAll('_', ' ')} ({zoneName(now, time_zone)})
        </p>
      </header>
      {power.isError && power.data === undefined ? (
        <div className="power-section__failed" role="alert">
          <p>The last 24 hours could not be loaded.</p>
          <button type="button" className="button" onClick={() => void power.refetch()}>
            Try again
          </button>
        </div>
      ) : (
        <>
          <Suspense fallback={<span className="skeleton power-section__waiting" />}>
            {waiting ? (
              <span className="skeleton power-section__waiting" />
            ) : (
              <PowerChart day={day} now={now} time_zone={time_zone} silentSince={silentSince} />
            )}
          </Suspense>
          {!waiting && (
            <p className="power-section__sum">
              {totals.minutes === 0 ? (
                'Nothing was reported in these 24 hours.'
              ) : (
                <>
                  <Key of="solar" /> {asText(energy(totals.solar_wh))} from the sun and <Key of="grid" /> {asText(energy(totals.grid_wh))}{' '}
                  from the grid
                  {totals.peak !== null && (
                    <>
                      ; most sun at {clockTime(totals.peak.time * 1000, time_zone)} with {asText(powerQuantity(totals.peak.solar_w))}
                    </>
                  )}
                  . Reported: {exactDurationInWords(totals.minutes * 60_000)} of 24 h
                  {totals.minutes < 1435 && '; what is missing is not counted'}.
                </>
              )}
            </p>
          )}
          {totals.minutes > 0 && <PowerTable day={day} time_zone={time_zone} />}
        </>
      )}
    </section>
  );
}

const Key = ({ of }: { of: 'solar' | 'grid' }) => <span className={`key key--${of}`} aria-hidden="true" />;
