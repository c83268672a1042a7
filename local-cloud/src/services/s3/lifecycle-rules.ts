import { z } from 'zod';

const days = z.union([
  z.number().int().positive(),
  z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
]);
const size = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const time = z.union([z.date().transform((date) => date.toISOString()), z.string()]);
const tag = z.strictObject({ Key: z.string(), Value: z.string() });
const storageClass = z.enum(['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']);

/**
 * A rule of a lifecycle configuration (Amazon S3 API Reference, "LifecycleRule"). Expirations are carried out by
 * the sweep; transitions are kept and have no effect.
 */
export const lifecycleRule = z.strictObject({
  ID: z.string().max(255).optional(),
  Prefix: z.string().optional(),
  Filter: z
    .strictObject({
      Prefix: z.string().optional(),
      Tag: tag.optional(),
      ObjectSizeGreaterThan: size.optional(),
      ObjectSizeLessThan: size.optional(),
      And: z
        .strictObject({
          Prefix: z.string().optional(),
          Tags: z.array(tag).optional(),
          ObjectSizeGreaterThan: size.optional(),
          ObjectSizeLessThan: size.optional(),
        })
        .optional(),
    })
    .optional(),
  Status: z.enum(['Enabled', 'Disabled']),
  Expiration: z.strictObject({ Days: days.optional(), Date: time.optional(), ExpiredObjectDeleteMarker: flag.optional() }).optional(),
  Transitions: z.array(z.strictObject({ Days: size.optional(), Date: time.optional(), StorageClass: storageClass })).optional(),
  NoncurrentVersionExpiration: z.strictObject({ NoncurrentDays: days, NewerNoncurrentVersions: days.optional() }).optional(),
  NoncurrentVersionTransitions: z
    .array(z.strictObject({ NoncurrentDays: size, NewerNoncurrentVersions: days.optional(), StorageClass: storageClass }))
    .optional(),
  AbortIncompleteMultipartUpload: z.strictObject({ DaysAfterInitiation: days }).optional(),
});

export type LifecycleRule = z.output<typeof lifecycleRule>;
