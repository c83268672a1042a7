import { z } from 'zod';

const summary = z.object({
  name: z.string(),
  arn: z.string(),
  description: z.string(),
  runtime: z.string(),
  memory_mb: z.number(),
  timeout_s: z.number(),
  code_bytes: z.number(),
  modified_at: z.string(),
  log_group: z.string(),
  role: z.string(),
  stack: z.string().optional(),
  /** What calls it, as it is deployed: a URL, queues, APIs, user pools. */
  called_by: z.array(z.object({ kind: z.string(), name: z.string() })),
  /** Of the latest invocations that are kept. */
  latest: z.object({
    invocations: z.int(),
    errors: z.int(),
    cold_starts: z.int(),
    p50_ms: z.number().nullable(),
    p95_ms: z.number().nullable(),
    last_at: z.string().optional(),
  }),
});
export type FunctionSummary = z.output<typeof summary>;

/** `GET /_local/api/functions` */
export const functionList = z.object({ functions: z.array(summary) });
export type FunctionList = z.output<typeof functionList>;

/** `GET /_local/api/functions/<name>` */
export const functionDetail = z.object({
  ...summary.shape,
  environment: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Published ones, newest first. */
  versions: z.array(z.object({ version: z.string(), published_at: z.string(), memory_mb: z.number(), code_sha256: z.string() })),
  /** `share`: 0 to 1; two versions share an alias while a deployment runs. */
  aliases: z.array(z.object({ name: z.string(), shares: z.array(z.object({ version: z.string(), share: z.number() })) })),
  grants: z.array(z.object({ effect: z.string(), actions: z.array(z.string()), resources: z.array(z.string()) })),
});
export type FunctionDetail = z.output<typeof functionDetail>;
