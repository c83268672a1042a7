import { z } from 'zod';

/** `GET /_local/api/bill`: what was used since the start times AWS's prices, and what a month of the same would cost. */
export const bill = z.object({
  since: z.string(),
  until: z.string(),
  prices_as_of: z.string(),
  region: z.string(),
  usd: z.number(),
  usd_a_month: z.number(),
  lines: z.array(
    z.object({
      key: z.string(),
      unit: z.string(),
      quantity: z.number(),
      usd: z.number(),
      usd_a_month: z.number(),
      /** What is to be known of this line. */
      note: z.string().optional(),
    }),
  ),
});
export type Bill = z.output<typeof bill>;
