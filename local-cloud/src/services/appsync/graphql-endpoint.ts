import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError, NotCarriedOut } from '../../kernel/aws-error.ts';
import type { HttpReply, HttpRequest } from '../../kernel/service.ts';
import { traceFor } from '../lambda/trace-header.ts';
import type { ApiRuntime } from './api-runtime.ts';
import { APPSYNC_PREFIX, type Apis } from './apis.ts';
import { authenticate, NotLetIn, refusedByIam } from './authentication.ts';
import type { GraphqlCaller } from './caller.ts';
import { execute } from './execution/execute.ts';
import type { AnsweredError } from './execution/graphql-errors.ts';
import type { FieldPlan, OperationPlan } from './execution/plan.ts';
import { RequestRefused } from './execution/request-plans.ts';
import { operationUsage } from './operation-units.ts';
import { requestContext } from './request-context.ts';
import { openSpan, withResolverSpans } from './request-spans.ts';
import { emitGraphqlRequest } from './timings.ts';

/** As AppSync answers, so that web pages of anywhere may read it. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version',
};
const JSON_HEADERS = { ...CORS, 'content-type': 'application/json;charset=UTF-8' };

const bodySchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});
type Body = z.output<typeof bodySchema>;

/** What a mutation gave, for those who have subscribed to it. */
export type OnMutated = (runtime: ApiRuntime, field: FieldPlan, value: unknown, traceHeader: string) => void;

/** Times as they come, in milliseconds of the monotonic clock. */
interface Marks {
  readonly started: number;
  authenticated?: number;
  planned?: number;
  authorized?: number;
  resolvers_ms: number;
  plan?: OperationPlan;
  caller?: GraphqlCaller;
  readonly traceHeader: string;
  firstError?: string | undefined;
}

/** Answers `POST <endpoint>/_appsync/<api id>/graphql`. */
export class GraphqlEndpoint {
  readonly #apis: Apis;
  readonly #onMutated: OnMutated;

  constructor(apis: Apis, onMutated: OnMutated) {
    this.#apis = apis;
    this.#onMutated = onMutated;
  }

  matches({ path }: HttpRequest): boolean {
    return path.startsWith(APPSYNC_PREFIX);
  }

  async handle(request: HttpRequest): Promise<HttpReply> {
    if (request.method === 'OPTIONS') return preflight(request);
    const [apiId = '', ...rest] = request.path.slice(APPSYNC_PREFIX.length).split('/');
    const runtime = rest.join('/') === 'graphql' ? this.#apis.runtime(apiId) : undefined;
    if (runtime === undefined) return failed(404, 'NotFoundException', 'There is no GraphQL API at this address.');
    if (request.method !== 'POST') return failed(405, 'MethodNotAllowedException', `${request.method} is not supported.`);
    const requestId = randomUUID();
    const tracing = runtime.api.xrayEnabled ? 'Active' : 'PassThrough';
    const callersTrace = traceFor(request.headers['x-amzn-trace-id']?.toString(), tracing, this.#apis.cloud.clock());
    const span = openSpan(this.#apis.cloud, runtime.scope, apiId, callersTrace);
    const marks: Marks = { started: performance.now(), resolvers_ms: 0, traceHeader: span.header };
    let reply: HttpReply;
    try {
      reply = await this.#answer(runtime, request, marks);
    } catch (error) {
      reply = replyTo(error);
      marks.firstError = error instanceof Error ? error.message : undefined;
    }
    this.#emit(runtime, requestId, reply, marks);
    span.end({
      operation: marks.plan?.name ?? marks.plan?.kind ?? 'unknown',
      errorCode: reply.headers?.['x-amzn-errortype']?.toString() ?? marks.firstError?.slice(0, 200),
      attributes: { request_id: requestId, http_status: reply.status, kind: marks.plan?.kind ?? 'unknown' },
    });
    return { ...reply, headers: { ...reply.headers, 'x-amzn-RequestId': requestId } };
  }

  async #answer(runtime: ApiRuntime, request: HttpRequest, marks: Marks): Promise<HttpReply> {
    const { cloud } = this.#apis;
    const caller = await authenticate(cloud, runtime, request.headers);
    marks.caller = caller;
    marks.authenticated = performance.now();
    const body = bodyOf(request);
    if (runtime.plans === undefined) return failed(502, 'GraphQLSchemaException', 'The API has no schema.');
    const { traceHeader } = marks;
    const rawVariables = body.variables ?? {};
    const prepared = runtime.plans.prepare(body.query, body.operationName ?? undefined, rawVariables, caller.mode);
    marks.plan = prepared.plan;
    marks.planned = performance.now();
    if (prepared.plan.kind === 'subscription')
      throw new RequestRefused([{ errorType: 'OperationNotSupported', message: 'Subscriptions are told over a web socket alone.' }]);
    const refused = refusedByIam(cloud, runtime, caller, prepared.plan.fields);
    marks.authorized = performance.now();
    const plan =
      refused.size === 0 ? prepared.plan : { ...prepared.plan, fields: prepared.plan.fields.map((field) => without(field, refused)) };
    const { data, errors, resolvers_ms } = await execute({
      ...prepared,
      plan,
      request: withResolverSpans(requestContext(caller, request, rawVariables, traceHeader), cloud, runtime.scope),
      resolverLimit: runtime.api.resolverCountLimit,
      onMutated: (field, value) => this.#onMutated(runtime, field, value, traceHeader),
    });
    marks.resolvers_ms = resolvers_ms;
    marks.firstError = nameOf(errors[0]);
    return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(errors.length === 0 ? { data } : { data, errors }) };
  }

  #emit(runtime: ApiRuntime, requestId: string, reply: HttpReply, marks: Marks): void {
    const ended = performance.now();
    const { started, plan, caller, resolvers_ms, firstError } = marks;
    const authenticated = marks.authenticated ?? ended;
    const planned = marks.planned ?? ended;
    const authorized = marks.authorized ?? planned;
    this.#apis.cloud.putMetric({
      ...runtime.scope,
      namespace: 'AWS/AppSync',
      metricName: '5XXError',
      dimensions: { GraphQLAPIId: runtime.api.apiId },
      value: reply.status >= 500 ? 1 : 0,
      unit: 'Count',
    });
    this.#apis.cloud.meter(operationUsage(runtime, plan?.kind, caller?.mode, reply));
    emitGraphqlRequest(this.#apis.cloud, {
      ...runtime.scope,
      service: 'appsync',
      operation: plan?.name ?? plan?.kind ?? 'unknown',
      apiId: runtime.api.apiId,
      requestId,
      traceHeader: marks.traceHeader,
      principalArn:
        caller === undefined ? 'anonymous' : caller.mode === 'AWS_IAM' ? caller.principal.arn : `cognito:${caller.identity.sub}`,
      httpStatus: reply.status,
      duration_ms: ended - started,
      authorization_ms: authenticated - started + (authorized - planned),
      plan_ms: planned - authenticated,
      resolvers_ms,
      completion_ms: ended - authorized - resolvers_ms,
      ...(firstError === undefined ? {} : { firstError }),
    });
  }
}

function without(field: FieldPlan, refused: ReadonlySet<FieldPlan>): FieldPlan {
  return refused.has(field) ? { ...field, refusal: 'unauthorized' } : field;
}

function nameOf(error: AnsweredError | undefined): string | undefined {
  return error?.errorType ?? error?.message;
}

function bodyOf({ body }: HttpRequest): Body {
  const malformed = (message: string) => new NotLetIn('MalformedHttpRequestException', message, 400);
  if (body.length === 0) throw malformed('Request body is empty.');
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    throw malformed('Unable to parse GraphQL query.');
  }
  const checked = bodySchema.safeParse(parsed);
  if (!checked.success) throw malformed('Unable to parse GraphQL query.');
  return checked.data;
}

function replyTo(error: unknown): HttpReply {
  if (error instanceof RequestRefused)
    return { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ data: null, errors: error.errors }) };
  if (error instanceof NotLetIn) return failed(error.httpStatus, error.errorType, error.message);
  if (error instanceof NotCarriedOut) return failed(error.httpStatus, error.code, error.message);
  if (error instanceof AwsError) return failed(error.httpStatus, error.code, error.message);
  console.error('appsync: a GraphQL request failed inside the local cloud:', error);
  return failed(500, 'InternalFailure', 'The local cloud failed inside; see its console.');
}

function failed(status: number, errorType: string, message: string): HttpReply {
  return {
    status,
    headers: { ...JSON_HEADERS, 'x-amzn-errortype': errorType },
    body: JSON.stringify({ errors: [{ errorType, message }] }),
  };
}

function preflight({ headers }: HttpRequest): HttpReply {
  const asked = headers['access-control-request-headers'];
  return {
    status: 200,
    headers: {
      ...CORS,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': asked ?? 'content-type,authorization,x-amz-user-agent',
      'access-control-max-age': '172800',
    },
  };
}
