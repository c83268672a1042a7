import { z } from 'zod';

const summary = z.object({
  name: z.string(),
  stack: z.string().optional(),
  /** Its description without what comes after "What to do:". */
  hurts: z.string(),
  /** The heading of the RUNBOOK that it names. */
  runbook: z.string().optional(),
  state: z.enum(['ok', 'alarm', 'insufficient_data']),
  reason: z.string(),
  /** Since when it has been in this state. */
  since: z.string(),
  /** The metric or expression in words, such as `Sum of Errors`. */
  watches: z.string(),
  comparison: z.enum(['≥', '>', '<', '≤']),
  threshold: z.number(),
  /** So many periods … */
  datapoints: z.int(),
  /** … of so many, of so many seconds each. */
  periods: z.int(),
  period_s: z.number(),
  missing: z.string(),
  /** Names of the topics that it tells. */
  tells: z.array(z.string()),
});
export type AlarmSummary = z.output<typeof summary>;

/** `GET /_local/api/alarms`: those that have gone off first. */
export const alarmList = z.object({ alarms: z.array(summary) });
export type AlarmList = z.output<typeof alarmList>;

/** `GET /_local/api/alarms/<name>` */
export const alarmDetail = z.object({
  ...summary.shape,
  /** Each metric with its dimensions, and the expression over them. */
  metrics: z.array(z.object({ id: z.string(), text: z.string(), dimensions: z.record(z.string(), z.string()) })),
  /** The value of each period of the last hours, oldest first; null where there was none. */
  values: z.array(z.object({ from: z.string(), value: z.number().nullable() })),
  history: z.array(z.object({ at: z.string(), type: z.string(), summary: z.string(), reason: z.string().optional() })),
});
export type AlarmDetail = z.output<typeof alarmDetail>;
