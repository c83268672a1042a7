import type { Scope } from '../../kernel/service.ts';
import type { StoredBytes } from '../../metering/stored-bytes.ts';
import type { LogStore } from './log-store.ts';

/**
 * Stored logs are billed compressed. AWS Pricing Calculator's own assumption for that: 15 % of what was ingested. What these logs really come to
 * can't be known before they lie on AWS.
 */
const COMPRESSION_FACTOR = 0.15;

/** What AWS would bill as archived of every log group, estimated; each event with its 26 bytes before compression. */
export function storedBytesOf(store: LogStore, { account, region }: Scope): StoredBytes[] {
  return store.groups().map(({ name, stored_bytes }) => ({
    account,
    region,
    service: 'logs',
    resource: name,
    bytes: Math.round(stored_bytes * COMPRESSION_FACTOR),
  }));
}
