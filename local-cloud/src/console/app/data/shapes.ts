import { z } from 'zod';

const summary = z.object({
  trace_id: z.string(),
  started_at: z.string(),
  duration_ms: z.number(),
  begins_with: z.object({ service: z.string(), operation: z.string(), resource: z.string().optional() }),
  spans: z.number(),
  errors: z.number(),
});
export type TraceSummary = z.output<typeof summary>;

/** `GET /_local/traces` */
export const traceList = z.object({ traces: z.array(summary) });

const place = z.object({ trace_id: z.string(), span_id: z.string(), parent_id: z.string().optional() });
const span = z.object({
  ...place.shape,
  account: z.string(),
  region: z.string(),
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  start_ms: z.number(),
  duration_ms: z.number(),
  errorCode: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  links: z.array(place).optional(),
});
export type Span = z.output<typeof span>;

/** `GET /_local/traces/<trace id>` */
export const trace = z.object({ trace_id: z.string(), spans: z.array(span), left_out: z.number().optional() });

/** `GET /_local/usage` */
export const usage = z.object({
  since: z.string(),
  until: z.string(),
  usage: z.array(
    z.object({
      account: z.string(),
      region: z.string(),
      service: z.string(),
      operation: z.string(),
      resource: z.string().optional(),
      calls: z.number(),
      units: z.record(z.string(), z.number()),
    }),
  ),
  stored: z.array(
    z.object({
      account: z.string(),
      region: z.string(),
      service: z.string(),
      resource: z.string(),
      bytes: z.number(),
      items: z.number().optional(),
    }),
  ),
});
export type Usage = z.output<typeof usage>;
