import { z } from 'zod';

/** `GET /_local/api/buckets` */
export const bucketList = z.object({ buckets: z.array(z.object({ name: z.string(), created_at: z.string() })) });
export type BucketList = z.output<typeof bucketList>;

/** `GET /_local/api/buckets/<name>/objects?prefix=&after=`: what stands directly below the prefix. */
export const objectPage = z.object({
  folders: z.array(z.string()),
  objects: z.array(z.object({ key: z.string(), bytes: z.number(), modified_at: z.string() })),
  next: z.string().optional(),
});
export type ObjectPage = z.output<typeof objectPage>;

/** `GET /_local/api/buckets/<name>/object?key=`: its beginning as text, where it is UTF-8 and not compressed. */
export const objectDetail = z.object({
  key: z.string(),
  bytes: z.number(),
  content_type: z.string(),
  modified_at: z.string(),
  metadata: z.record(z.string(), z.string()),
  text: z.string().optional(),
  is_cut: z.boolean(),
});
export type ObjectDetail = z.output<typeof objectDetail>;

/** `GET /_local/api/parameters`: without the values of SecureStrings. */
export const parameterList = z.object({
  parameters: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      value: z.string().optional(),
      version: z.number(),
      modified_at: z.string(),
      description: z.string().optional(),
    }),
  ),
});
export type ParameterList = z.output<typeof parameterList>;

/** `GET /_local/mail`: what services would have sent, newest first. */
export const mailList = z.array(z.object({ to: z.string(), subject: z.string(), body: z.string(), sent_at: z.string() }));
export type MailList = z.output<typeof mailList>;
