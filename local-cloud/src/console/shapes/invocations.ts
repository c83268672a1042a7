import { z } from 'zod';

const summary = z.object({
  request_id: z.string(),
  function: z.string(),
  account: z.string(),
  region: z.string(),
  started_at: z.string(),
  /** `url`, `sqs`, `invoke` or `asynchronous`. */
  source: z.string(),
  /** The number of the version that ran; absent for `$LATEST`. */
  version: z.string().optional(),
  trace_id: z.string(),
  duration_ms: z.number(),
  billed_ms: z.number(),
  init_ms: z.number().optional(),
  cold_start: z.boolean(),
  memory_mb: z.number(),
  max_memory_mb: z.number(),
  error_type: z.string().optional(),
  lines: z.int(),
});
export type InvocationSummary = z.output<typeof summary>;

/** `GET /_local/invocations?function=&limit=`: newest first. */
export const invocationList = z.object({ invocations: z.array(summary) });
export type InvocationList = z.output<typeof invocationList>;

/** `GET /_local/invocations/<request_id>`; event and answer are JSON, left out where they were too long to keep. */
export const invocationDetail = z.object({
  ...summary.shape,
  log: z.array(z.object({ at: z.string(), text: z.string() })),
  event: z.string().optional(),
  answer: z.string().optional(),
});
export type InvocationDetail = z.output<typeof invocationDetail>;
