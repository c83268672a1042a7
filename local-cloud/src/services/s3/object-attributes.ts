import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Bucket } from './buckets.ts';
import type { Checksum } from './checksums.ts';
import type { ObjectAttributes, StoredVersion } from './object-store.ts';
import { invalidArgument, noSuchKey, preconditionFailed } from './s3-error.ts';

export const wholeNumber = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
/** A date, or an HTTP date; one that can't be read counts as none, as HTTP has it. */
export const httpDate = z.union([z.date(), z.string().transform((text) => new Date(text))]);

export const bucketMembers = { Bucket: z.string(), ExpectedBucketOwner: z.string().optional() };
export const objectMembers = { ...bucketMembers, Key: z.string().min(1) };

export const checksumMembers = {
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
};

/** Texts by names of the caller's own choice: zod's record would leave out `__proto__`. */
const textByName = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((text) => typeof text === 'string'),
  { message: 'expected a map of texts' },
);

/** What a write says of the object besides its body. */
export const attributeMembers = {
  CacheControl: z.string().optional(),
  ContentDisposition: z.string().optional(),
  ContentEncoding: z.string().optional(),
  ContentLanguage: z.string().optional(),
  ContentType: z.string().optional(),
  Expires: z.union([z.string(), z.date().transform((date) => date.toUTCString())]).optional(),
  Metadata: textByName.optional(),
  ACL: z.string().optional(),
  StorageClass: z
    .enum(['STANDARD', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'])
    .optional(),
  ServerSideEncryption: z.enum(['AES256', 'aws:kms']).optional(),
  SSEKMSKeyId: z.string().min(1).optional(),
  BucketKeyEnabled: flag.optional(),
  Tagging: z.string().optional(),
};

const attributeInput = z.object(attributeMembers);
export type AttributeInput = z.output<typeof attributeInput>;

/**
 * Checks a write's headers and gives what is kept. Throws MetadataTooLarge over 2 KB (Amazon S3 User Guide, "Working
 * with object metadata"), AccessControlListNotSupported for any ACL but the owner's full control (same guide,
 * "Controlling ownership of objects and disabling ACLs").
 */
export function attributesFor(input: AttributeInput, bucket: Bucket, kmsKeyArn: string | undefined, checksum?: Checksum): ObjectAttributes {
  refuseAcl(input.ACL);
  const metadata = ownTexts();
  let bytes = 0;
  for (const [name, value] of Object.entries(input.Metadata ?? {})) {
    metadata[name.toLowerCase()] = value;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > 2048) throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400);
  const encryption = input.ServerSideEncryption ?? bucket.encryption.SSEAlgorithm;
  const bucketKey = input.BucketKeyEnabled ?? bucket.encryption.BucketKeyEnabled;
  return {
    contentType: input.ContentType ?? 'binary/octet-stream',
    ...(input.CacheControl === undefined ? {} : { cacheControl: input.CacheControl }),
    ...(input.ContentDisposition === undefined ? {} : { contentDisposition: input.ContentDisposition }),
    ...(input.ContentEncoding === undefined ? {} : { contentEncoding: input.ContentEncoding }),
    ...(input.ContentLanguage === undefined ? {} : { contentLanguage: input.ContentLanguage }),
    ...(input.Expires === undefined ? {} : { expires: input.Expires }),
    metadata,
    storageClass: input.StorageClass ?? 'STANDARD',
    encryption,
    ...(encryption === 'aws:kms' && bucketKey ? { bucketKeyEnabled: true } : {}),
    ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
    ...(checksum === undefined ? {} : { checksum }),
  };
}

/**
 * The KMS key that a write is to use, as it was named: the request's, else the bucket's. Undefined for S3's own encryption and for AWS's own key,
 * which is what `aws:kms` without a key means ("PutObject", x-amz-server-side-encryption-aws-kms-key-id). Throws InvalidArgument for a key without
 * `aws:kms`.
 */
export function kmsKeyFor(
  input: { readonly ServerSideEncryption?: string | undefined; readonly SSEKMSKeyId?: string | undefined },
  bucket: Bucket,
): string | undefined {
  if (input.SSEKMSKeyId !== undefined && input.ServerSideEncryption !== 'aws:kms') {
    const header = 'x-amz-server-side-encryption';
    throw invalidArgument(
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
      header,
    );
  }
  return input.ServerSideEncryption === undefined ? bucket.encryption.KMSMasterKeyID : input.SSEKMSKeyId;
}

export function refuseAcl(acl: string | undefined): void {
  if (acl === undefined || acl === 'bucket-owner-full-control') return;
  throw new AwsError('AccessControlListNotSupported', 'The bucket does not allow ACLs', 400);
}

/** Keys are at most 1,024 bytes long (Amazon S3 User Guide, "Naming Amazon S3 objects"). */
export function refuseLongKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size: size, MaxSizeAllowed: 1024 });
}

/** An empty record for names of the caller's own choice: without a prototype, `__proto__` is a name like any other. */
export function ownTexts(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}

/** Reads the `x-amz-tagging` header: `a=1&b=2`. */
export function tagsOfHeader(header: string | undefined): Record<string, string> {
  if (header === undefined || header === '') return {};
  return tagsOf([...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value })));
}

/**
 * A tag set as a record. Throws InvalidTag over 10 tags on an object (50 on a bucket), over 128 characters in a key, 256
 * in a value, or for a key given twice (Amazon S3 User Guide, "Categorizing your objects using tags").
 */
export function tagsOf(set: readonly { Key: string; Value: string }[], most = 10): Record<string, string> {
  if (set.length > most) {
    throw new AwsError('BadRequest', `${most === 10 ? 'Object' : 'Bucket'} tags cannot be greater than ${most}`, 400);
  }
  const tags = ownTexts();
  for (const { Key, Value } of set) {
    const invalid = (message: string) => new AwsError('InvalidTag', message, 400, { TagKey: Key });
    if (Key === '' || Key.length > 128) throw invalid('The TagKey you have provided is invalid');
    if (Value.length > 256) throw invalid('The TagValue you have provided is invalid');
    if (Object.hasOwn(tags, Key)) throw invalid('Cannot provide multiple Tags with the same key');
    tags[Key] = Value;
  }
  return tags;
}

/** Tags of a request, as condition keys. */
export function tagConditions(tags: Readonly<Record<string, string>>): Record<string, string | readonly string[]> {
  const names = Object.keys(tags);
  if (names.length === 0) return {};
  return {
    's3:RequestObjectTagKeys': names,
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
  };
}

/** `If-Match` and `If-None-Match` of a write (Amazon S3 User Guide, "Preventing object overwrites with conditional writes"). */
export function checkWrite(
  input: { readonly IfMatch?: string | undefined; readonly IfNoneMatch?: string | undefined; readonly Key: string },
  current: StoredVersion | undefined,
): void {
  const exists = current !== undefined && !current.isDeleteMarker;
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*') {
      throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', 501, {
        Header: 'If-None-Match',
      });
    }
    if (exists) throw preconditionFailed('If-None-Match');
  }
  if (input.IfMatch !== undefined) {
    if (!exists) throw noSuchKey(input.Key);
    if (unquoted(input.IfMatch) !== current.etag) throw preconditionFailed('If-Match');
  }
}

export function unquoted(etag: string): string {
  return etag
    .trim()
    .replace(/^W\//, '')
    .replace(/^"(.*)"$/, '$1');
}
