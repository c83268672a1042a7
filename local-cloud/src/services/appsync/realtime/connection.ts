import type { WebSocket } from 'ws';
import { z } from 'zod';
import { AwsError } from '../../../kernel/aws-error.ts';
import { traceFor } from '../../lambda/trace-header.ts';
import type { ApiRuntime } from '../api-runtime.ts';
import type { Apis } from '../apis.ts';
import { authenticate, NotLetIn, type RequestHeaders, refusedByIam } from '../authentication.ts';
import { resolveAlone } from '../execution/execute.ts';
import { ResolverError } from '../execution/graphql-errors.ts';
import { RequestRefused } from '../execution/request-plans.ts';
import { requestContext } from '../request-context.ts';
import { openSpan } from '../request-spans.ts';
import { meterTold } from './realtime-units.ts';
import { FilterRefused, readFilter } from './subscription-filter.ts';
import type { Subscription, Subscriptions } from './subscriptions.ts';

/** "Connection acknowledge message". */
const CONNECTION_TIMEOUT_MS = 300_000;
/** AppSync endpoints and quotas: "Subscriptions per connection". */
const MAX_SUBSCRIPTIONS = 100;

const messageSchema = z.object({
  type: z.string(),
  id: z.string().min(1).optional(),
  payload: z.unknown().optional(),
});
type Message = z.output<typeof messageSchema>;

const startSchema = z.object({
  data: z.string(),
  extensions: z.object({ authorization: z.record(z.string(), z.unknown()) }),
});
const dataSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** One thing that went wrong, as messages of the realtime protocol tell it. */
interface ToldError {
  readonly errorType?: string;
  readonly message: string;
  readonly errorCode?: number;
}

/** A web socket that speaks `graphql-ws` (AWS AppSync Developer Guide, "Building a real-time WebSocket client"). */
export class RealtimeConnection {
  readonly apiId: string;
  readonly #socket: WebSocket;
  readonly #apis: Apis;
  readonly #subscriptions: Subscriptions;
  readonly #sourceIp: string;
  readonly #timer: NodeJS.Timeout;
  /** By their ids; undefined as long as one only begins. */
  readonly #begun = new Map<string, { subscription?: Subscription }>();

  constructor(
    socket: WebSocket,
    options: { apiId: string; apis: Apis; subscriptions: Subscriptions; sourceIp: string; keepAlive_ms: number },
  ) {
    this.#socket = socket;
    this.apiId = options.apiId;
    this.#apis = options.apis;
    this.#subscriptions = options.subscriptions;
    this.#sourceIp = options.sourceIp;
    this.#timer = setInterval(() => this.#send({ type: 'ka' }), options.keepAlive_ms);
    this.#timer.unref();
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('close', () => this.#end());
  }

  /** Tells why nobody is let in, and ends it. */
  static refuse(socket: WebSocket, { errorType, message, httpStatus }: NotLetIn): void {
    // An expired token is told as such; of everything else no more than that it isn't enough.
    const told = message === 'Token has expired.' || httpStatus !== 401 ? message : 'You are not authorized to make this call.';
    socket.send(JSON.stringify({ payload: { errors: [{ errorType, message: told, errorCode: httpStatus }] }, type: 'connection_error' }));
    socket.close(1008);
  }

  close(): void {
    this.#socket.close(1001);
  }

  #end(): void {
    clearInterval(this.#timer);
    for (const { subscription } of this.#begun.values()) if (subscription !== undefined) this.#subscriptions.remove(subscription);
    this.#begun.clear();
  }

  #receive(text: string): void {
    const message = parsed(messageSchema, text);
    switch (message?.type) {
      case undefined:
        this.#fail(undefined, { errorType: 'BadRequestException', message: 'The message is not a JSON object with a type.' });
        break;
      case 'connection_init':
        this.#send({ type: 'connection_ack', payload: { connectionTimeoutMs: CONNECTION_TIMEOUT_MS } });
        this.#send({ type: 'ka' });
        break;
      case 'start':
        void this.#start(message);
        break;
      case 'stop':
        this.#stop(message);
        break;
      default:
        this.#fail(message?.id, {
          errorType: 'UnsupportedOperation',
          message: `${message?.type} not supported through the realtime channel`,
        });
    }
  }

  async #start({ id = '', payload }: Message): Promise<void> {
    const problem = this.#problemOf(id);
    if (problem !== undefined) {
      this.#fail(id, problem);
      return;
    }
    const entry: { subscription?: Subscription } = {};
    this.#begun.set(id, entry);
    try {
      const subscription = await this.#subscription(id, payload);
      // Stopped, or gone, before it had begun.
      if (this.#begun.get(id) !== entry) return;
      entry.subscription = subscription;
      this.#subscriptions.add(subscription);
      this.#send({ type: 'start_ack', id });
    } catch (error) {
      if (this.#begun.get(id) !== entry) return;
      this.#begun.delete(id);
      this.#fail(id, ...toldErrors(error));
    }
  }

  #problemOf(id: string): ToldError | undefined {
    if (id === '') return { errorType: 'BadRequestException', message: 'A subscription needs an id.' };
    if (this.#begun.has(id)) return { errorType: 'DuplicatedOperationError', message: `Operation with id ${id} already exists` };
    if (this.#begun.size < MAX_SUBSCRIPTIONS) return undefined;
    return { errorType: 'MaxSubscriptionsReachedError', message: `Max number of ${MAX_SUBSCRIPTIONS} subscriptions reached` };
  }

  /** Everything that stands before a subscription: who asks, for what, and what its resolver says. */
  async #subscription(id: string, payload: unknown): Promise<Subscription> {
    const { cloud } = this.#apis;
    const runtime = this.#apis.runtime(this.apiId);
    const start = startSchema.safeParse(payload);
    const data = start.success ? parsed(dataSchema, start.data.data) : undefined;
    if (!start.success || data === undefined) throw new NotLetIn('BadRequestException', 'The payload of start is not valid.', 400);
    if (runtime?.plans === undefined) throw new NotLetIn('GraphQLSchemaException', 'The API has no schema.', 502);
    const headers = lowerCased(start.data.extensions.authorization);
    const caller = await authenticate(cloud, runtime, headers);
    const rawVariables = data.variables ?? {};
    const prepared = runtime.plans.prepare(data.query, data.operationName ?? undefined, rawVariables, caller.mode);
    const [field] = prepared.plan.fields;
    if (prepared.plan.kind !== 'subscription' || field === undefined)
      throw new NotLetIn('UnsupportedOperation', `${prepared.plan.kind} not supported through the realtime channel`, 400);
    refusedByIam(cloud, runtime, caller, prepared.plan.fields);
    const span = openSpan(cloud, runtime.scope, `Subscription.${field.name}`, traceOf(runtime, cloud.clock()));
    const request = requestContext(caller, { headers, sourceIp: this.#sourceIp }, rawVariables, span.header);
    let filter: unknown;
    let errorCode: string | undefined;
    try {
      await resolveAlone(field, { ...prepared, request, resolverLimit: 0 }, (given) => {
        filter = given;
      });
    } catch (error) {
      errorCode = error instanceof ResolverError ? (error.errorType ?? 'Error') : 'InternalFailure';
      throw error;
    } finally {
      span.end({ operation: 'subscription', errorCode });
    }
    return {
      apiId: this.apiId,
      field,
      arguments: field.arguments(prepared.variables),
      filter: filter === undefined ? undefined : readFilter(filter),
      request,
      tell: (text) => {
        this.#sendText(`{"type":"data","id":${JSON.stringify(id)},"payload":${text}}`);
        meterTold(cloud, runtime.scope, this.apiId, text);
      },
    };
  }

  #stop({ id = '' }: Message): void {
    const entry = this.#begun.get(id);
    if (entry === undefined) {
      this.#fail(id, { errorType: 'UnknownOperationError', message: `Unknown operation id ${id}` });
      return;
    }
    this.#begun.delete(id);
    if (entry.subscription !== undefined) this.#subscriptions.remove(entry.subscription);
    this.#send({ type: 'complete', id });
  }

  #fail(id: string | undefined, ...errors: ToldError[]): void {
    this.#send({ type: 'error', ...(id === undefined || id === '' ? {} : { id }), payload: { errors } });
  }

  #send(message: object): void {
    this.#sendText(JSON.stringify(message));
  }

  #sendText(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text);
  }
}

function toldErrors(error: unknown): ToldError[] {
  if (error instanceof NotLetIn) return [{ errorType: error.errorType, message: error.message, errorCode: error.httpStatus }];
  if (error instanceof RequestRefused)
    return error.errors.map(({ errorType, message }) => ({ ...(errorType == null ? {} : { errorType }), message }));
  if (error instanceof ResolverError)
    return [{ ...(error.errorType === null ? {} : { errorType: error.errorType }), message: error.message }];
  if (error instanceof FilterRefused) return [{ message: error.message, errorCode: 400 }];
  if (error instanceof AwsError) return [{ errorType: error.code, message: error.message, errorCode: error.httpStatus }];
  console.error('appsync: a subscription failed inside the local cloud:', error);
  return [{ errorType: 'InternalFailure', message: 'The local cloud failed inside; see its console.', errorCode: 500 }];
}

function traceOf({ api }: ApiRuntime, time_ms: number): string {
  return traceFor(undefined, api.xrayEnabled ? 'Active' : 'PassThrough', time_ms);
}

function lowerCased(authorization: Readonly<Record<string, unknown>>): RequestHeaders {
  return Object.fromEntries(
    Object.entries(authorization).flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value]] : [])),
  );
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
