import type { AlarmDetail } from '../../shapes/alarms.ts';
import { dayAndTime, number } from '../data/wording.ts';

const WIDTH = 720;
const HEIGHT = 140;
const BREACHES: Readonly<Record<AlarmDetail['comparison'], (value: number, threshold: number) => boolean>> = {
  '≥': (value, threshold) => value >= threshold,
  '>': (value, threshold) => value > threshold,
  '<': (value, threshold) => value < threshold,
  '≤': (value, threshold) => value <= threshold,
};

/** The value of each period as a bar, with the threshold across; a period without a value is a gap. */
export function ValueBars({ alarm }: { alarm: AlarmDetail }) {
  const { values, threshold, comparison, watches } = alarm;
  const highest = Math.max(threshold, ...values.map(({ value }) => value ?? 0)) * 1.15 || 1;
  const y = (value: number) => HEIGHT - (Math.max(0, value) / highest) * HEIGHT;
  const step = WIDTH / values.length;
  const isBreach = (value: number) => BREACHES[comparison](value, threshold);
  const breaches = values.filter(({ value }) => value !== null && isBreach(value)).length;
  return (
    <figure className="bars">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${watches}: ${breaches} of ${values.length} periods breach`}
      >
        {values.map(({ from, value }, index) =>
          value === null ? null : (
            <rect
              key={from}
              className={isBreach(value) ? 'bars__bar bars__bar--breach' : 'bars__bar'}
              x={index * step + 1.5}
              width={step - 3}
              y={Math.min(y(value), HEIGHT - 2)}
              height={Math.max(2, HEIGHT - y(value))}
            >
              <title>{`${dayAndTime(from)} UTC: ${number(value)}`}</title>
            </rect>
          ),
        )}
        <line className="bars__threshold" x1="0" x2={WIDTH} y1={y(threshold)} y2={y(threshold)} />
      </svg>
      <figcaption className="quiet small">
        <span>{dayAndTime(values[0]?.from ?? '').slice(11, 16)}</span>
        <span>the line is the threshold, {number(threshold)}; a gap is a period without a value</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}
