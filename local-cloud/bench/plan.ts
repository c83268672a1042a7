import { z } from 'zod';

const call = z.object({ name: z.string(), query: z.string() });

/** One virtual user: their token, what they see, and which devices they open. */
const user = z.object({
  persona: z.string(),
  token: z.string(),
  path: z.string(),
  devices: z.array(z.object({ device_id: z.string(), path: z.string() })).min(1),
});

/** What the load process is given, and what it answers. */
export const planShape = z.object({
  graphql: z.url(),
  /** For the floor. */
  dynamodb: z.object({ endpoint: z.url(), region: z.string(), account: z.string(), table: z.string() }),
  /** GraphQL operations by their names. */
  operations: z.record(z.string(), call),
  users: z.array(user).min(1),
  think_s: z.number().positive(),
  warm_up_s: z.number().min(0),
  measured_s: z.number().positive(),
  /** Of the pages opened, how many are the fleet's; the rest are devices'. */
  fleet_share: z.number().min(0).max(1),
  seed: z.int(),
});
export type Plan = z.output<typeof planShape>;
export type BenchUser = Plan['users'][number];

export const resultShape = z.object({
  /** Milliseconds from a page's first request to its last answer, by `<page> <persona>`. */
  pages: z.record(z.string(), z.array(z.number())),
  /** Milliseconds of each call, by operation. */
  calls: z.record(z.string(), z.array(z.number())),
  errors: z.array(z.string()),
  bytes: z.number(),
  /** CPU seconds of the load process, and its largest resident set in MiB. */
  cpu_s: z.number(),
  rss_mib: z.number(),
});
export type LoadResult = z.output<typeof resultShape>;
