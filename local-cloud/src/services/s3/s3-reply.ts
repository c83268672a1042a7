import type { HttpReply, HttpRequest } from '../../kernel/service.ts';
import { toXml, XmlList } from '../../kernel/xml.ts';
import { CHECKSUM_ALGORITHMS } from './checksums.ts';
import { checksumHeader } from './s3-request.ts';
import { writeXml } from './s3-xml.ts';

type Members = Readonly<Record<string, unknown>>;

/** Header by member, wherever an operation's output has that member. */
const HEADERS: Readonly<Record<string, string>> = {
  AcceptRanges: 'Accept-Ranges',
  AccessPointAlias: 'x-amz-access-point-alias',
  BucketArn: 'x-amz-bucket-arn',
  BucketKeyEnabled: 'x-amz-server-side-encryption-bucket-key-enabled',
  BucketRegion: 'x-amz-bucket-region',
  CacheControl: 'Cache-Control',
  ChecksumAlgorithm: 'x-amz-checksum-algorithm',
  ChecksumType: 'x-amz-checksum-type',
  ContentDisposition: 'Content-Disposition',
  ContentEncoding: 'Content-Encoding',
  ContentLanguage: 'Content-Language',
  ContentLength: 'Content-Length',
  ContentRange: 'Content-Range',
  ContentType: 'Content-Type',
  CopySourceVersionId: 'x-amz-copy-source-version-id',
  DeleteMarker: 'x-amz-delete-marker',
  ETag: 'ETag',
  Expires: 'Expires',
  LastModified: 'Last-Modified',
  Location: 'Location',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  SSEKMSKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  StorageClass: 'x-amz-storage-class',
  TagCount: 'x-amz-tagging-count',
  VersionId: 'x-amz-version-id',
  ...Object.fromEntries(CHECKSUM_ALGORITHMS.map((algorithm) => [`Checksum${algorithm}`, checksumHeader(algorithm)])),
};

/** Operations that answer with a document: its root and its content, and the members that go into headers all the same. */
const DOCUMENTS: Readonly<Record<string, { root: string; content?: (output: Members) => object; headers?: readonly string[] }>> = {
  ListBuckets: {
    root: 'ListAllMyBucketsResult',
    content: ({ Buckets, ...rest }) => ({ ...rest, Buckets: list(Buckets, 'Bucket') }),
  },
  GetBucketAcl: {
    root: 'AccessControlPolicy',
    content: ({ Owner, Grants }) => ({ Owner, AccessControlList: list(Grants, 'Grant') }),
  },
  GetBucketEncryption: {
    root: 'ServerSideEncryptionConfiguration',
    content: (output) => ({ Rule: flat((output['ServerSideEncryptionConfiguration'] as Members)['Rules']) }),
  },
  GetPublicAccessBlock: {
    root: 'PublicAccessBlockConfiguration',
    content: (output) => output['PublicAccessBlockConfiguration'] as object,
  },
  GetBucketVersioning: { root: 'VersioningConfiguration' },
  GetBucketOwnershipControls: {
    root: 'OwnershipControls',
    content: (output) => ({ Rule: flat((output['OwnershipControls'] as Members)['Rules']) }),
  },
  GetBucketLifecycleConfiguration: {
    root: 'LifecycleConfiguration',
    content: ({ Rules }) => ({ Rule: flat((Rules as Members[]).map(lifecycleRule)) }),
  },
  GetBucketTagging: { root: 'Tagging', content: ({ TagSet }) => ({ TagSet: list(TagSet, 'Tag') }) },
  GetObjectTagging: { root: 'Tagging', content: ({ TagSet }) => ({ TagSet: list(TagSet, 'Tag') }), headers: ['VersionId'] },
  ListObjectsV2: { root: 'ListBucketResult', content: listing },
  ListObjects: { root: 'ListBucketResult', content: listing },
  ListObjectVersions: {
    root: 'ListVersionsResult',
    content: ({ Versions, DeleteMarkers, ...rest }) => listing({ ...rest, Version: flat(Versions), DeleteMarker: flat(DeleteMarkers) }),
  },
  ListMultipartUploads: {
    root: 'ListMultipartUploadsResult',
    content: ({ Uploads, ...rest }) => listing({ ...rest, Upload: flat(Uploads) }),
  },
  ListParts: { root: 'ListPartsResult', content: ({ Parts, ...rest }) => ({ ...rest, Part: flat(Parts) }) },
  CreateMultipartUpload: {
    root: 'InitiateMultipartUploadResult',
    content: ({ Bucket, Key, UploadId }) => ({ Bucket, Key, UploadId }),
    headers: ['ServerSideEncryption', 'SSEKMSKeyId', 'ChecksumAlgorithm', 'ChecksumType'],
  },
  CompleteMultipartUpload: {
    root: 'CompleteMultipartUploadResult',
    content: ({ VersionId: _header, ServerSideEncryption: _too, SSEKMSKeyId: _key, ...rest }) => rest,
    headers: ['VersionId', 'ServerSideEncryption', 'SSEKMSKeyId'],
  },
  CopyObject: {
    root: 'CopyObjectResult',
    content: (output) => output['CopyObjectResult'] as object,
    headers: ['VersionId', 'CopySourceVersionId', 'ServerSideEncryption', 'SSEKMSKeyId'],
  },
  UploadPartCopy: {
    root: 'CopyPartResult',
    content: (output) => output['CopyPartResult'] as object,
    headers: ['ServerSideEncryption', 'SSEKMSKeyId'],
  },
  DeleteObjects: {
    root: 'DeleteResult',
    content: ({ Deleted, Errors }) => ({ Deleted: flat(Deleted ?? []), Error: flat(Errors) }),
  },
};

/** Operations that answer 204 without content. */
const EMPTY = new Set([
  ...['DeleteBucket', 'DeleteBucketPolicy', 'DeleteBucketEncryption', 'DeletePublicAccessBlock', 'DeleteBucketLifecycle'],
  ...['DeleteBucketTagging', 'DeleteObject', 'DeleteObjectTagging', 'AbortMultipartUpload', 'PutBucketPolicy'],
]);

/** Writes what an operation answered as the Amazon S3 API Reference shows its response. */
export function replyS3(operation: string, output: unknown): HttpReply {
  const members = (output ?? {}) as Members;
  if (operation === 'GetBucketPolicy') {
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: String(members['Policy']) };
  }
  if (operation === 'GetBucketLocation') {
    const region = members['LocationConstraint'];
    const empty = writeXml('LocationConstraint', {});
    const body = region === undefined ? empty : empty.replace('/>', `>${String(region)}</LocationConstraint>`);
    return { status: 200, headers: { 'Content-Type': 'application/xml' }, body };
  }
  const document = DOCUMENTS[operation];
  if (document !== undefined) {
    const headers = headersOf(Object.fromEntries((document.headers ?? []).map((member) => [member, members[member]])));
    const body = writeXml(document.root, document.content?.(members) ?? members).replaceAll(
      '<Grantee><Type>CanonicalUser</Type>',
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">',
    );
    return { status: 200, headers: { ...headers, 'Content-Type': 'application/xml' }, body };
  }
  const headers = headersOf(members);
  if (EMPTY.has(operation)) return { status: 204, headers };
  const body = members['Body'];
  const status = members['ContentRange'] === undefined ? 200 : 206;
  return body instanceof Uint8Array ? { status, headers, body } : { status, headers };
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Codes of the kernel and of IAM, as S3 calls the same (Amazon S3 API Reference, "Error responses"). */
const CODES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ValidationException: 'InvalidArgument',
  UnrecognizedClientException: 'InvalidAccessKeyId',
  InvalidClientTokenId: 'InvalidAccessKeyId',
  ExpiredTokenException: 'ExpiredToken',
  InternalFailure: 'InternalError',
};

/** Writes a refusal as S3 does: its own document, and none where HTTP forbids a body. */
export function failS3(error: Failure, requestId: string, request: HttpRequest): HttpReply {
  const { DeleteMarker, BucketRegion, ...members } = error.members;
  const headers: Record<string, string> = { 'x-amz-request-id': requestId };
  if (typeof DeleteMarker === 'string') {
    headers['x-amz-delete-marker'] = 'true';
    if (error.httpStatus === 405) headers['Allow'] = 'DELETE';
    headers['x-amz-version-id'] = DeleteMarker;
  }
  if (typeof BucketRegion === 'string') headers['x-amz-bucket-region'] = BucketRegion;
  if (error.httpStatus === 304) return { status: 304, headers: { ...headers, ETag: `"${String(members['ETag'])}"` } };
  if (request.method === 'HEAD') return { status: error.httpStatus, headers: { ...headers, 'Content-Type': 'application/xml' } };
  const document = toXml('Error', {
    Code: CODES[error.code] ?? error.code,
    Message: error.message,
    ...members,
    Resource: request.path,
    RequestId: requestId,
    HostId: 'local-cloud',
  });
  return {
    status: error.httpStatus,
    headers: { ...headers, 'Content-Type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}

function headersOf(members: Members): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(members)) {
    const name = HEADERS[member];
    if (name === undefined || value === undefined) continue;
    headers[name] = value instanceof Date ? value.toUTCString() : String(value);
  }
  for (const [name, value] of Object.entries((members['Metadata'] ?? {}) as Record<string, string>)) {
    headers[`x-amz-meta-${name}`] = value;
  }
  return headers;
}

function list(items: unknown, itemName: string): XmlList {
  return new XmlList(items as unknown[], itemName);
}

function flat(items: unknown): XmlList {
  return new XmlList(items as unknown[], '', true);
}

function listing({ Contents, CommonPrefixes, ...rest }: Members): object {
  const entries = (Contents ?? []) as Members[];
  return {
    ...rest,
    Contents: flat(
      entries.map((entry) => ('ChecksumAlgorithm' in entry ? { ...entry, ChecksumAlgorithm: flat(entry['ChecksumAlgorithm']) } : entry)),
    ),
    CommonPrefixes: flat(CommonPrefixes),
  };
}

function lifecycleRule({ Transitions, NoncurrentVersionTransitions, Filter, ...rule }: Members): object {
  const { And, ...filter } = (Filter ?? {}) as Members;
  const { Tags, ...and } = (And ?? {}) as Members;
  return {
    ...rule,
    ...(Filter === undefined ? {} : { Filter: { ...filter, ...(And === undefined ? {} : { And: { ...and, Tag: flat(Tags ?? []) } }) } }),
    Transition: flat(Transitions ?? []),
    NoncurrentVersionTransition: flat(NoncurrentVersionTransitions ?? []),
  };
}
