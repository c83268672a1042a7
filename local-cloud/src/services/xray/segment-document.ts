import { z } from 'zod';
import type { Scope } from '../../kernel/service.ts';
import type { Span } from '../../kernel/span.ts';

const id = z.string().regex(/^[0-9a-f]{16}$/, 'must be 16 hexadecimal digits');
const annotations = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** The members of a (sub)segment that are kept ("AWS X-Ray segment documents"); all others are taken and left out, as X-Ray takes what it doesn't index. */
const common = {
  name: z.string().min(1).max(200),
  id,
  start_time: z.number().positive(),
  end_time: z.number().positive().optional(),
  in_progress: z.boolean().optional(),
  namespace: z.string().optional(),
  annotations: annotations.optional(),
  aws: z.looseObject({ operation: z.string().optional(), request_id: z.string().optional() }).optional(),
  metadata: z.looseObject({ lambda: z.looseObject({ request_id: z.string() }).optional() }).optional(),
  http: z.looseObject({ response: z.looseObject({ status: z.number().int() }).optional() }).optional(),
  error: z.boolean().optional(),
  fault: z.boolean().optional(),
  throttle: z.boolean().optional(),
  cause: z.looseObject({ exceptions: z.array(z.looseObject({ type: z.string().optional() })).optional() }).optional(),
};
const ownSchema = z.looseObject(common);
type Part = z.output<typeof ownSchema> & { readonly subsegments?: readonly Part[] | undefined };
const subsegments = z.lazy((): z.ZodType<readonly Part[]> => z.array(subsegmentSchema)).optional();
const subsegmentSchema: z.ZodType<Part> = ownSchema.extend({ subsegments });

/** A segment, or a subsegment that is sent by itself. */
export const segmentSchema = ownSchema.extend({
  subsegments,
  trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/, "must be a trace's id"),
  parent_id: id.optional(),
  type: z.literal('subsegment').optional(),
});
export type SegmentDocument = z.output<typeof segmentSchema>;

/** X-Ray's quota: annotations of a trace that are indexed. */
const MAX_ANNOTATIONS = 50;
const MAX_TEXT = 1000;

/** The spans of a document and of what it holds. What is in progress still is none yet. `function_name`: whose environment sent it. */
export function spansOfDocument(document: SegmentDocument, scope: Scope, function_name: string | undefined): Span[] {
  const spans: Span[] = [];
  const add = (part: Part, parent_id: string | undefined, isWhole: boolean) => {
    if (part.end_time === undefined) return;
    const { name, namespace, aws } = part;
    const texts = Object.entries(part.annotations ?? {}).slice(0, MAX_ANNOTATIONS);
    const request_id = part.metadata?.lambda?.request_id ?? aws?.request_id;
    spans.push({
      account: scope.account,
      region: scope.region,
      trace_id: document.trace_id,
      span_id: part.id,
      parent_id,
      ...kind(namespace, isWhole),
      operation: namespace === 'aws' ? `${name} ${aws?.operation ?? ''}`.trim() : name,
      resource: resourceOf(aws) ?? (namespace === undefined ? function_name : undefined),
      start_ms: part.start_time * 1000,
      duration_ms: Math.max(0, (part.end_time - part.start_time) * 1000),
      errorCode: failureOf(part),
      attributes: {
        ...(request_id === undefined ? {} : { request_id }),
        ...(part.http?.response === undefined ? {} : { http_status: part.http.response.status }),
        ...Object.fromEntries(texts.map(([key, value]) => [key, typeof value === 'string' ? value.slice(0, MAX_TEXT) : value])),
      },
    });
    for (const below of part.subsegments ?? []) add(below, part.id, false);
  };
  add(document, document.parent_id, document.type === undefined);
  return spans;
}

/** A function's own work, or what it asked of AWS or of others, as it saw it. */
function kind(namespace: string | undefined, isWhole: boolean): { service: string } {
  if (namespace === undefined || isWhole) return { service: 'function' };
  return { service: namespace === 'aws' ? 'sdk' : 'http' };
}

function resourceOf(aws: Part['aws']): string | undefined {
  for (const key of ['table_name', 'topic_arn', 'queue_url', 'bucket_name', 'log_group']) {
    const value = aws?.[key];
    if (typeof value === 'string') return value.slice(0, MAX_TEXT);
  }
  return undefined;
}

function failureOf({ error, fault, throttle, cause }: Part): string | undefined {
  if (error !== true && fault !== true && throttle !== true) return undefined;
  return cause?.exceptions?.[0]?.type ?? (throttle === true ? 'Throttled' : error === true ? 'Error' : 'Fault');
}
