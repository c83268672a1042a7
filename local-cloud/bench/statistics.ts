/** What is told of a set of durations, in milliseconds. */
export interface Summary {
  readonly count: number;
  readonly mean_ms: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Nearest-rank percentiles of durations in milliseconds; all zero for none. */
export function summarize(durations_ms: readonly number[]): Summary {
  const sorted = [...durations_ms].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    mean_ms: sorted.length === 0 ? 0 : sum / sorted.length,
    p50_ms: at(0.5),
    p99_ms: at(0.99),
    max_ms: sorted.at(-1) ?? 0,
  };
}

/** One row of a table: a name of 34 columns, then figures of 9. */
export function row(name: string, figures: readonly (string | number)[]): string {
  const shown = figures.map((figure) => (typeof figure === 'number' ? figure.toFixed(1) : figure).padStart(9));
  return `  ${name.padEnd(34)}${shown.join('')}`;
}

/** The row of a summary. */
export function summaryRow(name: string, { count, mean_ms, p50_ms, p99_ms, max_ms }: Summary): string {
  return row(name, [String(count), mean_ms, p50_ms, p99_ms, max_ms]);
}

export const summaryHeading = row('', ['count', 'mean ms', 'p50 ms', 'p99 ms', 'max ms']);
