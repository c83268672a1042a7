import { z } from 'zod';

export const nodeKinds = [
  'devices',
  'particle',
  'function',
  'queue',
  'topic',
  'table',
  'logs',
  'bucket',
  'api',
  'pool',
  'site',
  'browsers',
] as const;
export type NodeKind = (typeof nodeKinds)[number];

const node = z.object({
  id: z.string(),
  kind: z.enum(nodeKinds),
  /** The physical name. */
  name: z.string(),
  /** Such as `12 of 12 online`. */
  fact: z.string().optional(),
  /** Something is wrong with it, in a few words. */
  alert: z.string().optional(),
});
export type PictureNode = z.output<typeof node>;

const edge = z.object({
  from: z.string(),
  to: z.string(),
  /** What happens along it, such as `writes`. */
  verb: z.string(),
  /** How often in the last 60 seconds, and since the process started; null where that can't be told apart. */
  per_minute: z.number().nullable(),
  total: z.number().nullable(),
  errors_per_minute: z.number(),
});
export type PictureEdge = z.output<typeof edge>;

/** `GET /_local/api/picture`: what is deployed, and what happens between it. */
export const picture = z.object({
  at: z.string(),
  nodes: z.array(node),
  edges: z.array(edge),
  /** What nothing of the running system calls or feeds. */
  undrawn: z.array(z.object({ kind: z.enum(nodeKinds), name: z.string(), why: z.string() })),
});
export type Picture = z.output<typeof picture>;
