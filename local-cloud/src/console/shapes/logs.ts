import { z } from 'zod';

/** `GET /_local/api/log-groups` */
export const logGroupList = z.object({
  log_groups: z.array(
    z.object({
      name: z.string(),
      bytes: z.number(),
      class: z.enum(['STANDARD', 'INFREQUENT_ACCESS']),
      retention_days: z.number().optional(),
      created_at: z.string(),
    }),
  ),
});
export type LogGroupList = z.output<typeof logGroupList>;

/** `GET /_local/api/log-events?group=&filter=&from=&to=&limit=&after=`: oldest first; with `newest=true` the newest first. */
export const logEventPage = z.object({
  events: z.array(z.object({ id: z.string(), at: z.string(), stream: z.string(), text: z.string() })),
  next: z.string().optional(),
});
export type LogEventPage = z.output<typeof logEventPage>;

/** `POST /_local/api/log-queries` */
export const startedQuery = z.object({ query_id: z.string() });

/** `GET /_local/api/log-queries/<id>` */
export const queryResults = z.object({
  status: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.record(z.string(), z.string())),
  statistics: z.object({ records_matched: z.number(), records_scanned: z.number(), bytes_scanned: z.number() }),
});
export type QueryResults = z.output<typeof queryResults>;
