import { randomUUID } from 'node:crypto';
import type { Scope } from '../../kernel/service.ts';

/** An event as rules match it and targets get it (EventBridge User Guide, "Events in Amazon EventBridge"). */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** RFC 3339, UTC, in seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface EventContent {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

/** An event of this account and region that happened at `time_ms`. */
export function busEvent({ account, region }: Scope, content: EventContent, time_ms: number): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': content.detailType,
    source: content.source,
    account,
    time: `${new Date(time_ms).toISOString().slice(0, 19)}Z`,
    region,
    resources: content.resources,
    detail: content.detail,
  };
}
