import type { Span, SpanPlace } from '../kernel/span.ts';
import { inOrder } from './trace-queries.ts';
import type { Trace } from './trace-store.ts';

/** What X-Ray's BatchGetTraces answers for one trace (AWS X-Ray API Reference, "Trace", "Segment"). */
export interface BatchGetTracesAnswer {
  readonly Traces: readonly {
    readonly Id: string;
    /** Seconds. */
    readonly Duration: number;
    readonly LimitExceeded: boolean;
    readonly Segments: readonly { readonly Id: string; readonly Document: string }[];
  }[];
  readonly UnprocessedTraceIds: readonly string[];
}

/** A trace that isn't known is left out, as X-Ray does. */
export function batchGetTraces(trace_id: string, trace: Trace | undefined): BatchGetTracesAnswer {
  if (trace === undefined || trace.spans.length === 0) return { Traces: [], UnprocessedTraceIds: [] };
  const spans = inOrder(trace);
  const start_ms = Math.min(...spans.map((span) => span.start_ms));
  const end_ms = Math.max(...spans.map((span) => span.start_ms + span.duration_ms));
  const Segments = spans.map((span) => ({ Id: span.span_id, Document: JSON.stringify(segmentDocument(span)) }));
  return {
    Traces: [{ Id: trace_id, Duration: seconds(end_ms - start_ms), LimitExceeded: trace.left_out > 0, Segments }],
    UnprocessedTraceIds: [],
  };
}

/** Types of AWS resources as X-Ray names a segment's origin; of services that aren't here the origin is left out. */
const ORIGINS: Readonly<Record<string, string>> = {
  lambda: 'AWS::Lambda',
  function: 'AWS::Lambda::Function',
  dynamodb: 'AWS::DynamoDB::Table',
  sns: 'AWS::SNS',
  sqs: 'AWS::SQS::Queue',
  s3: 'AWS::S3::Bucket',
  appsync: 'AWS::AppSync::GraphQLAPI',
};

/** Where the segment document keeps the name of what was called ("AWS X-Ray segment documents", "AWS resource data"). */
const RESOURCE_KEYS: Readonly<Record<string, string>> = {
  dynamodb: 'table_name',
  sqs: 'queue_url',
  sns: 'topic_arn',
  s3: 'bucket_name',
  lambda: 'function_name',
  logs: 'log_group',
};

/**
 * A span as a segment document (AWS X-Ray Developer Guide, "AWS X-Ray segment documents"): times in seconds since 1970, annotations with letters,
 * digits and underscores in their keys. An error is X-Ray's fault when it is the server's, its error when it is the caller's, a throttle by its name.
 */
export function segmentDocument(span: Span): Record<string, unknown> {
  const { service, operation, resource, attributes, links = [], linked_by = [] } = span;
  const key = RESOURCE_KEYS[service];
  const origin = ORIGINS[service];
  const { request_id, ...annotations } = attributes ?? {};
  return {
    name: nameOf(span),
    id: span.span_id,
    trace_id: span.trace_id,
    ...(span.parent_id === undefined ? {} : { parent_id: span.parent_id }),
    start_time: seconds(span.start_ms),
    end_time: seconds(span.start_ms + span.duration_ms),
    ...(origin === undefined ? {} : { origin }),
    ...blame(span.errorCode),
    aws: {
      account_id: span.account,
      region: span.region,
      operation,
      ...(request_id === undefined ? {} : { request_id }),
      ...(resource === undefined || key === undefined ? {} : { [key]: resource }),
    },
    annotations: Object.fromEntries(Object.entries(annotations).map(([name, value]) => [name.replaceAll(/[^A-Za-z0-9_]/g, '_'), value])),
    ...(links.length + linked_by.length === 0
      ? {}
      : {
          links: [...links.map((link) => linkDocument(link, 'parent')), ...linked_by.map((link) => linkDocument(link, 'child'))],
        }),
  };
}

/** AWS shows linked traces in its console but doesn't document the form: these members are after OpenTelemetry's span links. */
function linkDocument({ trace_id, span_id }: SpanPlace, reference_type: 'parent' | 'child'): Record<string, unknown> {
  return { trace_id, id: span_id, attributes: { reference_type } };
}

/** X-Ray allows letters, digits, white space and _ . : / % & # = + \ - @, 200 characters. */
function nameOf({ service, operation, resource }: Span): string {
  const name =
    service === 'function' || service === 'lambda' ? (resource ?? service) : service === 'particle' ? `particle ${operation}` : service;
  return name.replaceAll(/[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu, '_').slice(0, 200);
}

function blame(errorCode: string | undefined): Record<string, unknown> {
  if (errorCode === undefined) return {};
  const cause = { exceptions: [{ id: '0000000000000000', type: errorCode, message: errorCode }] };
  if (/throttl|TooManyRequests/i.test(errorCode)) return { error: true, throttle: true, cause };
  return isCallers(errorCode) ? { error: true, cause } : { fault: true, cause };
}

/** Names of what a caller did wrong, as AWS's services give them; any other failure is the server's. */
function isCallers(errorCode: string): boolean {
  return /AccessDenied|Unauthorized|NotFound|NotLetIn|Validation|Invalid|Conflict|ConditionalCheckFailed|AlreadyExists|HTTP 4\d\d/i.test(
    errorCode,
  );
}

/** With microseconds. */
function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(6));
}
