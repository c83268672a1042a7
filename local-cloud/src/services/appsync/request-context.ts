import type { RequestHeaders } from './authentication.ts';
import type { GraphqlCaller } from './caller.ts';
import type { RequestContext } from './execution/field-resolver.ts';

/** What the resolvers of a request are told of it ("Access request headers", "Identity"). */
export function requestContext(
  caller: GraphqlCaller,
  request: { readonly headers: RequestHeaders; readonly sourceIp: string },
  variables: Readonly<Record<string, unknown>>,
  traceHeader: string,
): RequestContext {
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined && name !== 'cookie') headers[name] = value;
  const forwarded = request.headers['x-forwarded-for'];
  const before = typeof forwarded === 'string' ? forwarded.split(',').map((address) => address.trim()) : [];
  const sourceIp = [...before, request.sourceIp];
  headers['x-forwarded-for'] = sourceIp.join(', ');
  headers['x-amzn-trace-id'] = traceHeader;
  return { caller, headers, variables, sourceIp, traceHeader };
}
