import type { Scope } from './service.ts';

/** What a service tells Amazon EventBridge of itself ("Events from AWS services"); EventBridge adds version, id and time. */
export interface ServiceEvent extends Scope {
  /** Such as `aws.codecommit`. */
  readonly source: string;
  /** The event's `detail-type`, such as `CodeCommit Repository State Change`. */
  readonly detailType: string;
  /** ARNs of what it is about. */
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
  /** Hands the trace of whatever caused the event on to what the event causes. */
  readonly traceHeader?: string | undefined;
}
