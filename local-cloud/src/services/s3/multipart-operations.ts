import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import { type CallContext, operation } from '../../kernel/service.ts';
import { meterS3KeyUse, s3KeyAccess, s3KeyArn } from '../kms/key-access.ts';
import type { Segment } from './body-store.ts';
import type { Bucket } from './buckets.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, checksumGiven, compositeChecksum, md5Of, startChecksum, verifyBody } from './checksums.ts';
import {
  attributeMembers,
  attributesFor,
  checksumMembers,
  checkWrite,
  kmsKeyFor,
  objectMembers,
  refuseLongKey,
  tagsOfHeader,
  unquoted,
  wholeNumber,
} from './object-attributes.ts';
import { transaction } from './object-store.ts';
import { bodyMember, copySource, copySourceMembers, readSource, sourceAccess, writeAccess } from './object-write-operations.ts';
import { byteRange } from './read-conditions.ts';
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload } from './s3-error.ts';
import type { S3Store } from './s3-store.ts';
import type { Upload, UploadedPart } from './upload-store.ts';

/** Every part but the last has at least 5 MiB (Amazon S3 User Guide, "Amazon S3 multipart upload limits"). */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

const uploadMembers = { ...objectMembers, UploadId: z.string() };
const partNumber = wholeNumber.refine((number) => number >= 1 && number <= MAX_PARTS, {
  message: 'Part number must be an integer between 1 and 10000, inclusive',
});

interface UploadInput {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly ExpectedBucketOwner?: string | undefined;
}

export function multipartOperations(store: S3Store) {
  const underWay = (input: UploadInput, context: CallContext): { bucket: Bucket; upload: Upload } => {
    const bucket = store.bucket(input, context);
    const upload = store.of(bucket).uploads.get(bucket.name, input.Key, input.UploadId);
    if (upload === undefined) throw noSuchUpload(input.UploadId);
    return { bucket, upload };
  };

  const onObject = (action: string) => (input: UploadInput, context: CallContext) => [
    store.onObject(store.bucket(input, context), input.Key, action, context),
  ];

  const onPartKey = (input: UploadInput, context: CallContext) => {
    const bucket = store.bucket(input, context);
    const upload = store.of(bucket).uploads.get(bucket.name, input.Key, input.UploadId);
    return s3KeyAccess(upload?.attributes.kmsKeyArn, ['GenerateDataKey', 'Decrypt'], context, bucket.region);
  };

  const addPart = async (
    input: UploadInput & { PartNumber: number },
    context: CallContext,
    body: Uint8Array,
    given?: UploadedPart['checksum'],
  ) => {
    const { bucket, upload } = underWay(input, context);
    const { bodies, uploads } = store.of(bucket);
    const etag = md5Of(body).toString('hex');
    const segments = body.length === 0 ? [] : [await bodies.write(body)];
    const lastModified_ms = store.cloud.clock();
    let freed: Segment[];
    try {
      // The upload may have been completed or aborted while the part was written.
      underWay(input, context);
      const part: UploadedPart = { partNumber: input.PartNumber, size: body.length, etag, segments, lastModified_ms };
      freed = uploads.putPart(input.UploadId, given === undefined ? part : { ...part, checksum: given });
    } catch (error) {
      await bodies.remove(segments);
      throw error;
    }
    await bodies.remove(freed);
    meterS3KeyUse(upload.attributes.kmsKeyArn, 'GenerateDataKey', context);
    return { etag, lastModified_ms };
  };

  return {
    CreateMultipartUpload: operation({
      input: z.strictObject({
        ...objectMembers,
        ...attributeMembers,
        ChecksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).optional(),
        ChecksumType: z.enum(['COMPOSITE', 'FULL_OBJECT']).optional(),
      }),
      // "Multipart upload API and permissions": with a KMS key both are needed, because S3 reads the parts before it joins them.
      authorize: (input, context) => {
        const bucket = store.bucket(input, context);
        return [
          ...writeAccess(store, bucket, input, context),
          ...s3KeyAccess(kmsKeyFor(input, bucket), ['Decrypt'], context, bucket.region),
        ];
      },
      run: (input, context) => {
        const bucket = store.bucket(input, context);
        refuseLongKey(input.Key);
        const algorithm = input.ChecksumAlgorithm;
        const type = input.ChecksumType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
        const isHash = algorithm === 'SHA1' || algorithm === 'SHA256';
        if ((algorithm === 'CRC64NVME' && type === 'COMPOSITE') || (isHash && type === 'FULL_OBJECT')) {
          throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm?.toLowerCase()} checksum algorithm.`);
        }
        const attributes = attributesFor(input, bucket, s3KeyArn(kmsKeyFor(input, bucket), context, bucket.region));
        const upload = store.of(bucket).uploads.create(bucket.name, {
          key: input.Key,
          initiated_ms: store.cloud.clock(),
          initiatorArn: context.principal.arn,
          attributes,
          tags: tagsOfHeader(input.Tagging),
          ...(algorithm === undefined ? {} : { checksumAlgorithm: algorithm, checksumType: type }),
        });
        return {
          Bucket: bucket.name,
          Key: input.Key,
          UploadId: upload.uploadId,
          ServerSideEncryption: attributes.encryption,
          SSEKMSKeyId: attributes.kmsKeyArn,
          ...(algorithm === undefined ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: type }),
        };
      },
    }),

    UploadPart: operation({
      input: z.strictObject({
        ...uploadMembers,
        ...checksumMembers,
        PartNumber: partNumber,
        Body: bodyMember,
        ContentMD5: z.string().optional(),
        ChecksumAlgorithm: z.enum(CHECKSUM_ALGORITHMS).optional(),
      }),
      authorize: (input, context) => [...onObject('s3:PutObject')(input, context), ...onPartKey(input, context)],
      run: async (input, context) => {
        const { upload } = underWay(input, context);
        const verified = verifyBody(input.Body, { ...input, ChecksumAlgorithm: input.ChecksumAlgorithm ?? upload.checksumAlgorithm });
        if (verified !== undefined && upload.checksumAlgorithm !== undefined && verified.algorithm !== upload.checksumAlgorithm) {
          throw invalidRequest(
            `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksumAlgorithm.toLowerCase()}, actual checksum Type: ${verified.algorithm.toLowerCase()}`,
          );
        }
        const { etag } = await addPart(input, context, input.Body, verified);
        return {
          ETag: `"${etag}"`,
          ServerSideEncryption: upload.attributes.encryption,
          SSEKMSKeyId: upload.attributes.kmsKeyArn,
          ...(verified === undefined ? {} : { [`Checksum${verified.algorithm}`]: verified.value }),
        };
      },
    }),

    UploadPartCopy: operation({
      input: z.strictObject({ ...uploadMembers, ...copySourceMembers, PartNumber: partNumber, CopySourceRange: z.string().optional() }),
      authorize: (input, context) => [
        ...sourceAccess(store, copySource(input), context),
        store.onObject(store.bucket(input, context), input.Key, 's3:PutObject', context),
        ...onPartKey(input, context),
      ],
      run: async (input, context) => {
        const { upload } = underWay(input, context);
        const { bucket: home, version } = readSource(store, input, context);
        const range = byteRange(input.CopySourceRange, version.size);
        if (input.CopySourceRange !== undefined && range === undefined) {
          throw invalidArgument('The x-amz-copy-source-range value must be of the form bytes=first-last', 'x-amz-copy-source-range');
        }
        const body = await store.of(home).bodies.read(version.segments, range?.start ?? 0, range?.end ?? version.size);
        const checksum = verifyBody(body, { ChecksumAlgorithm: upload.checksumAlgorithm });
        const { etag, lastModified_ms } = await addPart(input, context, body, checksum);
        return {
          CopyPartResult: {
            ETag: `"${etag}"`,
            LastModified: new Date(lastModified_ms),
            ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value }),
          },
          ServerSideEncryption: upload.attributes.encryption,
          SSEKMSKeyId: upload.attributes.kmsKeyArn,
        };
      },
    }),

    CompleteMultipartUpload: operation({
      input: z.strictObject({
        ...uploadMembers,
        ...checksumMembers,
        MultipartUpload: z
          .strictObject({ Parts: z.array(z.strictObject({ PartNumber: partNumber, ETag: z.string(), ...checksumMembers })).optional() })
          .optional(),
        ChecksumType: z.enum(['COMPOSITE', 'FULL_OBJECT']).optional(),
        MpuObjectSize: wholeNumber.optional(),
        IfMatch: z.string().optional(),
        IfNoneMatch: z.string().optional(),
      }),
      authorize: (input, context) => {
        const bucket = store.bucket(input, context);
        const conditions = {
          ...(input.IfMatch === undefined ? {} : { 's3:if-match': input.IfMatch }),
          ...(input.IfNoneMatch === undefined ? {} : { 's3:if-none-match': input.IfNoneMatch }),
        };
        return [
          store.onObject(bucket, input.Key, 's3:PutObject', context, conditions),
          ...(input.IfMatch === undefined ? [] : [store.onObject(bucket, input.Key, 's3:GetObject', context)]),
        ];
      },
      run: async (input, context) => {
        const { bucket, upload } = underWay(input, context);
        const { objects, uploads, bodies } = store.of(bucket);
        const parts = partsNamed(input.MultipartUpload?.Parts ?? [], uploads.parts(upload.uploadId));
        const size = parts.reduce((sum, part) => sum + part.size, 0);
        if (input.MpuObjectSize !== undefined && input.MpuObjectSize !== size) {
          throw invalidRequest(
            `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
          );
        }
        const digests = createHash('md5');
        for (const part of parts) digests.update(Buffer.from(part.etag, 'hex'));
        const etag = `${digests.digest('hex')}-${parts.length}`;
        const checksum = await wholeChecksum(store, bucket, upload, parts);
        const given = checksumGiven(input);
        if (given !== undefined && given.value !== checksum?.value) {
          throw new AwsError('BadDigest', `The ${given.algorithm} you specified did not match the calculated checksum.`, 400);
        }
        const attributes = checksum === undefined ? upload.attributes : { ...upload.attributes, checksum };
        const segments = parts.flatMap((part) => part.segments);
        const { versionId, freed, home } = transaction(store.cloud.state.database(bucket, 's3'), () => {
          // Another request may have come first while the checksum was read.
          underWay(input, context);
          const now = store.existing(bucket);
          checkWrite(input, objects.latest(bucket.name, input.Key));
          const used = new Set(segments.map((segment) => segment.file));
          const unused = uploads.parts(upload.uploadId).flatMap((part) => part.segments.filter((segment) => !used.has(segment.file)));
          uploads.delete(bucket.name, input.Key, upload.uploadId);
          const version = { size, etag, segments, attributes, tags: upload.tags, lastModified_ms: store.cloud.clock() };
          const put = objects.put(now, input.Key, version);
          return { versionId: put.versionId, freed: [...put.freed, ...unused], home: now };
        });
        await bodies.remove(freed);
        return {
          Location: `${store.cloud.endpoint}/${bucket.name}/${encodeURIComponent(input.Key)}`,
          Bucket: bucket.name,
          Key: input.Key,
          ETag: `"${etag}"`,
          ...(home.versioning === undefined ? {} : { VersionId: versionId }),
          ServerSideEncryption: attributes.encryption,
          SSEKMSKeyId: attributes.kmsKeyArn,
          ...(checksum === undefined ? {} : { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type }),
        };
      },
    }),

    AbortMultipartUpload: operation({
      input: z.strictObject(uploadMembers),
      authorize: onObject('s3:AbortMultipartUpload'),
      run: async (input, context) => {
        const { bucket } = underWay(input, context);
        await abortUpload(store, bucket, input.Key, input.UploadId);
        return {};
      },
    }),

    ListParts: operation({
      input: z.strictObject({ ...uploadMembers, MaxParts: wholeNumber.optional(), PartNumberMarker: wholeNumber.optional() }),
      authorize: onObject('s3:ListMultipartUploadParts'),
      run: (input, context) => {
        const { bucket, upload } = underWay(input, context);
        const limit = Math.min(input.MaxParts ?? 1000, 1000);
        const after = input.PartNumberMarker ?? 0;
        const found = store.of(bucket).uploads.parts(upload.uploadId, after, limit + 1);
        const page = found.slice(0, limit);
        return {
          Bucket: bucket.name,
          Key: input.Key,
          UploadId: upload.uploadId,
          PartNumberMarker: after,
          NextPartNumberMarker: page.at(-1)?.partNumber ?? 0,
          MaxParts: limit,
          IsTruncated: limit > 0 && found.length > limit,
          ...(upload.checksumAlgorithm === undefined
            ? {}
            : { ChecksumAlgorithm: upload.checksumAlgorithm, ChecksumType: upload.checksumType }),
          Parts: page.map((part) => ({
            PartNumber: part.partNumber,
            LastModified: new Date(part.lastModified_ms),
            ETag: `"${part.etag}"`,
            Size: part.size,
            ...(part.checksum === undefined ? {} : { [`Checksum${part.checksum.algorithm}`]: part.checksum.value }),
          })),
          StorageClass: upload.attributes.storageClass,
        };
      },
    }),
  };
}

/** Forgets an upload with its parts. */
export async function abortUpload(store: S3Store, bucket: Bucket, key: string, uploadId: string): Promise<void> {
  const { uploads, bodies } = store.of(bucket);
  const segments = transaction(store.cloud.state.database(bucket, 's3'), () => {
    const parts = uploads.parts(uploadId).flatMap((part) => part.segments);
    uploads.delete(bucket.name, key, uploadId);
    return parts;
  });
  await bodies.remove(segments);
}

/** The uploaded parts that a completion lists, in order ("CompleteMultipartUpload", errors). */
function partsNamed(named: readonly { PartNumber: number; ETag: string }[], uploaded: readonly UploadedPart[]): UploadedPart[] {
  if (named.length === 0) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const parts: UploadedPart[] = [];
  for (const { PartNumber, ETag } of named) {
    const part = byNumber.get(PartNumber);
    if (part === undefined || part.etag !== unquoted(ETag)) {
      const message =
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw new AwsError('InvalidPart', message, 400, { PartNumber, ETag: unquoted(ETag) });
    }
    const before = parts.at(-1);
    if (before !== undefined && before.partNumber >= PartNumber) {
      throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order. Parts must be ordered by part number.', 400);
    }
    if (before !== undefined && before.size < MIN_PART_BYTES) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
        ProposedSize: before.size,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: before.partNumber,
      });
    }
    parts.push(part);
  }
  return parts;
}

async function wholeChecksum(
  store: S3Store,
  bucket: Bucket,
  upload: Upload,
  parts: readonly UploadedPart[],
): Promise<Checksum | undefined> {
  const { checksumAlgorithm: algorithm, checksumType: type } = upload;
  if (algorithm === undefined || type === undefined) return undefined;
  if (type === 'COMPOSITE') {
    const values = parts.flatMap((part) => part.checksum?.value ?? []);
    return { algorithm, type, value: compositeChecksum(algorithm, values) };
  }
  const running = startChecksum(algorithm);
  for (const part of parts) running.update(await store.of(bucket).bodies.read(part.segments, 0, part.size));
  return { algorithm, type, value: running.digest().toString('base64') };
}
