import { z } from 'zod';
import type { Span } from '../kernel/span.ts';

const spanId = z.string().regex(/^[0-9a-f]{16}$/);
const place = { trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/), span_id: spanId, parent_id: spanId.optional() };

/** A span that another process tells. */
export const spanSchema = z.strictObject({
  ...place,
  account: z.string(),
  region: z.string(),
  service: z.string(),
  operation: z.string(),
  resource: z.string().optional(),
  start_ms: z.number(),
  duration_ms: z.number().min(0),
  errorCode: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  links: z.array(z.strictObject(place)).readonly().optional(),
}) satisfies z.ZodType<Span>;
