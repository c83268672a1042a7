import { randomUUID } from 'node:crypto';
import type { ZodError } from 'zod';
import { AwsError, NotCarriedOut } from './aws-error.ts';
import { type LoopbackCertificate, makeLoopbackCertificate } from './loopback-certificate.ts';
import type { MetricValue } from './metric.ts';
import type { Principal } from './principal.ts';
import type { Authorization, CallContext, Caller, Operation, Scope, Service } from './service.ts';
import type { ServiceEvent } from './service-event.ts';
import type { Span, SpanPlace } from './span.ts';
import type { State } from './state.ts';
import { formatTraceHeader, newSpanId, parseTraceHeader } from './trace-header.ts';
import type { UsageRecord } from './usage.ts';

/** Decides whether a caller may do something; IAM provides it. Throws AccessDenied. */
export interface Authorizer {
  authorize(caller: Caller, wanted: Authorization): void;
  /** Who presents this access key id and session token; throws what STS throws for an unknown one. */
  identify(accessKeyId: string, sessionToken: string | undefined): Principal;
}

/** One finished call, as meters and traces see it. */
export interface CallRecord extends Scope {
  readonly service: string;
  readonly operation: string;
  readonly principalArn: string;
  readonly requestId: string;
  /** ms since 1970, with fractions. */
  readonly start_ms: number;
  readonly duration_ms: number;
  readonly errorCode?: string;
  /** Its place in the caller's trace, when the call came with one. */
  readonly span?: SpanPlace;
  /** What it was done to, when the operation said so (`context.concerns`, `context.meter`). */
  readonly resource?: string;
}

export interface CloudOptions {
  readonly state: State;
  /** The region of requests that don't say theirs, such as git's; us-east-2 unless it is said. */
  readonly region?: string;
  /** Milliseconds since 1970; the system's clock unless a test brings its own. */
  readonly clock?: () => number;
}

/** The services of this local cloud, and the one way in which a call reaches them: parsed, authorized, carried out. */
export class Cloud {
  readonly state: State;
  /** The region of requests that don't say theirs. */
  readonly region: string;
  readonly clock: () => number;
  /** `http://127.0.0.1:<port>`; set when the server listens. */
  endpoint = '';
  readonly #services = new Map<string, Service>();
  readonly #listeners: ((record: CallRecord) => void)[] = [];
  readonly #spanListeners: ((span: Span) => void)[] = [];
  readonly #usageListeners: ((usage: UsageRecord) => void)[] = [];
  readonly #eventListeners: ((event: ServiceEvent) => void)[] = [];
  readonly #metricListeners: ((metric: MetricValue) => void)[] = [];
  #authorizer: Authorizer | undefined;
  #certificate: Promise<LoopbackCertificate> | undefined;

  constructor(options: CloudOptions) {
    this.state = options.state;
    this.region = options.region ?? 'us-east-2';
    this.clock = options.clock ?? Date.now;
  }

  /** What this cloud's servers show over TLS, made when it is first asked for: anew with each start. */
  get certificate(): Promise<LoopbackCertificate> {
    this.#certificate ??= makeLoopbackCertificate();
    return this.#certificate;
  }

  register(service: Service): void {
    if (this.#services.has(service.name)) throw new Error(`service ${service.name} is registered twice`);
    this.#services.set(service.name, service);
  }

  get services(): readonly Service[] {
    return [...this.#services.values()];
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  set authorizer(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  get authorizer(): Authorizer {
    if (this.#authorizer === undefined) throw new Error('no authorizer: IAM must be registered first');
    return this.#authorizer;
  }

  onCall(listener: (record: CallRecord) => void): void {
    this.#listeners.push(listener);
  }

  /** Hears of work in traces that is no call: functions that ran, publishes of devices, deliveries. */
  onSpan(listener: (span: Span) => void): void {
    this.#spanListeners.push(listener);
  }

  /** Tells the listeners of `onSpan`. */
  recordSpan(span: Span): void {
    for (const listener of this.#spanListeners) listener(span);
  }

  onUsage(listener: (usage: UsageRecord) => void): void {
    this.#usageListeners.push(listener);
  }

  /** Tells the listeners of `onUsage`. Operations use their context's `meter`. */
  meter(usage: UsageRecord): void {
    for (const listener of this.#usageListeners) listener(usage);
  }

  /** Hears what services tell of themselves; EventBridge listens. */
  onEvent(listener: (event: ServiceEvent) => void): void {
    this.#eventListeners.push(listener);
  }

  /** Tells the listeners of `onEvent`. What comes of it is theirs: it neither waits nor throws. */
  emitEvent(event: ServiceEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }

  /** Hears the values of metrics; CloudWatch listens. */
  onMetric(listener: (metric: MetricValue) => void): void {
    this.#metricListeners.push(listener);
  }

  /** Tells the listeners of `onMetric`. On every request's way: it keeps a number and does no more. */
  putMetric(metric: MetricValue): void {
    for (const listener of this.#metricListeners) listener(metric);
  }

  /**
   * Carries out one operation for a caller, as a request over the wire would: `input` and the result have the SDK's
   * shapes. Throws AwsError: what the service answers, AccessDenied, or NotCarriedOut with the name of what is missing.
   */
  async call<Out = unknown>(
    service: string,
    operationName: string,
    input: unknown,
    caller: Caller,
    requestId: string = randomUUID(),
  ): Promise<Out> {
    const started = performance.now();
    const trace = parseTraceHeader(caller.traceHeader);
    const span: SpanPlace | undefined =
      trace === undefined ? undefined : { trace_id: trace.root, span_id: newSpanId(), parent_id: trace.parent };
    let resource: string | undefined;
    let errorCode: string | undefined;
    try {
      const operation = this.#operation(service, operationName);
      const parsed = parseInput(operation, input, `${service}:${operationName}`);
      const context: CallContext = {
        account: caller.account,
        region: caller.region,
        principal: caller.principal,
        // Whatever this operation sets off is its child.
        traceHeader:
          span === undefined
            ? caller.traceHeader
            : formatTraceHeader({ root: span.trace_id, parent: span.span_id, sampled: trace?.sampled }),
        signal: caller.signal,
        requestId,
        cloud: this,
        concerns: (name) => {
          resource = name;
        },
        meter: (units, name) => {
          resource ??= name;
          this.meter({ account: caller.account, region: caller.region, service, operation: operationName, resource: name, units });
        },
      };
      for (const wanted of operation.authorize(parsed, context)) this.authorizer.authorize(context, wanted);
      return (await operation.run(parsed, context)) as Out;
    } catch (error) {
      errorCode = error instanceof AwsError ? error.code : 'InternalFailure';
      throw error;
    } finally {
      const record: CallRecord = {
        account: caller.account,
        region: caller.region,
        service,
        operation: operationName,
        principalArn: caller.principal.arn,
        requestId,
        start_ms: performance.timeOrigin + started,
        duration_ms: performance.now() - started,
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(span === undefined ? {} : { span }),
        ...(resource === undefined ? {} : { resource }),
      };
      for (const listener of this.#listeners) listener(record);
    }
  }

  async start(): Promise<void> {
    for (const service of this.services) await service.start?.();
  }

  /** Stops in the reverse order of registration, then closes the databases. */
  async stop(): Promise<void> {
    for (const service of this.services.toReversed()) await service.stop?.();
    this.state.close();
  }

  #operation(service: string, name: string): Operation<unknown, unknown> {
    const found = this.#services.get(service);
    if (found === undefined) throw new NotCarriedOut(`the service "${service}"`);
    const operation = Object.hasOwn(found.operations, name) ? found.operations[name] : undefined;
    if (operation === undefined) throw new NotCarriedOut(`the operation ${service}:${name}`);
    return operation as unknown as Operation<unknown, unknown>;
  }
}

function parseInput(operation: Operation<unknown, unknown>, input: unknown, name: string): unknown {
  const result = operation.input.safeParse(input ?? {});
  if (result.success) return result.data;
  throw inputError(result.error, name);
}

/** An unknown member is something not carried out, and named so; anything else is the caller's mistake. */
function inputError(error: ZodError, name: string): AwsError {
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys') {
      const path = issue.path.map(String).join('.');
      return new NotCarriedOut(`the member ${issue.keys.map((key) => `"${path === '' ? key : `${path}.${key}`}"`).join(', ')} of ${name}`);
    }
  }
  const text = error.issues.map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`).join('; ');
  return new AwsError('ValidationException', text);
}
