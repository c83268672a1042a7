import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { clockTime, dayAndTime } from '../time/wording.ts';
import { type ChartColors, chartColors } from './chart-colors.ts';
import type { PowerDay } from './power-day.ts';

/** What is drawn beside the curves. */
export interface PlotSituation {
  readonly day: PowerDay;
  /** The server's time, epoch milliseconds. */
  readonly now: number;
  /** When a silent device's last reading was taken, epoch milliseconds; null for one that is not silent. */
  readonly silentSince: number | null;
}

export interface PowerPlot {
  update(situation: PlotSituation): void;
  /** Puts the cursor on a step, or takes it away. */
  point(index: number | null): void;
  resize(width: number, height: number): void;
  destroy(): void;
}

/**
 * Draws a day's solar and grid power.
 * @param onPoint Called with the step that the pointer is on.
 */
export function powerPlot(
  element: HTMLElement,
  first: PlotSituation,
  time_zone: string,
  size: { width: number; height: number },
  onPoint: (index: number | null) => void,
): PowerPlot {
  const colors = chartColors(element);
  let situation = first;
  const line = (name: 'solar' | 'grid', fill: number): uPlot.Series => ({
    stroke: () => colors.of(`--${name}-line`),
    fill: () => colors.of(`--${name}-line`, fill),
    width: 1.75,
    spanGaps: false,
    points: {
      show: true,
      size: 4,
      width: 0,
      fill: () => colors.of(`--${name}-line`),
      filter: (plot, series) => alone(plot.data[series] ?? []),
    },
  });
  const axis = { stroke: () => colors.of('--ink-2'), font: '12px Plex, system-ui, sans-serif' };
  const plot = new uPlot(
    {
      ...size,
      tzDate: (time) => uPlot.tzDate(new Date(time * 1000), time_zone),
      legend: { show: false },
      padding: [12, 18, 0, 0],
      scales: {
        x: { time: true, range: () => [situation.day.times[0] ?? 0, situation.now / 1000] },
        y: { range: (_plot, _min, max) => [0, Math.max(100, (max ?? 0) * 1.08)] },
      },
      series: [{}, line('solar', 0.16), line('grid', 0.12)],
      axes: [
        {
          ...axis,
          grid: { show: false },
          ticks: { stroke: () => colors.of('--line'), width: 1, size: 6 },
          size: 32,
          space: 64,
          values: (_plot, times) => times.map((time) => tickWords(time, time_zone)),
        },
        {
          ...axis,
          size: 62,
          gap: 8,
          grid: { stroke: () => colors.of('--line'), width: 1 },
          ticks: { show: false },
          values: (_plot, values) => values.map((value) => axisWords(value, values.at(-1) ?? 0)),
        },
      ],
      cursor: {
        x: true,
        y: false,
        drag: { x: false, y: false },
        points: {
          size: 9,
          width: 2,
          stroke: () => colors.of('--surface'),
          fill: (_plot, series) => colors.of(series === 1 ? '--solar-line' : '--grid-line'),
        },
      },
      hooks: {
        drawClear: [(plot) => drawSilence(plot, situation, colors)],
        setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)],
      },
    },
    dataOf(first.day),
    element,
  );
  const followTouch = (event: PointerEvent) => {
    if (event.pointerType === 'mouse') return;
    const { left, top } = plot.over.getBoundingClientRect();
    plot.setCursor({ left: event.clientX - left, top: event.clientY - top });
  };
  plot.over.addEventListener('pointerdown', followTouch);
  plot.over.addEventListener('pointermove', followTouch);
  const stopListening = colors.onChange(() => plot.redraw(false));
  void document.fonts?.ready.then(() => plot.redraw(false, true));

  return {
    update(next) {
      situation = next;
      plot.setData(dataOf(next.day));
    },
    point(index) {
      const time = index === null ? undefined : situation.day.times[index];
      plot.setCursor(time === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(time, 'x'), top: 0 });
    },
    resize: (width, height) => plot.setSize({ width, height }),
    destroy() {
      stopListening();
      plot.destroy();
    },
  };
}

const dataOf = ({ times, solar_w, grid_w }: PowerDay): uPlot.AlignedData => [[...times], [...solar_w], [...grid_w]];

/** Readings without a neighbour, which no line leads to: without a point they would not be seen. */
function alone(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] != null && values[index - 1] == null && values[index + 1] == null) found.push(index);
  }
  return found;
}

function tickWords(time: number, time_zone: string): string {
  const clock = clockTime(time * 1000, time_zone);
  return clock === '00:00' ? dayAndTime(time * 1000, time_zone).replace(/,.*/, '') : clock;
}

/** All of an axis in one unit, that of its highest value, without zeros that say nothing. */
function axisWords(watts: number, highest: number): string {
  return highest < 1000 ? `${watts} W` : `${Number((watts / 1000).toFixed(2))} kW`;
}

/** Hatches the time from a silent device's last reading until now: nobody knows what it did. */
function drawSilence(plot: uPlot, { now, silentSince }: PlotSituation, colors: ChartColors): void {
  if (silentSince === null) return;
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const from = Math.max(left, plot.valToPos(silentSince / 1000, 'x', true));
  const to = Math.min(left + width, plot.valToPos(now / 1000, 'x', true));
  if (to - from < 1) return;
  const step = 9 * uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(from, top, to - from, height);
  ctx.clip();
  ctx.fillStyle = colors.of('--silent-line', 0.05);
  ctx.fillRect(from, top, to - from, height);
  ctx.strokeStyle = colors.of('--silent-line', 0.34);
  ctx.lineWidth = uPlot.pxRatio;
  ctx.beginPath();
  for (let x = from - height; x < to; x += step) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.strokeStyle = colors.of('--silent-line');
  ctx.beginPath();
  ctx.moveTo(from, top);
  ctx.lineTo(from, top + height);
  ctx.stroke();
  ctx.restore();
}
