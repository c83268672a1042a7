import { z } from 'zod';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { compileFilterPattern } from './filter-pattern.ts';
import { invalidParameter, logGroupResource, logStreamArn, requestedLogGroup } from './log-arn.ts';
import { existingGroup, requireReadableByEvent } from './log-group-operations.ts';
import {
  EVENT_OVERHEAD_BYTES,
  type EventPosition,
  type LogEventRow,
  type LogGroupRow,
  type LogStore,
  type LogStoreOf,
} from './log-store.ts';
import { existingStream } from './log-stream-operations.ts';
import { checkedLimit, decodeToken, encodeToken, invalidToken } from './paging.ts';
import { acceptBatch, type InputLogEvent } from './put-log-events.ts';

/** "GetLogEvents", "FilterLogEvents": a page holds up to 1 MB and up to 10,000 events. */
const MAX_PAGE_BYTES = 1_048_576;
const MAX_PAGE_EVENTS = 10_000;
/** FilterLogEvents answers with what it has found, possibly nothing, and a token after it has looked at this many events. */
const MAX_SCANNED_EVENTS = 50_000;
const SCAN_EVENTS = 5_000;
const MAX_STREAM_NAMES = 100;
/** "FilterLogEvents": newest first only from here on. */
const NEWEST_FIRST_SINCE_MS = Date.UTC(2024, 0, 1);

/** Told of every accepted batch, inside the transaction that stores it. */
export type Ingested = (scope: Scope, group: LogGroupRow, events: readonly InputLogEvent[]) => void;

export function logEventOperations(
  storeOf: LogStoreOf,
  clock: () => number,
  ingested: Ingested,
): Record<string, Operation<never, unknown>> {
  return {
    PutLogEvents: operation({
      input: z.strictObject({
        logGroupName: z.string(),
        logStreamName: z.string(),
        logEvents: z.array(z.strictObject({ timestamp: z.number(), message: z.string() })),
        // "PutLogEvents": the token is ignored.
        sequenceToken: z.string().optional(),
      }),
      authorize: (input, context) => [
        { action: 'logs:PutLogEvents', resource: logStreamArn(context, input.logGroupName, input.logStreamName) },
      ],
      run(input, context) {
        const store = storeOf(context);
        const group = existingGroup(store, input.logGroupName);
        const stream = existingStream(store, group, input.logStreamName);
        const { accepted, bytes, rejected } = acceptBatch(input.logEvents, clock(), store.retentionCutoff(group));
        const lastId = store.append(group, stream, accepted, bytes, () => ingested(context, group, accepted));
        // Amazon CloudWatch pricing: each class has its price.
        context.meter(group.class === 'STANDARD' ? { bytes_in: bytes } : { bytes_in_infrequent: bytes }, group.name);
        return {
          nextSequenceToken: String(lastId).padStart(56, '0'),
          ...(rejected === undefined ? {} : { rejectedLogEventsInfo: rejected }),
        };
      },
    }),

    GetLogEvents: operation({
      input: z.strictObject({
        logGroupName: z.string().optional(),
        logGroupIdentifier: z.string().optional(),
        logStreamName: z.string(),
        startTime: z.number().optional(),
        endTime: z.number().optional(),
        nextToken: z.string().optional(),
        limit: z.number().optional(),
        startFromHead: z.boolean().optional(),
        unmask: z.literal(false).optional(),
      }),
      authorize: (input, context) => [
        { action: 'logs:GetLogEvents', resource: logStreamArn(context, requestedLogGroup(context, input), input.logStreamName) },
      ],
      run(input, context) {
        const store = storeOf(context);
        const group = existingGroup(store, requestedLogGroup(context, input));
        requireReadableByEvent(group, 'GetLogEvents');
        const stream = existingStream(store, group, input.logStreamName);
        return readStream(store, group, stream.id, input);
      },
    }),

    FilterLogEvents: operation({
      input: z.strictObject({
        logGroupName: z.string().optional(),
        logGroupIdentifier: z.string().optional(),
        logStreamNames: z.array(z.string()).optional(),
        logStreamNamePrefix: z.string().optional(),
        startTime: z.number().optional(),
        endTime: z.number().optional(),
        filterPattern: z.string().optional(),
        nextToken: z.string().optional(),
        limit: z.number().optional(),
        startFromHead: z.boolean().optional(),
        // "FilterLogEvents": ignored since 2019, streams are always interleaved.
        interleaved: z.boolean().optional(),
        unmask: z.literal(false).optional(),
      }),
      authorize: (input, context) => [
        { action: 'logs:FilterLogEvents', resource: logGroupResource(context, requestedLogGroup(context, input)) },
      ],
      run(input, context) {
        const store = storeOf(context);
        const group = existingGroup(store, requestedLogGroup(context, input));
        requireReadableByEvent(group, 'FilterLogEvents');
        return filterGroup(store, group, input);
      },
    }),
  };
}

interface ReadRequest {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  readonly nextToken?: string | undefined;
  readonly limit?: number | undefined;
  readonly startFromHead?: boolean | undefined;
}

/**
 * A token names a place between two events and a direction: `f/` what follows the event, `b/` what precedes it. At the end
 * the same token comes back, which is how a reader knows ("GetLogEvents"). A token's own direction holds, whatever
 * `startFromHead` says. `endTime` is exclusive.
 */
function readStream(store: LogStore, group: LogGroupRow, streamId: number, input: ReadRequest) {
  const limit = checkedLimit(input.limit, MAX_PAGE_EVENTS);
  const token = input.nextToken === undefined ? undefined : parseStreamToken(input.nextToken);
  const forward = token === undefined ? input.startFromHead === true : token.forward;
  const from_ms = input.startTime ?? 0;
  const rows = withinPage(
    store.scan(group, {
      groupId: group.id,
      streamIds: [streamId],
      from_ms,
      to_ms: (input.endTime ?? Number.MAX_SAFE_INTEGER) - 1,
      after: token,
      descending: !forward,
      limit,
    }),
  );
  if (!forward) rows.reverse();
  const first = rows[0];
  const last = rows.at(-1);
  const here: EventPosition = token ?? { timestamp_ms: from_ms, id: 0 };
  return {
    events: rows.map(({ timestamp_ms, message, ingested_ms }) => ({ timestamp: timestamp_ms, message, ingestionTime: ingested_ms })),
    nextForwardToken: streamToken('f', last ?? (forward ? here : { ...here, id: here.id - 1 })),
    nextBackwardToken: streamToken('b', first ?? (forward ? { ...here, id: here.id + 1 } : here)),
  };
}

function streamToken(direction: 'f' | 'b', { timestamp_ms, id }: EventPosition): string {
  return `${direction}/${String(timestamp_ms).padStart(20, '0')}${String(Math.max(id, 0)).padStart(36, '0')}/s`;
}

function parseStreamToken(token: string): EventPosition & { forward: boolean } {
  const [, direction, timestamp, id] = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(token) ?? [];
  if (timestamp === undefined || id === undefined) throw invalidToken();
  return { forward: direction === 'f', timestamp_ms: Number(timestamp), id: Number(id) };
}

interface FilterRequest extends ReadRequest {
  readonly logStreamNames?: readonly string[] | undefined;
  readonly logStreamNamePrefix?: string | undefined;
  readonly filterPattern?: string | undefined;
}

/** In the order of (timestamp, ingestion); both ends of the time range are inclusive ("FilterLogEvents"). */
function filterGroup(store: LogStore, group: LogGroupRow, input: FilterRequest) {
  const limit = checkedLimit(input.limit, MAX_PAGE_EVENTS);
  const matches = compileFilterPattern(input.filterPattern ?? '');
  const streamIds = searchedStreams(store, group, input);
  const token = input.nextToken === undefined ? undefined : parseFilterToken(input.nextToken);
  const descending = token === undefined ? input.startFromHead === false : token.descending;
  if (token === undefined && descending && (input.startTime ?? 0) < NEWEST_FIRST_SINCE_MS)
    throw invalidParameter('startFromHead can be false only with a startTime on or after 2024-01-01T00:00:00Z.');
  const events: LogEventRow[] = [];
  let position: EventPosition | undefined = token;
  let bytes = 0;
  let scanned = 0;
  let more = true;
  search: while (scanned < MAX_SCANNED_EVENTS) {
    const rows = store.scan(group, {
      groupId: group.id,
      ...(streamIds === undefined ? {} : { streamIds }),
      from_ms: input.startTime ?? 0,
      to_ms: input.endTime ?? Number.MAX_SAFE_INTEGER,
      after: position,
      descending,
      limit: SCAN_EVENTS,
    });
    for (const row of rows) {
      if (matches(row.message)) {
        bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD_BYTES;
        if (events.length === limit || (bytes > MAX_PAGE_BYTES && events.length > 0)) break search;
        events.push(row);
      }
      position = { timestamp_ms: row.timestamp_ms, id: row.id };
    }
    scanned += rows.length;
    if (rows.length < SCAN_EVENTS) {
      more = false;
      break;
    }
  }
  return {
    events: events.map((row) => ({
      logStreamName: row.stream_name,
      timestamp: row.timestamp_ms,
      message: row.message,
      ingestionTime: row.ingested_ms,
      eventId: `${String(row.timestamp_ms).padStart(20, '0')}${String(row.id).padStart(36, '0')}`,
    })),
    // "FilterLogEvents": no longer filled.
    searchedLogStreams: [],
    ...(more && position !== undefined ? { nextToken: filterToken(position, descending) } : {}),
  };
}

function searchedStreams(store: LogStore, group: LogGroupRow, input: FilterRequest): readonly number[] | undefined {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined)
    throw invalidParameter('logStreamNamePrefix and logStreamNames are mutually exclusive parameters.');
  if (names !== undefined) {
    if (names.length < 1 || names.length > MAX_STREAM_NAMES)
      throw invalidParameter(`logStreamNames must have between 1 and ${MAX_STREAM_NAMES} items.`);
    return names.map((name) => existingStream(store, group, name).id);
  }
  if (prefix === undefined) return undefined;
  return store
    .streams(group)
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ id }) => id);
}

function filterToken({ timestamp_ms, id }: EventPosition, descending: boolean): string {
  return encodeToken(`${descending ? 'd' : 'a'}.${timestamp_ms}.${id}`);
}

function parseFilterToken(token: string): EventPosition & { descending: boolean } {
  const [, direction, timestamp, id] = /^([ad])\.(\d+)\.(\d+)$/.exec(decodeToken(token)) ?? [];
  if (timestamp === undefined || id === undefined) throw invalidToken();
  return { descending: direction === 'd', timestamp_ms: Number(timestamp), id: Number(id) };
}

/** As many rows as fit in a page; at least one. */
function withinPage(rows: LogEventRow[]): LogEventRow[] {
  let bytes = 0;
  const end = rows.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    return index > 0 && bytes > MAX_PAGE_BYTES;
  });
  return end < 0 ? rows : rows.slice(0, end);
}
