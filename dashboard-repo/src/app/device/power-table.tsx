import { useMemo, useState } from 'react';
import { asText, power, readings } from '../device-states/readings.ts';
import { clockTime, dayAndTime } from '../time/wording.ts';
import { type PowerDay, powerHours } from './power-day.ts';

/** The curve as a table of hours, for those who can't see it and for those who want to copy it. */
export function PowerTable({ day, time_zone }: { day: PowerDay; time_zone: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details className="power-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The 24 hours as a table</summary>
      {open && <Hours day={day} time_zone={time_zone} />}
    </details>
  );
}

function Hours({ day, time_zone }: { day: PowerDay; time_zone: string }) {
  const hours = useMemo(() => {
    const zone = new Intl.DateTimeFormat('en-GB', { timeZone: time_zone, day: 'numeric', hour: '2-digit', timeZoneName: 'short' });
    return powerHours(day, (time) => zone.format(time * 1000));
  }, [day, time_zone]);
  const text = (watts: number | null) => (watts === null ? 'not reported' : asText(power(watts)));
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">{readings.solar_w.words}, mean</th>
          <th scope="col">{readings.grid_w.words}, mean</th>
          <th scope="col">Reported</th>
        </tr>
      </thead>
      <tbody>
        {hours.map(({ from, solar_w, grid_w, minutes }) => (
          <tr key={from}>
            <th scope="row" title={dayAndTime(from * 1000, time_zone)}>
              {clockTime(from * 1000, time_zone)}
            </th>
            <td>{text(solar_w)}</td>
            <td>{text(grid_w)}</td>
            <td>{minutes} min</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
