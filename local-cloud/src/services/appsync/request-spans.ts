import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';
import { type Span, spanTime_ms } from '../../kernel/span.ts';
import { newSpanId, parseTraceHeader, withParent } from '../../kernel/trace-header.ts';
import type { RequestContext } from './execution/field-resolver.ts';
import { ResolverError } from './execution/graphql-errors.ts';

/** A piece of a request's work that goes on. */
export interface OpenSpan {
  /** For whatever it sets off: names it as the parent. */
  readonly header: string;
  end(told: Pick<Span, 'operation' | 'errorCode' | 'attributes'>): void;
}

/** Opens a span of AppSync below the header's parent. `resource`: the API's id, or a field such as `Query.devices`. */
export function openSpan(cloud: Cloud, { account, region }: Scope, resource: string, header: string): OpenSpan {
  const span_id = newSpanId();
  const start_ms = spanTime_ms();
  return {
    header: withParent(header, span_id),
    end: (told) => {
      const trace = parseTraceHeader(header);
      if (trace === undefined) return;
      const place = { trace_id: trace.root, span_id, parent_id: trace.parent };
      cloud.recordSpan({
        account,
        region,
        ...place,
        service: 'appsync',
        resource,
        start_ms,
        duration_ms: spanTime_ms() - start_ms,
        ...told,
      });
    },
  };
}

/** A request that tells of each of its resolvers; what a resolver asks of its data source is that span's child. */
export function withResolverSpans(request: RequestContext, cloud: Cloud, scope: Scope): RequestContext {
  return {
    ...request,
    traced: async (field, work) => {
      const span = openSpan(cloud, scope, `${field.parent}.${field.name}`, request.traceHeader);
      let errorCode: string | undefined;
      try {
        return await work({ ...request, traceHeader: span.header });
      } catch (error) {
        errorCode = error instanceof ResolverError ? (error.errorType ?? 'Error') : 'InternalFailure';
        throw error;
      } finally {
        span.end({ operation: 'resolver', errorCode });
      }
    },
  };
}
