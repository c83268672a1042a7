import type { Cloud } from '../../../kernel/cloud.ts';
import type { Scope } from '../../../kernel/service.ts';

/** Each started 5 KB of a message to one subscriber is an update (AWS AppSync Pricing, "Real-time updates"). */
const UPDATE_BYTES = 5 * 1024;
const MINUTE_MS = 60_000;

export function realtimeUpdates(message_bytes: number): number {
  return Math.max(1, Math.ceil(message_bytes / UPDATE_BYTES));
}

/** Counts what one subscriber was told. */
export function meterTold(cloud: Cloud, { account, region }: Scope, apiId: string, payload: string): void {
  const egress_bytes = Buffer.byteLength(payload);
  const units = { realtime_updates: realtimeUpdates(egress_bytes), egress_bytes };
  cloud.meter({ account, region, service: 'appsync', operation: 'realtime-update', resource: apiId, units });
}

/** Counts the minutes of a connection, each when it begins, until the function that it returns is called. */
export function meterMinutes(cloud: Cloud, { account, region }: Scope, apiId: string): () => void {
  const begin = () =>
    cloud.meter({ account, region, service: 'appsync', operation: 'connection', resource: apiId, units: { connection_minutes: 1 } });
  begin();
  const timer = setInterval(begin, MINUTE_MS);
  timer.unref();
  return () => clearInterval(timer);
}
