import { invalidParameter } from './log-arn.ts';
import { DAY_MS, EVENT_OVERHEAD_BYTES } from './log-store.ts';

/** "PutLogEvents": the batch, each event with 26 bytes; no single event can be larger than this either (its 1 MB). */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;
const MAX_SPAN_MS = DAY_MS;
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * 60 * 60 * 1000;

export interface InputLogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export interface RejectedLogEventsInfo {
  tooNewLogEventStartIndex?: number;
  tooOldLogEventEndIndex?: number;
  expiredLogEventEndIndex?: number;
}

export interface AcceptedBatch {
  readonly accepted: readonly InputLogEvent[];
  /** Size of the accepted events with their overhead. */
  readonly bytes: number;
  readonly rejected: RejectedLogEventsInfo | undefined;
}

/**
 * Applies the rules of the CloudWatch Logs API Reference, "PutLogEvents", to a batch. `retentionCutoff_ms` is the time before
 * which the log group's retention has expired events, 0 without retention. Throws InvalidParameterException for a batch that
 * breaks a rule as a whole; events that are too old, too new or expired are left out and told by their indices.
 *
 * AWS's page doesn't say whether an event that is both older than 14 days and expired counts in both indices: it does here.
 */
export function acceptBatch(events: readonly InputLogEvent[], now_ms: number, retentionCutoff_ms: number): AcceptedBatch {
  checkShape(events);
  const tooOldEnd = countBefore(events, now_ms - MAX_AGE_MS);
  const expiredEnd = countBefore(events, retentionCutoff_ms);
  const tooNewStart = countBefore(events, now_ms + MAX_AHEAD_MS + 1);
  const accepted = events.slice(Math.max(tooOldEnd, expiredEnd), tooNewStart);
  const first = accepted[0];
  const last = accepted.at(-1);
  if (first !== undefined && last !== undefined && last.timestamp - first.timestamp > MAX_SPAN_MS)
    throw invalidParameter('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  const rejected: RejectedLogEventsInfo = {};
  if (tooNewStart < events.length) rejected.tooNewLogEventStartIndex = tooNewStart;
  if (tooOldEnd > 0) rejected.tooOldLogEventEndIndex = tooOldEnd;
  if (expiredEnd > 0) rejected.expiredLogEventEndIndex = expiredEnd;
  return { accepted, bytes: sizeOf(accepted), rejected: Object.keys(rejected).length === 0 ? undefined : rejected };
}

function checkShape(events: readonly InputLogEvent[]): void {
  if (events.length === 0) throw constraint('logEvents', '[]', 'Member must have length greater than or equal to 1');
  if (events.length > MAX_BATCH_EVENTS)
    throw constraint('logEvents', `[${events.length} events]`, `Member must have length less than or equal to ${MAX_BATCH_EVENTS}`);
  let previous = 0;
  for (const [index, { timestamp, message }] of events.entries()) {
    if (message === '') throw constraint(`logEvents.${index + 1}.member.message`, '', 'Member must have length greater than or equal to 1');
    if (!Number.isInteger(timestamp) || timestamp < 0)
      throw constraint(`logEvents.${index + 1}.member.timestamp`, String(timestamp), 'Member must have value greater than or equal to 0');
    if (timestamp < previous) throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    previous = timestamp;
  }
  const bytes = sizeOf(events);
  if (bytes > MAX_BATCH_BYTES) throw invalidParameter(`Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
}

function sizeOf(events: readonly InputLogEvent[]): number {
  let bytes = 0;
  for (const { message } of events) bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
  return bytes;
}

/** How many events, which are in chronological order, lie before this time. */
function countBefore(events: readonly InputLogEvent[], time_ms: number): number {
  const index = events.findIndex(({ timestamp }) => timestamp >= time_ms);
  return index < 0 ? events.length : index;
}

function constraint(member: string, value: string, text: string) {
  return invalidParameter(`1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${text}`);
}
