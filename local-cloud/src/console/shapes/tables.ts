import { z } from 'zod';

const key = z.object({ pk: z.string(), sk: z.string().optional() });
const table = z.object({
  name: z.string(),
  status: z.string(),
  items: z.number(),
  bytes: z.number(),
  key,
  indexes: z.array(z.object({ name: z.string(), key, items: z.number(), bytes: z.number() })),
  ttl: z.string().optional(),
});
export type TableSummary = z.output<typeof table>;

/** `GET /_local/api/tables` */
export const tableList = z.object({ tables: z.array(table) });
export type TableList = z.output<typeof tableList>;

/** `GET /_local/api/tables/<name>/items?index=&pk=&sk=&match=&order=&limit=&after=` */
export const itemPage = z.object({
  items: z.array(z.record(z.string(), z.unknown())),
  /** How many were looked at to find these. */
  scanned: z.number(),
  capacity_units: z.number(),
  /** For `after`, to go on; absent at the end. */
  next: z.string().optional(),
});
export type ItemPage = z.output<typeof itemPage>;
