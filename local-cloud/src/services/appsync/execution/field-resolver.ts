import type { GraphqlCaller } from '../caller.ts';
import type { AnsweredError } from './graphql-errors.ts';
import type { FieldPlan } from './plan.ts';

/** What is the same for every resolver of a request. */
export interface RequestContext {
  readonly caller: GraphqlCaller;
  /** As resolvers are shown them: names in small letters, no cookies. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** As the client sent them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The client's addresses, as resolvers are shown them. */
  readonly sourceIp: readonly string[];
  /** Names the request, or what asks on its behalf, as the parent. */
  readonly traceHeader: string;
  /** Lets a resolver do its work within a span of its own, whose header stands in the request that `work` is given. */
  readonly traced?: <T>(field: FieldPlan, work: (request: RequestContext) => Promise<T>) => Promise<T>;
}

/** One field to be resolved. */
export interface FieldCall {
  readonly field: FieldPlan;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** What the parent field gave; null at the top. */
  readonly source: unknown;
  readonly request: RequestContext;
  /** Stands in the answer's errors; the field has its value all the same. */
  append(error: Pick<AnsweredError, 'message' | 'errorType' | 'data' | 'errorInfo'>): void;
  /** Only when a subscription begins. */
  setFilter?(filter: unknown): void;
}

/** What is attached to a field. Rejects with ResolverError. */
export interface FieldResolver {
  resolve(call: FieldCall): Promise<unknown>;
}
