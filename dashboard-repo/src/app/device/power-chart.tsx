import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { GridIcon, SilentIcon, SunIcon } from '../design/icons.tsx';
import { asText, power, readings } from '../device-states/readings.ts';
import { clockTime, dayAndTime } from '../time/wording.ts';
import type { PowerDay } from './power-day.ts';
import { type PowerPlot, powerPlot } from './power-plot.ts';

const heightFor = (width: number): number => (width < 560 ? 240 : 320);

/**
 * The curves of a day, and what they are at the time that is pointed at: by mouse, by finger, or by the arrow keys, for which the chart is a slider
 * along its time.
 */
export function PowerChart({
  day,
  now,
  time_zone,
  silentSince,
}: {
  day: PowerDay;
  now: number;
  time_zone: string;
  silentSince: number | null;
}) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<PowerPlot>(undefined);
  const situation = useRef({ day, now, silentSince });
  situation.current = { day, now, silentSince };
  const [pointed, setPointed] = useState<number | null>(null);

  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const width = current.clientWidth;
    plot.current = powerPlot(current, situation.current, time_zone, { width, height: heightFor(width) }, setPointed);
    const observer = new ResizeObserver(() => plot.current?.resize(current.clientWidth, heightFor(current.clientWidth)));
    observer.observe(current);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [time_zone]);

  useEffect(() => plot.current?.update({ day, now, silentSince }), [day, now, silentSince]);

  const lastIndex = day.times.length - 1;
  const shown = Math.min(pointed ?? indexOfLast(day), lastIndex);
  const move = (event: KeyboardEvent) => {
    const to = keyTarget(event, shown, lastIndex);
    if (to === undefined) return;
    event.preventDefault();
    plot.current?.point(to);
    setPointed(to);
  };
  const at = (day.times[shown] ?? 0) * 1000;
  const solar = day.solar_w[shown] ?? null;
  const grid = day.grid_w[shown] ?? null;
  return (
    <div className="chart">
      <p className="chart__readout" data-pointed={pointed !== null || undefined}>
        <span className="chart__time">{clockTime(at, time_zone)}</span>
        <span className="chart__value chart__value--solar">
          <SunIcon /> <span className="chart__name">{readings.solar_w.words}</span> <b>{inWords(solar)}</b>
        </span>
        <span className="chart__value chart__value--grid">
          <GridIcon /> <span className="chart__name">{readings.grid_w.words}</span> <b>{inWords(grid)}</b>
        </span>
        {silentSince !== null && (
          <span className="chart__since">
            <SilentIcon /> No data since {timeOfDayOrDate(silentSince, now, time_zone)}
          </span>
        )}
      </p>
      <div
        className="chart__plot"
        role="slider"
        tabIndex={0}
        aria-label="Solar and grid power over the last 24 hours; the arrow keys go through the time"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={lastIndex}
        aria-valuenow={shown}
        aria-valuetext={`${clockTime(at, time_zone)}: solar ${inWords(solar)}, grid ${inWords(grid)}`}
        onKeyDown={move}
        onBlur={() => plot.current?.point(null)}
      >
        <div ref={element} className="chart__canvas" />
      </div>
    </div>
  );
}

/** The time of day alone says which one it was only for less than a day. */
const timeOfDayOrDate = (time: number, now: number, time_zone: string): string =>
  now - time < 86_400_000 ? clockTime(time, time_zone) : dayAndTime(time, time_zone);

const inWords = (watts: number | null): string => (watts === null ? 'no data' : asText(power(watts)));

function indexOfLast({ times, last }: PowerDay): number {
  const first = times[0];
  return last === null || first === undefined ? times.length - 1 : Math.round((last - first) / 60);
}

function keyTarget({ key, shiftKey, altKey, ctrlKey, metaKey }: KeyboardEvent, from: number, last: number): number | undefined {
  if (altKey || ctrlKey || metaKey) return undefined;
  const step = shiftKey ? 60 : 5;
  const steps: Record<string, number> = {
    ArrowLeft: -step,
    ArrowDown: -step,
    ArrowRight: step,
    ArrowUp: step,
    PageDown: -60,
    PageUp: 60,
    Home: -last,
    End: last,
  };
  const by = steps[key];
  return by === undefined ? undefined : Math.min(last, Math.max(0, from + by));
}
