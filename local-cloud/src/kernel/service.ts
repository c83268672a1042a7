import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ZodType } from 'zod';
import type { Cloud } from './cloud.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Principal } from './principal.ts';
import type { ResourceType } from './resource-type.ts';
import type { BillingUnits } from './usage.ts';

/** The account and region that a request is for: state is kept apart by both. */
export interface Scope {
  readonly account: string;
  readonly region: string;
}

/** Who asks, for which account and region, and under which trace. */
export interface Caller extends Scope {
  readonly principal: Principal;
  /** Value of the `X-Amzn-Trace-Id` header, handed on from the first request of a flow. */
  readonly traceHeader?: string | undefined;
  /** Aborted when the caller has gone away; an operation that waits, such as a long poll, ends then. */
  readonly signal?: AbortSignal | undefined;
}

/** What an operation is given besides its input. */
export interface CallContext extends Caller {
  readonly requestId: string;
  readonly cloud: Cloud;
  /** Names what the call is done to, for traces: a table, a queue, a log group. `meter` with a resource says it too. */
  concerns(resource: string): void;
  /** Counts what AWS bills for this call. Several times where it touches several resources. */
  meter(units: BillingUnits, resource?: string): void;
}

/** One action on one resource that the caller must be allowed to do. */
export interface Authorization {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** The resource's ARN, or `*` where AWS has no resource-level permission for the action. */
  readonly resource: string;
  /** Condition keys of this request beyond the global ones, such as `lambda:FunctionUrlAuthType`. */
  readonly conditions?: Readonly<Record<string, string | readonly string[]>>;
  /** The resource's own policy, where it has one (bucket, queue, topic, function). */
  readonly resourcePolicy?: PolicyDocument | undefined;
  /** No policy of the caller's own suffices, in the same account either: the resource's must allow or delegate (KMS keys). */
  readonly needsResourcePolicy?: boolean;
  /** The account that owns the resource, where it isn't the one in the ARN (S3 bucket ARNs carry none). */
  readonly resourceAccount?: string;
}

/** One API operation of a service. `In` and `Out` have the shapes that the AWS SDK shows for it. */
export interface Operation<In = unknown, Out = unknown> {
  /** Strict: a member that isn't carried out is refused by its name. */
  readonly input: ZodType<In>;
  /** Every action and resource that AWS checks for this operation. An empty list: anyone may (say why). */
  authorize(input: NoInfer<In>, context: CallContext): readonly Authorization[];
  run(input: NoInfer<In>, context: CallContext): Out | Promise<Out>;
}

export interface HttpRequest {
  readonly method: string;
  /** Path with percent-encoding as received, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What stands behind the `?`, as received. */
  readonly rawQuery?: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The client's address. */
  readonly sourceIp: string;
}

export interface HttpReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
}

/** How a service speaks on the wire. */
export type Protocol =
  | {
      readonly kind: 'json';
      readonly version: '1.0' | '1.1';
      readonly target: string;
      /** The namespace that stands before this error code in `__type`, for clients that look at the whole of it. */
      errorNamespace?(code: string): string;
    }
  | {
      readonly kind: 'query';
      readonly namespace: string;
      /** Codes by which this service names the kernel's own errors, such as AuthorizationError for AccessDeniedException. */
      readonly codes?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'rest';
      /** Finds the operation and its input, or undefined when no operation has this method and path. */
      bind(request: HttpRequest): { operation: string; input: unknown } | undefined;
      reply(operation: string, output: unknown, request: HttpRequest, requestId: string): HttpReply;
      fail(
        error: { code: string; message: string; httpStatus: number; members: Readonly<Record<string, unknown>> },
        requestId: string,
        request: HttpRequest,
      ): HttpReply;
    };

/** Requests without AWS credentials that are no operation of a wire protocol, such as those to function URLs. */
export interface OpenPath {
  matches(request: HttpRequest): boolean;
  handle(request: HttpRequest): Promise<HttpReply>;
}

/** Web socket connections that a service takes. */
export interface SocketPath {
  /** `path` is without the query, percent-encoding as received. */
  matches(path: string): boolean;
  /** Answers the upgrade, or ends the connection. */
  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Requests whose bodies are too large to be held, such as pushes of git: taken and answered as streams. */
export interface StreamPath {
  /** `path` is without the query, percent-encoding as received. */
  matches(path: string): boolean;
  /** Answers the request, the caller's mistakes included; what it rejects with has failed inside. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
}

/** One AWS service. */
export interface Service {
  /** The name by which SigV4 signs for it, which is also its IAM prefix unless an operation says otherwise. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly operations: Readonly<Record<string, Operation<never, unknown>>>;
  /** CloudFormation resource types that this service provides. */
  readonly resourceTypes?: readonly ResourceType[];
  /** Asked in turn, before anything looks for an operation. */
  readonly openPaths?: readonly OpenPath[];
  /** Asked in turn for each request to upgrade to a web socket. */
  readonly socketPaths?: readonly SocketPath[];
  /** Asked in turn before a request's body is read. */
  readonly streamPaths?: readonly StreamPath[];
  /** Headers of every answer to an operation, such as those by which web pages may read it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Called once after every service is registered; continues what was going on when the process ended. */
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}

/**
 * Types an operation where it is written, and lets a service hold operations of different inputs in one record.
 * The kernel parses by `input` before it calls, so that the input's type is assured.
 */
export function operation<In, Out>(definition: Operation<In, Out>): Operation<never, unknown> {
  return definition as unknown as Operation<never, unknown>;
}
