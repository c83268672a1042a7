import './device-figures.css';
import { GridIcon, MotorIcon, SignalIcon, SunIcon } from '../design/icons.tsx';
import { quantity, type ReadingName, readings } from '../device-states/readings.ts';
import { Age } from '../time/age.tsx';
import { exactClockTime, timeInBothZones } from '../time/wording.ts';
import type { Sample } from './device-query.ts';

const large: readonly ReadingName[] = ['solar_w', 'grid_w', 'motor_w'];
const small: readonly ReadingName[] = ['motor_a', 'motor_hz', 'dc_bus_v', 'temp_c', 'fault_code', 'signal_pct'];

const icons: Partial<Record<ReadingName, typeof SunIcon>> = { solar_w: SunIcon, grid_w: GridIcon, motor_w: MotorIcon };

/** The newest readings, each with its unit and time. @param current Whether they can be what is now; if not, they are shown as last known. */
export function DeviceFigures({ sample, current, time_zone }: { sample: Sample | null; current: boolean; time_zone: string }) {
  const time = sample === null ? null : Date.parse(sample.time);
  return (
    <section className="figures" aria-labelledby="figures-title" data-current={current}>
      <header className="section-head">
        <h2 id="figures-title">{current ? 'Latest readings' : 'Last known readings'}</h2>
        {time !== null && (
          <p className="section-head__aside">
            {current ? 'Taken ' : 'These are old: taken '}
            <Age time={time} time_zone={time_zone} />
          </p>
        )}
      </header>
      <dl className="figures__large">
        {large.map((name) => (
          <Figure key={name} name={name} sample={sample} time={time} time_zone={time_zone} />
        ))}
      </dl>
      <dl className="figures__small">
        {small.map((name) => (
          <Figure key={name} name={name} sample={sample} time={time} time_zone={time_zone} />
        ))}
      </dl>
    </section>
  );
}

function Figure({ name, sample, time, time_zone }: { name: ReadingName; sample: Sample | null; time: number | null; time_zone: string }) {
  const reading = readings[name];
  const value = sample?.[name] ?? null;
  const shown = value === null ? null : quantity(reading, value);
  const Icon = icons[name];
  return (
    <div className="figure" data-reading={name} data-alarm={(name === 'fault_code' && value !== null && value !== 0) || undefined}>
      <dt title={`${reading.meaning} (${name})`}>
        {Icon !== undefined && <Icon />}
        {reading.words}
      </dt>
      <dd>
        {shown === null ? (
          <span className="figure__value figure__value--none">
            <span aria-hidden="true">–</span>
            <span className="visually-hidden">not reported</span>
          </span>
        ) : (
          <span className="figure__value">
            {name === 'signal_pct' && value !== null && <SignalIcon percent={value} />}
            {shown.figure}
            {shown.unit !== '' && (
              <>
                {' '}
                <span className="unit">{shown.unit}</span>
              </>
            )}
            {name === 'fault_code' && value === 0 && <span className="unit"> no fault</span>}
          </span>
        )}
        {time !== null && value !== null && (
          <time className="figure__time" dateTime={new Date(time).toISOString()} title={timeInBothZones(time, time_zone)}>
            {exactClockTime(time, time_zone)}
          </time>
        )}
      </dd>
    </div>
  );
}
