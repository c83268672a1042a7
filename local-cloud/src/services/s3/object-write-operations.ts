import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type Authorization, type CallContext, operation } from '../../kernel/service.ts';
import { meterS3KeyUse, s3KeyAccess, s3KeyArn } from '../kms/key-access.ts';
import type { Bucket } from './buckets.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, checksumOf, md5Of, verifyBody } from './checksums.ts';
import {
  attributeMembers,
  attributesFor,
  bucketMembers,
  checksumMembers,
  checkWrite,
  flag,
  httpDate,
  kmsKeyFor,
  objectMembers,
  refuseAcl,
  refuseLongKey,
  tagConditions,
  tagsOfHeader,
} from './object-attributes.ts';
import type { StoredVersion } from './object-store.ts';
import { checkRead } from './read-conditions.ts';
import { accessDenied, invalidArgument, invalidRequest, malformedXml } from './s3-error.ts';
import type { ObjectInput, S3Store } from './s3-store.ts';

export const bodyMember = z
  .union([z.instanceof(Uint8Array), z.string().transform((text) => Buffer.from(text))])
  .optional()
  .transform((body) => body ?? Buffer.alloc(0));

const putInput = z.strictObject({
  ...objectMembers,
  ...attributeMembers,
  ...checksumMembers,
  Body: bodyMember,
  ContentMD5: z.string().optional(),
  ChecksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).optional(),
  IfMatch: z.string().optional(),
  IfNoneMatch: z.string().optional(),
});

const directive = z.enum(['COPY', 'REPLACE']);
/** The members that name the source of a copy and the conditions on it. */
export const copySourceMembers = {
  CopySource: z.string(),
  CopySourceIfMatch: z.string().optional(),
  CopySourceIfNoneMatch: z.string().optional(),
  CopySourceIfModifiedSince: httpDate.optional(),
  CopySourceIfUnmodifiedSince: httpDate.optional(),
  ExpectedSourceBucketOwner: z.string().optional(),
};
const copySourceInput = z.object(copySourceMembers);
type CopySourceInput = z.output<typeof copySourceInput>;

const copyInput = z.strictObject({
  ...objectMembers,
  ...attributeMembers,
  ...copySourceMembers,
  MetadataDirective: directive.default('COPY'),
  TaggingDirective: directive.default('COPY'),
  ChecksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).optional(),
});

export interface WriteAccess {
  readonly Key: string;
  readonly ACL?: string | undefined;
  readonly Tagging?: string | undefined;
  readonly StorageClass?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly SSEKMSKeyId?: string | undefined;
}

/** What a write needs: PutObject, the use of the bucket's or the request's KMS key, and the actions for what its headers set besides. */
export function writeAccess(
  store: S3Store,
  bucket: Bucket,
  input: WriteAccess,
  context: CallContext,
  conditions: Record<string, string> = {},
) {
  const tags = tagsOfHeader(input.Tagging);
  const all = {
    ...tagConditions(tags),
    ...conditions,
    ...(input.StorageClass === undefined ? {} : { 's3:x-amz-storage-class': input.StorageClass }),
    ...(input.ServerSideEncryption === undefined ? {} : { 's3:x-amz-server-side-encryption': input.ServerSideEncryption }),
    ...(input.ACL === undefined ? {} : { 's3:x-amz-acl': input.ACL }),
  };
  return [
    store.onObject(bucket, input.Key, 's3:PutObject', context, all),
    ...s3KeyAccess(kmsKeyFor(input, bucket), ['GenerateDataKey'], context, bucket.region),
    ...(input.Tagging === undefined ? [] : [store.onObject(bucket, input.Key, 's3:PutObjectTagging', context, all)]),
    ...(input.ACL === undefined ? [] : [store.onObject(bucket, input.Key, 's3:PutObjectAcl', context, all)]),
  ];
}

/** The object that `x-amz-copy-source` names: `bucket/key`, URL-encoded, with an optional `?versionId=`. */
export function copySource(input: CopySourceInput): ObjectInput {
  const [path = '', query = ''] = input.CopySource.replace(/^\//, '').split(/\?(?=versionId=)/);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', input.CopySource);
  }
  const slash = decoded.indexOf('/');
  if (slash < 1 || slash === decoded.length - 1)
    throw invalidArgument('Invalid copy source object key', 'x-amz-copy-source', input.CopySource);
  return {
    Bucket: decoded.slice(0, slash),
    Key: decoded.slice(slash + 1),
    VersionId: new URLSearchParams(query).get('versionId') ?? undefined,
    ExpectedBucketOwner: input.ExpectedSourceBucketOwner,
  };
}

/** What reading an object's body needs of its KMS key; nothing where there is no such object. */
export function decryptAccess(store: S3Store, bucket: Bucket, { Key, VersionId }: ObjectInput, context: CallContext): Authorization[] {
  const { objects } = store.of(bucket);
  const version = VersionId === undefined ? objects.latest(bucket.name, Key) : objects.version(bucket.name, Key, VersionId);
  return s3KeyAccess(version?.attributes.kmsKeyArn, ['Decrypt'], context, bucket.region);
}

export function sourceAccess(store: S3Store, source: ObjectInput, context: CallContext) {
  const bucket = store.bucket(source, context, { anyRegion: true });
  const action = source.VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  return [
    store.onObject(bucket, source.Key, action, context, source.VersionId === undefined ? {} : { 's3:VersionId': source.VersionId }),
    ...decryptAccess(store, bucket, source, context),
  ];
}

/** The source's version, when the conditions on it hold. */
export function readSource(store: S3Store, input: CopySourceInput, context: CallContext): { bucket: Bucket; version: StoredVersion } {
  const source = copySource(input);
  const home = store.bucket(source, context, { anyRegion: true });
  const found = store.readable(source, { ...context, region: home.region });
  checkRead(
    {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    found.version,
    true,
  );
  const { storageClass } = found.version.attributes;
  if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE') {
    throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", 403, {
      StorageClass: storageClass,
    });
  }
  return found;
}

export function objectWriteOperations(store: S3Store) {
  return {
    PutObject: operation({
      input: putInput,
      authorize: (input, context) => {
        const bucket = store.bucket(input, context);
        return [
          ...writeAccess(store, bucket, input, context, {
            ...(input.IfMatch === undefined ? {} : { 's3:if-match': input.IfMatch }),
            ...(input.IfNoneMatch === undefined ? {} : { 's3:if-none-match': input.IfNoneMatch }),
          }),
          // "Preventing object overwrites with conditional writes": comparing ETags needs the right to read.
          ...(input.IfMatch === undefined ? [] : [store.onObject(bucket, input.Key, 's3:GetObject', context)]),
        ];
      },
      run: async (input, context) => {
        const bucket = store.bucket(input, context);
        refuseLongKey(input.Key);
        const verified = verifyBody(input.Body, input);
        const checksum: Checksum | undefined = verified === undefined ? undefined : { ...verified, type: 'FULL_OBJECT' };
        const attributes = attributesFor(input, bucket, s3KeyArn(kmsKeyFor(input, bucket), context, bucket.region), checksum);
        const etag = md5Of(input.Body).toString('hex');
        const tags = tagsOfHeader(input.Tagging);
        const { versionId } = await store.store(bucket, input.Key, input.Body, { etag, attributes, tags }, (current) =>
          checkWrite(input, current),
        );
        meterS3KeyUse(attributes.kmsKeyArn, 'GenerateDataKey', context);
        return {
          ETag: `"${etag}"`,
          VersionId: versionId,
          ServerSideEncryption: attributes.encryption,
          SSEKMSKeyId: attributes.kmsKeyArn,
          ...(attributes.bucketKeyEnabled ? { BucketKeyEnabled: true } : {}),
          ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
        };
      },
    }),

    CopyObject: operation({
      input: copyInput,
      authorize: (input, context) => {
        const source = copySource(input);
        const wanted = [...sourceAccess(store, source, context), ...writeAccess(store, store.bucket(input, context), input, context)];
        if (input.TaggingDirective === 'REPLACE') return wanted;
        return [...wanted, ...copiedTagsAccess(store, source, input, context)];
      },
      run: async (input, context) => {
        const target = store.bucket(input, context);
        refuseLongKey(input.Key);
        refuseAcl(input.ACL);
        const { bucket: home, version } = readSource(store, input, context);
        const replaces = input.MetadataDirective === 'REPLACE';
        const itself = home.name === target.name && version.key === input.Key && version.isLatest;
        const changes = replaces || input.StorageClass !== undefined || input.ServerSideEncryption !== undefined;
        if (itself && !changes) {
          throw invalidRequest(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
          );
        }
        const body = await store.of(home).bodies.read(version.segments, 0, version.size);
        const algorithm = input.ChecksumAlgorithm ?? version.attributes.checksum?.algorithm;
        const checksum: Checksum | undefined =
          algorithm === undefined ? undefined : { algorithm, value: checksumOf(algorithm, body), type: 'FULL_OBJECT' };
        const stated = attributesFor(input, target, s3KeyArn(kmsKeyFor(input, target), context, target.region), checksum);
        const { storageClass, encryption, bucketKeyEnabled, kmsKeyArn } = stated;
        const { bucketKeyEnabled: _source, kmsKeyArn: _key, checksum: _before, ...kept } = version.attributes;
        const attributes = replaces
          ? stated
          : {
              ...kept,
              storageClass,
              encryption,
              ...(bucketKeyEnabled === undefined ? {} : { bucketKeyEnabled }),
              ...(kmsKeyArn === undefined ? {} : { kmsKeyArn }),
              ...(checksum === undefined ? {} : { checksum }),
            };
        const tags = input.TaggingDirective === 'REPLACE' ? tagsOfHeader(input.Tagging) : version.tags;
        const etag = md5Of(body).toString('hex');
        const { versionId, lastModified_ms } = await store.store(target, input.Key, body, { etag, attributes, tags });
        meterS3KeyUse(version.attributes.kmsKeyArn, 'Decrypt', context);
        meterS3KeyUse(kmsKeyArn, 'GenerateDataKey', context);
        return {
          CopyObjectResult: {
            ETag: `"${etag}"`,
            LastModified: new Date(lastModified_ms),
            ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
          },
          VersionId: versionId,
          ...(home.versioning === undefined ? {} : { CopySourceVersionId: version.versionId }),
          ServerSideEncryption: encryption,
          SSEKMSKeyId: kmsKeyArn,
        };
      },
    }),

    DeleteObject: operation({
      input: z.strictObject({ ...objectMembers, VersionId: z.string().optional() }),
      authorize: (input, context) => [deleteAccess(store, store.bucket(input, context), input.Key, input.VersionId, context)],
      run: (input, context) => deleteOne(store, store.bucket(input, context), input.Key, input.VersionId),
    }),

    DeleteObjects: operation({
      input: z.strictObject({
        ...bucketMembers,
        Delete: z.strictObject({
          Objects: z.array(z.strictObject({ Key: z.string(), VersionId: z.string().optional() })),
          Quiet: flag.optional(),
        }),
      }),
      // Every key is authorized by itself, and refused by itself in the answer ("DeleteObjects").
      authorize: () => [],
      run: async (input, context) => {
        const bucket = store.bucket(input, context);
        if (input.Delete.Objects.length === 0 || input.Delete.Objects.length > 1000) throw malformedXml();
        const Deleted: Record<string, unknown>[] = [];
        const Errors: Record<string, unknown>[] = [];
        for (const { Key, VersionId } of input.Delete.Objects) {
          const named = { Key, ...(VersionId === undefined ? {} : { VersionId }) };
          if (!store.may(context, deleteAccess(store, bucket, Key, VersionId, context))) {
            Errors.push({ ...named, Code: 'AccessDenied', Message: accessDenied().message });
            continue;
          }
          const { DeleteMarker, VersionId: affected } = await deleteOne(store, bucket, Key, VersionId);
          Deleted.push({ ...named, ...(DeleteMarker ? { DeleteMarker, DeleteMarkerVersionId: affected } : {}) });
        }
        return { ...(input.Delete.Quiet ? {} : { Deleted }), Errors };
      },
    }),
  };
}

/** Tags come along only for callers who may read them there and set them here. */
function copiedTagsAccess(store: S3Store, source: ObjectInput, input: ObjectInput, context: CallContext) {
  const home = store.bucket(source, context, { anyRegion: true });
  const { objects } = store.of(home);
  const version =
    source.VersionId === undefined ? objects.latest(home.name, source.Key) : objects.version(home.name, source.Key, source.VersionId);
  if (version === undefined || Object.keys(version.tags).length === 0) return [];
  const action = source.VersionId === undefined ? 's3:GetObjectTagging' : 's3:GetObjectVersionTagging';
  return [
    store.onObject(home, source.Key, action, context),
    store.onObject(store.bucket(input, context), input.Key, 's3:PutObjectTagging', context, tagConditions(version.tags)),
  ];
}

function deleteAccess(store: S3Store, bucket: Bucket, key: string, versionId: string | undefined, context: CallContext) {
  if (versionId === undefined) return store.onObject(bucket, key, 's3:DeleteObject', context);
  return store.onObject(bucket, key, 's3:DeleteObjectVersion', context, { 's3:VersionId': versionId });
}

async function deleteOne(
  store: S3Store,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Promise<{ DeleteMarker?: true; VersionId?: string }> {
  const { objects, bodies } = store.of(bucket);
  if (versionId === undefined) {
    const { deleteMarkerVersionId, freed } = objects.delete(store.existing(bucket), key, store.cloud.clock());
    await bodies.remove(freed);
    return deleteMarkerVersionId === undefined ? {} : { DeleteMarker: true, VersionId: deleteMarkerVersionId };
  }
  const { wasDeleteMarker, freed } = objects.deleteVersion(bucket.name, key, versionId);
  await bodies.remove(freed);
  return { VersionId: versionId, ...(wasDeleteMarker ? { DeleteMarker: true } : {}) };
}
