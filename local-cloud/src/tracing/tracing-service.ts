import { z } from 'zod';
import type { Cloud } from '../kernel/cloud.ts';
import type { HttpReply, HttpRequest, Service } from '../kernel/service.ts';
import { spanOfCall } from './call-spans.ts';
import { findTraces, inOrder } from './trace-queries.ts';
import { keepTracesOf, TRACE_BOUNDS, type TraceBounds, TraceStore } from './trace-store.ts';
import { batchGetTraces } from './xray-documents.ts';

const PATH = '/_local/traces';

const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(TRACE_BOUNDS.traces).default(50),
  device: z.string().min(1).optional(),
  function: z.string().min(1).optional(),
  errors: z.enum(['true', 'false']).default('false'),
});
const traceQuery = z.strictObject({ format: z.enum(['spans', 'xray']).default('spans') });

/**
 * No service of AWS: keeps the latest traces in memory. `GET /_local/traces?limit=&device=&function=&errors=true` lists them, newest first;
 * `GET /_local/traces/<trace id>` is one of them, its spans in the order of their starts, and with `?format=xray` what X-Ray's BatchGetTraces answers.
 * A query that is wrong is answered 400 with `{ "error" }`, a trace that isn't known (any more) 404.
 */
export function createTracing(cloud: Cloud, bounds: TraceBounds = TRACE_BOUNDS): Service {
  const store = new TraceStore(bounds);
  keepTracesOf(cloud, store);
  cloud.onCall((record) => {
    const span = spanOfCall(record);
    if (span !== undefined) store.add(span);
  });
  cloud.onSpan((span) => store.add(span));
  return {
    name: 'tracing',
    protocol: { kind: 'json', version: '1.1', target: 'LocalTracing' },
    operations: {},
    openPaths: [
      {
        matches: ({ method, path }) => method === 'GET' && (path === PATH || path.startsWith(`${PATH}/`)),
        handle: async (request) => answer(store, request),
      },
    ],
  };
}

function answer(store: TraceStore, { path, query }: HttpRequest): HttpReply {
  const asked = Object.fromEntries(query);
  if (path === PATH) {
    const filter = listQuery.safeParse(asked);
    if (!filter.success) return wrong(filter.error);
    return json(200, { traces: findTraces(store, { ...filter.data, errors: filter.data.errors === 'true' }) });
  }
  const format = traceQuery.safeParse(asked);
  if (!format.success) return wrong(format.error);
  const trace_id = path.slice(PATH.length + 1);
  const trace = store.get(trace_id);
  if (format.data.format === 'xray') return json(200, batchGetTraces(trace_id, trace));
  if (trace === undefined) return json(404, { error: `No trace ${JSON.stringify(trace_id)} is known (any more).` });
  return json(200, { trace_id, spans: inOrder(trace), ...(trace.left_out === 0 ? {} : { left_out: trace.left_out }) });
}

function wrong(error: z.ZodError): HttpReply {
  const reasons = error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  return json(400, { error: reasons.join('; ') });
}

function json(status: number, value: unknown): HttpReply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) };
}
