import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Operation, operation, type Scope } from '../../kernel/service.ts';
import { discoveredFields } from './insights/discovered-fields.ts';
import { MalformedQuery } from './insights/malformed-query.ts';
import { MAX_LIMIT } from './insights/parser.ts';
import { QueryRun } from './insights/query-run.ts';
import { toText } from './insights/value.ts';
import { identifiedLogGroup, invalidParameter, logGroupResource } from './log-arn.ts';
import type { LogGroupRow, LogStore, LogStoreOf } from './log-store.ts';
import { checkedLimit, decodeToken, encodeToken, invalidToken, page } from './paging.ts';
import { type QueryRunner, readRecordPointer } from './query-runner.ts';
import { NO_STATISTICS, type QueryStore, type StoredQuery } from './query-store.ts';

/** "StartQuery". */
const MAX_LOG_GROUPS = 50;
const MAX_CONCURRENT_QUERIES = 100;
/** "GetQueryResults": rows in one answer. */
const MAX_RESULT_ROWS = 10_000;
const MAX_DESCRIBED_QUERIES = 1_000;

export interface Queries {
  readonly store: QueryStore;
  readonly runner: QueryRunner;
}

const startQueryInput = z.strictObject({
  queryLanguage: z.literal('CWLI').optional(),
  logGroupName: z.string().optional(),
  logGroupNames: z.array(z.string()).optional(),
  logGroupIdentifiers: z.array(z.string()).optional(),
  startTime: z.number(),
  endTime: z.number(),
  queryString: z.string(),
  limit: z.number().optional(),
});

export function queryOperations(
  storeOf: LogStoreOf,
  queriesOf: (scope: Scope) => Queries,
  clock: () => number,
): Record<string, Operation<never, unknown>> {
  const existing = (scope: Scope, id: string): StoredQuery => {
    const query = queriesOf(scope).store.get(id);
    if (query === undefined) throw new AwsError('ResourceNotFoundException', `Query with id '${id}' does not exist`);
    return query;
  };
  return {
    StartQuery: operation({
      input: startQueryInput,
      authorize: (input, context) =>
        queriedGroups(context, input).map((name) => ({ action: 'logs:StartQuery', resource: logGroupResource(context, name) })),
      run(input, context) {
        const store = storeOf(context);
        const groups = queriedGroups(context, input).map((name) => queriedGroup(store, name));
        checkTimes(store, groups, input, clock());
        const limit = input.limit === undefined ? undefined : checkedLimit(input.limit, MAX_LIMIT);
        // Throws for a malformed query before anything is stored.
        new QueryRun(input.queryString, { now_ms: clock(), limit });
        const queries = queriesOf(context);
        if (queries.runner.running >= MAX_CONCURRENT_QUERIES)
          throw new AwsError('LimitExceededException', `Account maximum query concurrency limit of [${MAX_CONCURRENT_QUERIES}] reached.`);
        const queryId = randomUUID();
        queries.store.add(queryId, {
          queryString: input.queryString,
          logGroupNames: groups.map(({ name }) => name),
          startTime: input.startTime,
          endTime: input.endTime,
          limit,
          userIdentity: context.principal.arn,
        });
        queries.runner.start(existing(context, queryId));
        return { queryId };
      },
    }),

    GetQueryResults: operation({
      input: z.strictObject({ queryId: z.string(), nextToken: z.string().optional(), maxItems: z.number().optional() }),
      // No resource-level permission in the Service Authorization Reference.
      authorize: () => [{ action: 'logs:GetQueryResults', resource: '*' }],
      run(input, context) {
        const query = existing(context, input.queryId);
        const { store, runner } = queriesOf(context);
        const unfinished = query.status === 'Scheduled' || query.status === 'Running';
        // The process ended while the query was running: it is run again.
        if (unfinished && !runner.isRunning(query.id)) runner.start(query);
        const count = checkedLimit(input.maxItems, MAX_RESULT_ROWS);
        const start = input.nextToken === undefined ? 0 : Number(decodeToken(input.nextToken));
        if (!Number.isSafeInteger(start)) throw invalidToken();
        const results = store.results(query.id);
        return {
          queryLanguage: 'CWLI',
          results: results.slice(start, start + count),
          statistics: { ...NO_STATISTICS, estimatedRecordsSkipped: 0, estimatedBytesSkipped: 0, ...query.statistics },
          status: query.status,
          ...(start + count < results.length ? { nextToken: encodeToken(String(start + count)) } : {}),
        };
      },
    }),

    StopQuery: operation({
      input: z.strictObject({ queryId: z.string() }),
      authorize: () => [{ action: 'logs:StopQuery', resource: '*' }],
      run(input, context) {
        const query = existing(context, input.queryId);
        if (!queriesOf(context).runner.stop(query.id)) throw invalidParameter(`Query with id '${query.id}' is not running`);
        return { success: true };
      },
    }),

    DescribeQueries: operation({
      input: z.strictObject({
        logGroupName: z.string().optional(),
        status: z.enum(['Scheduled', 'Running', 'Complete', 'Failed', 'Cancelled', 'Timeout', 'Unknown']).optional(),
        queryLanguage: z.literal('CWLI').optional(),
        maxResults: z.number().optional(),
        nextToken: z.string().optional(),
      }),
      authorize: () => [{ action: 'logs:DescribeQueries', resource: '*' }],
      run(input, context) {
        const found = queriesOf(context)
          .store.list()
          .filter(({ status }) => input.status === undefined || status === input.status)
          .filter(({ request }) => input.logGroupName === undefined || request.logGroupNames.includes(input.logGroupName));
        const limit = checkedLimit(input.maxResults, MAX_DESCRIBED_QUERIES);
        const { items, nextToken } = page(found, ({ id }) => id, { nextToken: input.nextToken, limit }, MAX_DESCRIBED_QUERIES);
        return { queries: items.map(described), nextToken };
      },
    }),

    GetLogRecord: operation({
      input: z.strictObject({ logRecordPointer: z.string(), unmask: z.literal(false).optional() }),
      authorize: () => [{ action: 'logs:GetLogRecord', resource: '*' }],
      run: (input, context) => ({ logRecord: logRecord(storeOf(context), context, input.logRecordPointer) }),
    }),
  };
}

/** Throws InvalidParameterException unless exactly one of the three ways to name log groups is used. */
function queriedGroups(scope: Scope, input: z.output<typeof startQueryInput>): string[] {
  const ways = [
    input.logGroupName === undefined ? undefined : [input.logGroupName],
    input.logGroupNames,
    input.logGroupIdentifiers?.map((identifier) => identifiedLogGroup(scope, identifier)),
  ].filter((way) => way !== undefined);
  const [names] = ways;
  if (ways.length !== 1 || names === undefined)
    throw invalidParameter('Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.');
  if (names.length < 1 || names.length > MAX_LOG_GROUPS) throw invalidParameter(`A query can have 1 to ${MAX_LOG_GROUPS} log groups.`);
  return [...new Set(names)];
}

function queriedGroup(store: LogStore, name: string): LogGroupRow {
  const group = store.group(name);
  if (group === undefined)
    throw new AwsError('ResourceNotFoundException', `Log group '${name}' does not exist for account ID '${store.scope.account}'`);
  return group;
}

/** AWS refuses a range that ends before every one of the log groups was made, or that their retention has expired. */
function checkTimes(store: LogStore, groups: readonly LogGroupRow[], input: { startTime: number; endTime: number }, now_ms: number): void {
  const span = { start: 0, end: 0 };
  for (const time of [input.startTime, input.endTime])
    if (!Number.isSafeInteger(time) || time < 0 || time * 1000 > now_ms * 10)
      throw invalidParameter('startTime and endTime are seconds since January 1, 1970, 00:00:00 UTC.');
  if (input.endTime < input.startTime) throw new MalformedQuery('End time should not be before start time', span);
  const end_ms = input.endTime * 1000 + 999;
  if (groups.every((group) => end_ms < Math.max(group.created_ms, store.retentionCutoff(group))))
    throw new MalformedQuery(
      "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings",
      span,
    );
}

function logRecord(store: LogStore, scope: Scope, logRecordPointer: string): Record<string, string> {
  const pointer = readRecordPointer(logRecordPointer);
  const group = pointer === undefined ? undefined : store.groupById(pointer.groupId);
  if (pointer === undefined || group === undefined) throw invalidParameter('The specified log record pointer is invalid.');
  const { timestamp_ms, id } = pointer;
  const after = { timestamp_ms, id: id - 1 };
  const [row] = store.scan(group, { groupId: group.id, from_ms: timestamp_ms, to_ms: timestamp_ms, after, limit: 1 });
  if (row === undefined || row.id !== id) throw new AwsError('ResourceNotFoundException', 'The specified log record does not exist.');
  const log = `${scope.account}:${group.name}`;
  const record: Record<string, string> = {
    '@timestamp': String(row.timestamp_ms),
    '@message': row.message,
    '@logStream': row.stream_name,
    '@log': log,
    '@ingestionTime': String(row.ingested_ms),
    '@ptr': logRecordPointer,
  };
  for (const [name, value] of discoveredFields({ message: row.message, log }).entries()) record[name] = toText(value) ?? '';
  return record;
}

function described(query: StoredQuery) {
  return {
    queryLanguage: 'CWLI',
    queryId: query.id,
    queryString: query.request.queryString,
    status: query.status,
    createTime: query.created_ms,
    logGroupName: query.request.logGroupNames[0],
    userIdentity: query.request.userIdentity,
    ...(query.status === 'Complete' ? { queryDuration: query.duration_ms, bytesScanned: query.statistics.bytesScanned } : {}),
  };
}
