import { z } from 'zod';

const summary = z.object({
  name: z.string(),
  description: z.string().optional(),
  status: z.string(),
  reason: z.string().optional(),
  created_at: z.string(),
  updated_at: z.string().optional(),
  resources: z.int(),
});

/** `GET /_local/api/stacks` */
export const stackList = z.object({ stacks: z.array(summary) });
export type StackList = z.output<typeof stackList>;

/** `GET /_local/api/stacks/<name>` */
export const stackDetail = z.object({
  ...summary.shape,
  parameters: z.array(z.object({ key: z.string(), value: z.string() })),
  outputs: z.array(z.object({ key: z.string(), value: z.string(), description: z.string().optional() })),
  resources_of: z.array(
    z.object({
      logical_id: z.string(),
      physical_id: z.string(),
      type: z.string(),
      status: z.string(),
      reason: z.string().optional(),
      at: z.string(),
    }),
  ),
  /** Newest first. */
  events: z.array(
    z.object({ at: z.string(), logical_id: z.string(), type: z.string(), status: z.string(), reason: z.string().optional() }),
  ),
});
export type StackDetail = z.output<typeof stackDetail>;
