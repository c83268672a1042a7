import type { Scope } from './service.ts';

/** Units of CloudWatch's API that services here tell ("MetricDatum", Unit). */
export type MetricUnit = 'Count' | 'Milliseconds' | 'Seconds' | 'Bytes' | 'None';

/** One value of a metric, as an AWS service tells CloudWatch of itself. */
export interface MetricValue extends Scope {
  /** Such as `AWS/Lambda`. */
  readonly namespace: string;
  readonly metricName: string;
  /** By name. Whoever tells often hands the same object each time: its text is made once. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: MetricUnit;
  /** ms since 1970; now where it isn't said. */
  readonly at_ms?: number;
}
