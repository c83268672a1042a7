import { z } from 'zod';

const phase = z.object({
  type: z.string(),
  /** CodeBuild's word; absent while it goes on. */
  status: z.string().optional(),
  started_at: z.string(),
  ended_at: z.string().optional(),
  /** Why it failed. */
  context: z.string().optional(),
});
export type BuildPhase = z.output<typeof phase>;

/** `GET /_local/api/builds/<account>/<region>/<id>` */
export const buildDetail = z.object({
  id: z.string(),
  project: z.string(),
  number: z.int(),
  status: z.string(),
  started_at: z.string(),
  ended_at: z.string().optional(),
  initiator: z.string(),
  compute: z.string(),
  image: z.string(),
  phases: z.array(phase),
  exported: z.array(z.object({ name: z.string(), value: z.string() })),
  log: z.object({ group: z.string(), stream: z.string() }).optional(),
});
export type BuildDetail = z.output<typeof buildDetail>;

/** `GET /_local/api/builds/<account>/<region>/<id>/log?after=`: in order, from the beginning or from where `next` was. */
export const buildLogPage = z.object({ lines: z.array(z.object({ at: z.string(), text: z.string() })), next: z.string().optional() });
export type BuildLogPage = z.output<typeof buildLogPage>;
