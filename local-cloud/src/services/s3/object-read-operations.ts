import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { meterS3KeyUse } from '../kms/key-access.ts';
import type { Bucket } from './buckets.ts';
import { httpDate, objectMembers } from './object-attributes.ts';
import type { StoredVersion } from './object-store.ts';
import { decryptAccess } from './object-write-operations.ts';
import { byteRange, checkRead } from './read-conditions.ts';
import { invalidRequest } from './s3-error.ts';
import type { S3Store } from './s3-store.ts';

const readInput = z.strictObject({
  ...objectMembers,
  VersionId: z.string().optional(),
  Range: z.string().optional(),
  ChecksumMode: z.literal('ENABLED').optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
  IfModifiedSince: httpDate.optional(),
  IfUnmodifiedSince: httpDate.optional(),
  ResponseCacheControl: z.string().optional(),
  ResponseContentDisposition: z.string().optional(),
  ResponseContentEncoding: z.string().optional(),
  ResponseContentLanguage: z.string().optional(),
  ResponseContentType: z.string().optional(),
  ResponseExpires: z.union([z.string(), z.date().transform((date) => date.toUTCString())]).optional(),
});
type ReadInput = z.output<typeof readInput>;

/** What GetObject and HeadObject answer, in the SDK's shape; `Body` with GetObject only. */
export interface ReadOutput {
  readonly Body?: Buffer;
  readonly ContentLength: number;
  readonly ContentRange?: string;
  readonly ContentType: string;
  readonly ETag: string;
  readonly LastModified: Date;
  readonly Metadata: Readonly<Record<string, string>>;
  readonly [member: string]: unknown;
}

export function objectReadOperations(store: S3Store) {
  const authorize = (input: ReadInput, context: CallContext) => {
    const bucket = store.bucket(input, context);
    if (input.VersionId === undefined) return [store.onObject(bucket, input.Key, 's3:GetObject', context)];
    return [store.onObject(bucket, input.Key, 's3:GetObjectVersion', context, { 's3:VersionId': input.VersionId })];
  };

  const head = (input: ReadInput, context: CallContext) => {
    const { bucket, version } = store.readable(input, context);
    checkRead(input, version);
    const range = byteRange(input.Range, version.size);
    return { bucket, version, range, output: describe(input, context, bucket, version, range) };
  };

  const describe = (
    input: ReadInput,
    context: CallContext,
    bucket: Bucket,
    version: StoredVersion,
    range: { start: number; end: number } | undefined,
  ): ReadOutput => {
    const { attributes } = version;
    const tagCount = Object.keys(version.tags).length;
    const tagAction = input.VersionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
    const showsTags = tagCount > 0 && store.may(context, store.onObject(bucket, input.Key, tagAction, context));
    const { checksum } = attributes;
    return {
      AcceptRanges: 'bytes',
      ContentLength: range === undefined ? version.size : range.end - range.start,
      ...(range === undefined ? {} : { ContentRange: `bytes ${range.start}-${range.end - 1}/${version.size}` }),
      ContentType: input.ResponseContentType ?? attributes.contentType,
      CacheControl: input.ResponseCacheControl ?? attributes.cacheControl,
      ContentDisposition: input.ResponseContentDisposition ?? attributes.contentDisposition,
      ContentEncoding: input.ResponseContentEncoding ?? attributes.contentEncoding,
      ContentLanguage: input.ResponseContentLanguage ?? attributes.contentLanguage,
      Expires: input.ResponseExpires ?? attributes.expires,
      ETag: `"${version.etag}"`,
      LastModified: new Date(version.lastModified_ms),
      Metadata: attributes.metadata,
      ServerSideEncryption: attributes.encryption,
      SSEKMSKeyId: attributes.kmsKeyArn,
      ...(attributes.bucketKeyEnabled ? { BucketKeyEnabled: true } : {}),
      ...(attributes.storageClass === 'STANDARD' ? {} : { StorageClass: attributes.storageClass }),
      ...(bucket.versioning === undefined ? {} : { VersionId: version.versionId }),
      ...(showsTags ? { TagCount: tagCount } : {}),
      // A part of the object has another checksum than the whole.
      ...(input.ChecksumMode === 'ENABLED' && checksum !== undefined && range === undefined
        ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }
        : {}),
    };
  };

  return {
    HeadObject: operation({
      input: readInput,
      authorize,
      run: (input, context) => head(input, context).output,
    }),

    GetObject: operation({
      input: readInput,
      authorize: (input, context) => [...authorize(input, context), ...decryptAccess(store, store.bucket(input, context), input, context)],
      run: async (input, context): Promise<ReadOutput> => {
        if (context.principal.kind === 'anonymous' && Object.keys(input).some((member) => member.startsWith('Response'))) {
          throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
        }
        const { bucket, version, range, output } = head(input, context);
        if (version.attributes.storageClass === 'GLACIER' || version.attributes.storageClass === 'DEEP_ARCHIVE') {
          throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", 403, {
            StorageClass: version.attributes.storageClass,
          });
        }
        const Body = await store.of(bucket).bodies.read(version.segments, range?.start ?? 0, range?.end ?? version.size);
        meterS3KeyUse(version.attributes.kmsKeyArn, 'Decrypt', context);
        return { ...output, Body };
      },
    }),
  };
}
