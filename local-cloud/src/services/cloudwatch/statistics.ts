import { NotCarriedOut } from '../../kernel/aws-error.ts';
import type { StatisticSet } from './datapoints.ts';

/** "Statistics definitions": those that are asked for by their name alone. */
export const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** Throws NotCarriedOut for percentiles, trimmed means and the like, which need every single value. */
export function statisticOf(name: string): Statistic {
  const found = STATISTICS.find((one) => one === name);
  if (found === undefined) throw new NotCarriedOut(`the statistic "${name}" of CloudWatch: only ${STATISTICS.join(', ')}`);
  return found;
}

export function statisticValue(statistic: Statistic, { count, sum, minimum, maximum }: StatisticSet): number {
  switch (statistic) {
    case 'SampleCount':
      return count;
    case 'Average':
      return sum / count;
    case 'Sum':
      return sum;
    case 'Minimum':
      return minimum;
    case 'Maximum':
      return maximum;
  }
}
