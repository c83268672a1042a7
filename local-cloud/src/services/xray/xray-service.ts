import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { type CallContext, operation, type Protocol, type Service } from '../../kernel/service.ts';
import { traceStoreOf } from '../../tracing/trace-store.ts';
import { batchGetTraces } from '../../tracing/xray-documents.ts';
import { XrayDaemon } from './daemon.ts';
import { runningFunctions } from './running-functions.ts';
import { segmentSchema, spansOfDocument } from './segment-document.ts';

/** AWS X-Ray API Reference, "PutTraceSegments": 50 documents of at most 64 kB. "BatchGetTraces": 5 ids. */
const MAX_DOCUMENTS = 50;
const MAX_DOCUMENT_BYTES = 64 * 1024;
const MAX_TRACES = 5;

const ROUTES: Readonly<Record<string, string>> = { '/TraceSegments': 'PutTraceSegments', '/Traces': 'BatchGetTraces' };

const protocol: Protocol = {
  kind: 'rest',
  bind: ({ method, path, body }) => {
    const name = method === 'POST' ? ROUTES[path] : undefined;
    return name === undefined ? undefined : { operation: name, input: body.length === 0 ? {} : parsed(body.toString('utf8')) };
  },
  reply: (_operation, output) => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(output) }),
  fail: ({ code, message, httpStatus }) => ({
    status: httpStatus,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': code },
    body: JSON.stringify({ __type: code, Message: message }),
  }),
};

/** X-Ray, as far as functions and `aws xray batch-get-traces` use it: what is put is told to `cloud.onSpan`; what is read is what /_local/traces has. */
export function createXray(cloud: Cloud): Service {
  const daemon = new XrayDaemon(cloud);
  return {
    name: 'xray',
    protocol,
    operations: {
      PutTraceSegments: operation({
        input: z.strictObject({ TraceSegmentDocuments: z.array(z.string()).min(1).max(MAX_DOCUMENTS) }),
        authorize: () => [{ action: 'xray:PutTraceSegments', resource: '*' }],
        run: ({ TraceSegmentDocuments }, context) => ({
          UnprocessedTraceSegments: TraceSegmentDocuments.flatMap((text) => {
            const problem = take(cloud, text, context);
            return problem === undefined ? [] : [{ ErrorCode: 'InvalidDocument', Message: problem }];
          }),
        }),
      }),
      BatchGetTraces: operation({
        input: z.strictObject({ TraceIds: z.array(z.string()).min(1).max(MAX_TRACES), NextToken: z.string().optional() }),
        authorize: () => [{ action: 'xray:BatchGetTraces', resource: '*' }],
        run: ({ TraceIds }) => ({
          Traces: TraceIds.flatMap((id) => batchGetTraces(id, traceStoreOf(cloud)?.get(id)).Traces),
          UnprocessedTraceIds: [],
        }),
      }),
    },
    start: () => daemon.start(),
    stop: () => daemon.stop(),
  };
}

/** What is wrong with a document; undefined when it was taken. */
function take(cloud: Cloud, text: string, context: CallContext): string | undefined {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) return `more than ${MAX_DOCUMENT_BYTES} bytes`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Those beside it are taken.
    return 'no JSON';
  }
  const document = segmentSchema.safeParse(value);
  if (!document.success) return z.prettifyError(document.error);
  const request_id = document.data.metadata?.lambda?.request_id;
  const from = request_id === undefined ? undefined : runningFunctions(cloud).find(request_id);
  for (const span of spansOfDocument(document.data, context, from?.function_name)) cloud.recordSpan(span);
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('InvalidRequestException', 'The request is no JSON.');
  }
}
