import { z } from 'zod';

const summary = z.object({ request_id: z.string(), started_at: z.string() });
const detail = z.object({
  request_id: z.string(),
  function: z.string(),
  started_at: z.string(),
  duration_ms: z.number(),
  billed_ms: z.number(),
  init_ms: z.number().optional(),
  cold_start: z.boolean(),
  memory_mb: z.number(),
  max_memory_mb: z.number(),
  error_type: z.string().optional(),
  log: z.array(z.object({ at: z.string(), text: z.string() })),
});
export type InvocationShown = z.output<typeof detail>;

/** The invocations of functions in a trace with their logs, the oldest first (`GET /_local/invocations`). */
export async function invocationsIn(aws: string, trace_id: string): Promise<InvocationShown[]> {
  const list = z.object({ invocations: z.array(summary) }).parse(await get(aws, `?limit=50&trace_id=${trace_id}`));
  const details = list.invocations.map(async ({ request_id }) => detail.parse(await get(aws, `/${request_id}`)));
  return (await Promise.all(details)).sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
}

async function get(aws: string, path: string): Promise<unknown> {
  const response = await fetch(`${aws}/_local/invocations${path}`);
  if (!response.ok) throw new Error(`/_local/invocations${path} was answered ${response.status}: ${await response.text()}`);
  return response.json();
}
