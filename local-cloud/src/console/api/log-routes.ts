import { z } from 'zod';
import type { LogEventPage, LogGroupList, QueryResults } from '../shapes/logs.ts';
import { route } from './route.ts';

interface Group {
  readonly logGroupName: string;
  readonly storedBytes: number;
  readonly logGroupClass: 'STANDARD' | 'INFREQUENT_ACCESS';
  readonly retentionInDays?: number;
  readonly creationTime: number;
}
interface Filtered {
  readonly events: readonly { eventId: string; timestamp: number; logStreamName: string; message: string }[];
  readonly nextToken?: string;
}
interface Results {
  readonly status: string;
  readonly results: readonly (readonly { field: string; value: string }[])[];
  readonly statistics: { recordsMatched: number; recordsScanned: number; bytesScanned: number };
}

/** FilterLogEvents reads newest first only since then. */
const NEWEST_FIRST_SINCE_MS = Date.UTC(2024, 0, 1);
const time_ms = z.coerce.number().int().min(0).max(8_640_000_000_000_000);
const groupName = z.string().min(1).max(512);

/** Log groups, their events by filter pattern, and Logs Insights through the service's own StartQuery and GetQueryResults. */
export const logRoutes = [
  route({
    pattern: '/log-groups',
    handle: async (look): Promise<LogGroupList> => {
      const found: Group[] = [];
      let nextToken: string | undefined;
      do {
        const page = await look.call<{ logGroups: Group[]; nextToken?: string }>('logs', 'DescribeLogGroups', { limit: 50, nextToken });
        found.push(...page.logGroups);
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return {
        log_groups: found.map(({ logGroupName, storedBytes, logGroupClass, retentionInDays, creationTime }) => ({
          name: logGroupName,
          bytes: storedBytes,
          class: logGroupClass,
          ...(retentionInDays === undefined ? {} : { retention_days: retentionInDays }),
          created_at: new Date(creationTime).toISOString(),
        })),
      };
    },
  }),
  route({
    pattern: '/log-events',
    query: z.strictObject({
      group: groupName,
      filter: z.string().max(1024).optional(),
      from: time_ms.optional(),
      to: time_ms.optional(),
      newest: z.enum(['true', 'false']).default('false'),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      after: z.string().max(1024).optional(),
    }),
    handle: async (look, { query }): Promise<LogEventPage> => {
      const isNewest = query.newest === 'true';
      const { events, nextToken } = await look.call<Filtered>('logs', 'FilterLogEvents', {
        logGroupName: query.group,
        limit: query.limit,
        startTime: Math.max(query.from ?? 0, isNewest ? NEWEST_FIRST_SINCE_MS : 0),
        ...(query.to === undefined ? {} : { endTime: query.to }),
        ...(query.filter === undefined ? {} : { filterPattern: query.filter }),
        ...(isNewest ? { startFromHead: false } : {}),
        ...(query.after === undefined ? {} : { nextToken: query.after }),
      });
      return {
        events: events.map(({ eventId, timestamp, logStreamName, message }) => ({
          id: eventId,
          at: new Date(timestamp).toISOString(),
          stream: logStreamName,
          text: message,
        })),
        ...(nextToken === undefined ? {} : { next: nextToken }),
      };
    },
  }),
  route({
    method: 'POST',
    pattern: '/log-queries',
    body: z.strictObject({
      log_groups: z.array(groupName).min(1).max(50),
      query: z.string().min(1).max(10_000),
      /** Seconds since 1970. */
      from_s: z.int().min(0),
      to_s: z.int().min(0),
    }),
    handle: async (look, { body }) => {
      const { queryId } = await look.call<{ queryId: string }>('logs', 'StartQuery', {
        logGroupNames: body.log_groups,
        queryString: body.query,
        startTime: body.from_s,
        endTime: body.to_s,
      });
      return { query_id: queryId };
    },
  }),
  route({
    pattern: '/log-queries/:id',
    handle: async (look, { params }): Promise<QueryResults> => {
      const { status, results, statistics } = await look.call<Results>('logs', 'GetQueryResults', {
        queryId: params['id'],
        maxItems: 1000,
      });
      const columns = new Set(results.flatMap((row) => row.map(({ field }) => field)));
      // A pointer is for GetLogRecord and says nothing to a reader.
      columns.delete('@ptr');
      return {
        status,
        columns: [...columns],
        rows: results.map((row) => Object.fromEntries(row.map(({ field, value }) => [field, value]))),
        statistics: {
          records_matched: statistics.recordsMatched,
          records_scanned: statistics.recordsScanned,
          bytes_scanned: statistics.bytesScanned,
        },
      };
    },
  }),
];
