import { z } from 'zod';
import { type CallContext, operation } from '../../kernel/service.ts';
import { type Listed, listPage, type Position } from './listing.ts';
import { bucketMembers, flag, wholeNumber } from './object-attributes.ts';
import type { StoredVersion } from './object-store.ts';
import { invalidArgument } from './s3-error.ts';
import type { BucketInput, S3Store } from './s3-store.ts';
import type { Upload } from './upload-store.ts';

/** A page holds at most 1,000 keys and common prefixes (Amazon S3 API Reference, "ListObjectsV2"). */
const MAX_KEYS = 1000;

const listMembers = {
  ...bucketMembers,
  Prefix: z.string().optional(),
  Delimiter: z.string().optional(),
  EncodingType: z.literal('url').optional(),
};

interface ListInput extends BucketInput {
  readonly Prefix?: string | undefined;
  readonly Delimiter?: string | undefined;
  readonly EncodingType?: 'url' | undefined;
  readonly MaxKeys?: number | undefined;
}

export function listOperations(store: S3Store) {
  const authorizeAs = (action: string) => (input: ListInput, context: CallContext) => [
    store.onBucket(store.bucket(input, context), action, context, {
      's3:prefix': input.Prefix ?? '',
      ...(input.Delimiter === undefined ? {} : { 's3:delimiter': input.Delimiter }),
      ...(input.MaxKeys === undefined ? {} : { 's3:max-keys': String(input.MaxKeys) }),
    }),
  ];

  const currentObjects = (
    bucketName: string,
    input: ListInput,
    context: CallContext,
    start: string,
    limit: number,
    skipPrefix?: string,
  ) => {
    const bucket = store.bucket(input, context);
    const { objects } = store.of(bucket);
    return listPage<StoredVersion>({
      prefix: input.Prefix ?? '',
      delimiter: input.Delimiter ?? '',
      start: { from: start },
      skipPrefix,
      limit,
      scan: (position, size) => objects.scanCurrent(bucketName, 'from' in position ? position.from : behind(position.after.key), size),
    });
  };

  return {
    ListObjectsV2: operation({
      input: z.strictObject({
        ...listMembers,
        MaxKeys: wholeNumber.optional(),
        ContinuationToken: z.string().optional(),
        StartAfter: z.string().optional(),
        FetchOwner: flag.optional(),
      }),
      authorize: authorizeAs('s3:ListBucket'),
      run: (input, context) => {
        const limit = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
        const resumed = input.ContinuationToken === undefined ? undefined : readToken(input.ContinuationToken);
        const start = resumed?.key ?? (input.StartAfter === undefined ? undefined : input.StartAfter);
        const { entries, isTruncated } = currentObjects(
          input.Bucket,
          input,
          context,
          start === undefined ? '' : behind(start),
          limit,
          resumed?.isPrefix ? resumed.key : undefined,
        );
        const owner = store.bucket(input, context).account;
        const encode = encoder(input.EncodingType);
        const last = entries.at(-1);
        return {
          Name: input.Bucket,
          Prefix: encode(input.Prefix ?? ''),
          ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
          ...(input.StartAfter === undefined ? {} : { StartAfter: encode(input.StartAfter) }),
          ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
          ...(isTruncated && last !== undefined ? { NextContinuationToken: writeToken(last) } : {}),
          ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
          KeyCount: entries.length,
          MaxKeys: limit,
          IsTruncated: isTruncated,
          Contents: contents(entries, encode, input.FetchOwner ? owner : undefined),
          CommonPrefixes: commonPrefixes(entries, encode),
        };
      },
    }),

    ListObjects: operation({
      input: z.strictObject({ ...listMembers, MaxKeys: wholeNumber.optional(), Marker: z.string().optional() }),
      authorize: authorizeAs('s3:ListBucket'),
      run: (input, context) => {
        const limit = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
        const marker = input.Marker ?? '';
        const delimiter = input.Delimiter ?? '';
        // NextMarker may be a common prefix, whose keys are then done with.
        const skipPrefix = delimiter !== '' && marker.endsWith(delimiter) ? marker : undefined;
        const start = marker === '' ? '' : behind(marker);
        const { entries, isTruncated } = currentObjects(input.Bucket, input, context, start, limit, skipPrefix);
        const encode = encoder(input.EncodingType);
        const last = entries.at(-1);
        return {
          Name: input.Bucket,
          Prefix: encode(input.Prefix ?? ''),
          Marker: encode(marker),
          ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
          ...(isTruncated && delimiter !== '' && last !== undefined ? { NextMarker: encode(nameOf(last)) } : {}),
          ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
          MaxKeys: limit,
          IsTruncated: isTruncated,
          Contents: contents(entries, encode, store.bucket(input, context).account),
          CommonPrefixes: commonPrefixes(entries, encode),
        };
      },
    }),

    ListObjectVersions: operation({
      input: z.strictObject({
        ...listMembers,
        MaxKeys: wholeNumber.optional(),
        KeyMarker: z.string().optional(),
        VersionIdMarker: z.string().optional(),
      }),
      authorize: authorizeAs('s3:ListBucketVersions'),
      run: (input, context) => {
        const bucket = store.bucket(input, context);
        const { objects } = store.of(bucket);
        const limit = Math.min(input.MaxKeys ?? MAX_KEYS, MAX_KEYS);
        const keyMarker = input.KeyMarker ?? '';
        const delimiter = input.Delimiter ?? '';
        const { entries, isTruncated } = listPage<StoredVersion>({
          prefix: input.Prefix ?? '',
          delimiter,
          start: versionStart(keyMarker, input.VersionIdMarker, (id) => objects.version(bucket.name, keyMarker, id)),
          skipPrefix: delimiter !== '' && keyMarker.endsWith(delimiter) ? keyMarker : undefined,
          limit,
          scan: (position, size) =>
            'from' in position
              ? objects.scanVersions(bucket.name, position.from, size)
              : objects.scanVersions(bucket.name, position.after.key, size, position.after.sequence),
        });
        const encode = encoder(input.EncodingType);
        const versions = entries.flatMap((entry) => ('item' in entry ? [entry.item] : []));
        const described = (version: StoredVersion) => ({
          Key: encode(version.key),
          VersionId: version.versionId,
          IsLatest: version.isLatest,
          LastModified: new Date(version.lastModified_ms),
          Owner: { ID: bucket.account },
        });
        const last = entries.at(-1);
        return {
          Name: bucket.name,
          Prefix: encode(input.Prefix ?? ''),
          KeyMarker: encode(keyMarker),
          VersionIdMarker: input.VersionIdMarker ?? '',
          ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
          ...(isTruncated && last !== undefined
            ? { NextKeyMarker: encode(nameOf(last)), ...('item' in last ? { NextVersionIdMarker: last.item.versionId } : {}) }
            : {}),
          ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
          MaxKeys: limit,
          IsTruncated: isTruncated,
          Versions: versions
            .filter((version) => !version.isDeleteMarker)
            .map((version) => ({
              ETag: `"${version.etag}"`,
              Size: version.size,
              StorageClass: version.attributes.storageClass,
              ...described(version),
            })),
          DeleteMarkers: versions.filter((version) => version.isDeleteMarker).map(described),
          CommonPrefixes: commonPrefixes(entries, encode),
        };
      },
    }),

    ListMultipartUploads: operation({
      input: z.strictObject({
        ...listMembers,
        MaxUploads: wholeNumber.optional(),
        KeyMarker: z.string().optional(),
        UploadIdMarker: z.string().optional(),
      }),
      authorize: (input, context) => [store.onBucket(store.bucket(input, context), 's3:ListBucketMultipartUploads', context)],
      run: (input, context) => {
        const bucket = store.bucket(input, context);
        const { uploads } = store.of(bucket);
        const limit = Math.min(input.MaxUploads ?? MAX_KEYS, MAX_KEYS);
        const keyMarker = input.KeyMarker ?? '';
        const delimiter = input.Delimiter ?? '';
        const { entries, isTruncated } = listPage<Pick<Upload, 'key' | 'uploadId'> & Partial<Upload>>({
          prefix: input.Prefix ?? '',
          delimiter,
          start: keyMarker === '' ? { from: '' } : { after: { key: keyMarker, uploadId: input.UploadIdMarker ?? AFTER_EVERY_UPLOAD } },
          skipPrefix: delimiter !== '' && keyMarker.endsWith(delimiter) ? keyMarker : undefined,
          limit,
          scan: (position, size) =>
            'from' in position
              ? uploads.scan(bucket.name, position.from, size)
              : uploads.scan(bucket.name, position.after.key, size, position.after.uploadId),
        });
        const encode = encoder(input.EncodingType);
        const last = entries.at(-1);
        return {
          Bucket: bucket.name,
          KeyMarker: encode(keyMarker),
          UploadIdMarker: input.UploadIdMarker ?? '',
          ...(input.Prefix === undefined ? {} : { Prefix: encode(input.Prefix) }),
          ...(input.Delimiter === undefined ? {} : { Delimiter: encode(input.Delimiter) }),
          ...(isTruncated && last !== undefined
            ? { NextKeyMarker: encode(nameOf(last)), ...('item' in last ? { NextUploadIdMarker: last.item.uploadId } : {}) }
            : {}),
          ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
          MaxUploads: limit,
          IsTruncated: isTruncated,
          Uploads: entries.flatMap((entry) =>
            'item' in entry
              ? [
                  {
                    Key: encode(entry.item.key),
                    UploadId: entry.item.uploadId,
                    Initiator: { ID: entry.item.initiatorArn },
                    Owner: { ID: bucket.account },
                    StorageClass: entry.item.attributes?.storageClass,
                    Initiated: new Date(entry.item.initiated_ms ?? 0),
                    ...(entry.item.checksumAlgorithm === undefined
                      ? {}
                      : { ChecksumAlgorithm: entry.item.checksumAlgorithm, ChecksumType: entry.item.checksumType }),
                  },
                ]
              : [],
          ),
          CommonPrefixes: commonPrefixes(entries, encode),
        };
      },
    }),
  };
}

/** Greater than every upload id, which begin with digits and letters. */
const AFTER_EVERY_UPLOAD = '\u{10FFFF}';

/** The smallest key behind this one. */
function behind(key: string): string {
  return `${key}\0`;
}

function versionStart(
  keyMarker: string,
  versionIdMarker: string | undefined,
  find: (versionId: string) => StoredVersion | undefined,
): Position<StoredVersion> {
  if (versionIdMarker !== undefined && versionIdMarker !== '') {
    if (keyMarker === '')
      throw invalidArgument('A version-id marker cannot be specified without a key marker.', 'version-id-marker', versionIdMarker);
    const marked = find(versionIdMarker);
    if (marked === undefined) throw invalidArgument('Invalid version id specified', 'version-id-marker', versionIdMarker);
    return { after: marked };
  }
  return { from: keyMarker === '' ? '' : behind(keyMarker) };
}

function nameOf(entry: Listed<{ readonly key: string }>): string {
  return 'item' in entry ? entry.item.key : entry.commonPrefix;
}

function contents(entries: readonly Listed<StoredVersion>[], encode: (text: string) => string, owner: string | undefined) {
  return entries.flatMap((entry) => {
    if (!('item' in entry)) return [];
    const { key, lastModified_ms, etag, size, attributes } = entry.item;
    return [
      {
        Key: encode(key),
        LastModified: new Date(lastModified_ms),
        ETag: `"${etag}"`,
        ...(attributes.checksum === undefined
          ? {}
          : { ChecksumAlgorithm: [attributes.checksum.algorithm], ChecksumType: attributes.checksum.type }),
        Size: size,
        ...(owner === undefined ? {} : { Owner: { ID: owner } }),
        StorageClass: attributes.storageClass,
      },
    ];
  });
}

function commonPrefixes(entries: readonly Listed<unknown>[], encode: (text: string) => string) {
  return entries.flatMap((entry) => ('commonPrefix' in entry ? [{ Prefix: encode(entry.commonPrefix) }] : []));
}

function encoder(type: 'url' | undefined): (text: string) => string {
  return type === undefined ? (text) => text : (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}

/** Where the next page starts; opaque to clients. */
function writeToken(last: Listed<{ readonly key: string }>): string {
  return Buffer.from(JSON.stringify('item' in last ? { k: last.item.key } : { p: last.commonPrefix })).toString('base64url');
}

function readToken(token: string): { key: string; isPrefix: boolean } {
  const shape = z.union([z.strictObject({ k: z.string() }), z.strictObject({ p: z.string() })]);
  try {
    const read = shape.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    return 'k' in read ? { key: read.k, isPrefix: false } : { key: read.p, isPrefix: true };
  } catch {
    throw invalidArgument('The continuation token provided is incorrect', 'continuation-token', token);
  }
}
