import type { Cloud } from '../../kernel/cloud.ts';
import type { Scope } from '../../kernel/service.ts';

/** One answered GraphQL request, for meters, traces and a benchmark's breakdown. The parts sum up to `duration_ms`. */
export interface GraphqlRequestRecord extends Scope {
  readonly service: 'appsync';
  /** The operation's name, or its kind where it has none; `unknown` when it never came so far. */
  readonly operation: string;
  readonly apiId: string;
  readonly requestId: string;
  readonly traceHeader: string | undefined;
  /** The ARN of the role, or `cognito:<sub>`; `anonymous` when it wasn't known. */
  readonly principalArn: string;
  readonly httpStatus: number;
  /** From the whole request in memory to the whole answer as text. */
  readonly duration_ms: number;
  /** Verifying the token or the principal, and IAM's decisions. */
  readonly authorization_ms: number;
  /** Parsing and validating, or finding what was; coercing variables. */
  readonly plan_ms: number;
  /** Wall time in which at least one resolver was waited for: functions, APPSYNC_JS. */
  readonly resolvers_ms: number;
  /** Completing values to what was selected and writing them as JSON. */
  readonly completion_ms: number;
  /** `errorType` of the first error, or its message where it has none. */
  readonly firstError?: string;
}

const listeners = new WeakMap<Cloud, Set<(record: GraphqlRequestRecord) => void>>();

/** Calls the listener after every request to a GraphQL endpoint of this cloud; the function that it returns ends that. */
export function onGraphqlRequest(cloud: Cloud, listener: (record: GraphqlRequestRecord) => void): () => void {
  const all = listeners.get(cloud) ?? new Set();
  listeners.set(cloud, all.add(listener));
  return () => void all.delete(listener);
}

export function emitGraphqlRequest(cloud: Cloud, record: GraphqlRequestRecord): void {
  for (const listener of listeners.get(cloud) ?? []) listener(record);
}
