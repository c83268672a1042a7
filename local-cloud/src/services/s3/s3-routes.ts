/** How a request of the Amazon S3 API Reference is told from the others, and where its members stand. */
export interface Route {
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  readonly on: 'service' | 'bucket' | 'object';
  /** Query parameters that must be there; `name=value` for a fixed value. */
  readonly when?: readonly string[];
  readonly whenHeader?: string;
  /** Member by query parameter. */
  readonly query?: Readonly<Record<string, string>>;
  /** Member by lower-case header; presigned requests may carry `x-amz-…` ones in the query. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The request may carry `x-amz-meta-…`. */
  readonly metadata?: true;
  /** Raw bytes become `Body`; text becomes the member; XML of this root becomes the member. */
  readonly body?: 'bytes' | { readonly member: string; readonly root?: string };
}

const OWNER = { 'x-amz-expected-bucket-owner': 'ExpectedBucketOwner' } as const;

const CHECKSUMS = {
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
} as const;

const BODY_CHECKS = { ...CHECKSUMS, 'content-md5': 'ContentMD5', 'x-amz-sdk-checksum-algorithm': 'ChecksumAlgorithm' } as const;

const CONTENT_HEADERS = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-type': 'ContentType',
  expires: 'Expires',
  'x-amz-acl': 'ACL',
  'x-amz-storage-class': 'StorageClass',
  'x-amz-tagging': 'Tagging',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-server-side-encryption-aws-kms-key-id': 'SSEKMSKeyId',
  'x-amz-server-side-encryption-bucket-key-enabled': 'BucketKeyEnabled',
} as const;

const CONDITIONS = {
  'if-match': 'IfMatch',
  'if-none-match': 'IfNoneMatch',
  'if-modified-since': 'IfModifiedSince',
  'if-unmodified-since': 'IfUnmodifiedSince',
} as const;

const READ = {
  query: {
    versionId: 'VersionId',
    'response-cache-control': 'ResponseCacheControl',
    'response-content-disposition': 'ResponseContentDisposition',
    'response-content-encoding': 'ResponseContentEncoding',
    'response-content-language': 'ResponseContentLanguage',
    'response-content-type': 'ResponseContentType',
    'response-expires': 'ResponseExpires',
  },
  headers: { ...OWNER, ...CONDITIONS, range: 'Range', 'x-amz-checksum-mode': 'ChecksumMode' },
} as const;

const COPY_SOURCE = {
  'x-amz-copy-source': 'CopySource',
  'x-amz-copy-source-if-match': 'CopySourceIfMatch',
  'x-amz-copy-source-if-none-match': 'CopySourceIfNoneMatch',
  'x-amz-copy-source-if-modified-since': 'CopySourceIfModifiedSince',
  'x-amz-copy-source-if-unmodified-since': 'CopySourceIfUnmodifiedSince',
  'x-amz-source-expected-bucket-owner': 'ExpectedSourceBucketOwner',
} as const;

const LIST = { prefix: 'Prefix', delimiter: 'Delimiter', 'encoding-type': 'EncodingType' } as const;

/** A sub-resource of a bucket that is put, read and removed as one document. */
function configuration(
  parameter: string,
  root: string,
  operations: { put: string; get: string; remove?: string },
  member = root,
  headers: Readonly<Record<string, string>> = {},
): Route[] {
  const common = { on: 'bucket', when: [parameter] } as const;
  return [
    { ...common, operation: operations.put, method: 'PUT', headers: { ...OWNER, ...headers }, body: { member, root } },
    { ...common, operation: operations.get, method: 'GET', headers: OWNER },
    ...(operations.remove === undefined ? [] : [{ ...common, operation: operations.remove, method: 'DELETE', headers: OWNER } as const]),
  ];
}

/** The first route that fits is taken: the ones with more conditions stand before the others. */
export const ROUTES: readonly Route[] = [
  {
    operation: 'ListBuckets',
    method: 'GET',
    on: 'service',
    query: { 'max-buckets': 'MaxBuckets', 'continuation-token': 'ContinuationToken', prefix: 'Prefix', 'bucket-region': 'BucketRegion' },
  },

  { operation: 'GetBucketLocation', method: 'GET', on: 'bucket', when: ['location'], headers: OWNER },
  { operation: 'GetBucketAcl', method: 'GET', on: 'bucket', when: ['acl'], headers: OWNER },
  { operation: 'PutBucketPolicy', method: 'PUT', on: 'bucket', when: ['policy'], headers: OWNER, body: { member: 'Policy' } },
  { operation: 'GetBucketPolicy', method: 'GET', on: 'bucket', when: ['policy'], headers: OWNER },
  { operation: 'DeleteBucketPolicy', method: 'DELETE', on: 'bucket', when: ['policy'], headers: OWNER },
  ...configuration('encryption', 'ServerSideEncryptionConfiguration', {
    put: 'PutBucketEncryption',
    get: 'GetBucketEncryption',
    remove: 'DeleteBucketEncryption',
  }),
  ...configuration('publicAccessBlock', 'PublicAccessBlockConfiguration', {
    put: 'PutPublicAccessBlock',
    get: 'GetPublicAccessBlock',
    remove: 'DeletePublicAccessBlock',
  }),
  ...configuration('versioning', 'VersioningConfiguration', { put: 'PutBucketVersioning', get: 'GetBucketVersioning' }),
  ...configuration(
    'lifecycle',
    'LifecycleConfiguration',
    { put: 'PutBucketLifecycleConfiguration', get: 'GetBucketLifecycleConfiguration', remove: 'DeleteBucketLifecycle' },
    'LifecycleConfiguration',
    { 'x-amz-transition-default-minimum-object-size': 'TransitionDefaultMinimumObjectSize' },
  ),
  ...configuration('ownershipControls', 'OwnershipControls', {
    put: 'PutBucketOwnershipControls',
    get: 'GetBucketOwnershipControls',
  }),
  ...configuration('tagging', 'Tagging', { put: 'PutBucketTagging', get: 'GetBucketTagging', remove: 'DeleteBucketTagging' }),
  {
    operation: 'ListObjectVersions',
    method: 'GET',
    on: 'bucket',
    when: ['versions'],
    query: { ...LIST, 'max-keys': 'MaxKeys', 'key-marker': 'KeyMarker', 'version-id-marker': 'VersionIdMarker' },
    headers: OWNER,
  },
  {
    operation: 'ListMultipartUploads',
    method: 'GET',
    on: 'bucket',
    when: ['uploads'],
    query: { ...LIST, 'max-uploads': 'MaxUploads', 'key-marker': 'KeyMarker', 'upload-id-marker': 'UploadIdMarker' },
    headers: OWNER,
  },
  {
    operation: 'ListObjectsV2',
    method: 'GET',
    on: 'bucket',
    when: ['list-type=2'],
    query: {
      ...LIST,
      'max-keys': 'MaxKeys',
      'continuation-token': 'ContinuationToken',
      'start-after': 'StartAfter',
      'fetch-owner': 'FetchOwner',
    },
    headers: OWNER,
  },
  { operation: 'ListObjects', method: 'GET', on: 'bucket', query: { ...LIST, 'max-keys': 'MaxKeys', marker: 'Marker' }, headers: OWNER },
  { operation: 'HeadBucket', method: 'HEAD', on: 'bucket', headers: OWNER },
  {
    operation: 'CreateBucket',
    method: 'PUT',
    on: 'bucket',
    headers: { 'x-amz-acl': 'ACL', 'x-amz-object-ownership': 'ObjectOwnership' },
    body: { member: 'CreateBucketConfiguration', root: 'CreateBucketConfiguration' },
  },
  { operation: 'DeleteBucket', method: 'DELETE', on: 'bucket', headers: OWNER },
  {
    operation: 'DeleteObjects',
    method: 'POST',
    on: 'bucket',
    when: ['delete'],
    headers: OWNER,
    body: { member: 'Delete', root: 'Delete' },
  },

  {
    operation: 'PutObjectTagging',
    method: 'PUT',
    on: 'object',
    when: ['tagging'],
    query: { versionId: 'VersionId' },
    headers: OWNER,
    body: { member: 'Tagging', root: 'Tagging' },
  },
  {
    operation: 'GetObjectTagging',
    method: 'GET',
    on: 'object',
    when: ['tagging'],
    query: { versionId: 'VersionId' },
    headers: OWNER,
  },
  {
    operation: 'DeleteObjectTagging',
    method: 'DELETE',
    on: 'object',
    when: ['tagging'],
    query: { versionId: 'VersionId' },
    headers: OWNER,
  },
  {
    operation: 'UploadPartCopy',
    method: 'PUT',
    on: 'object',
    when: ['uploadId'],
    whenHeader: 'x-amz-copy-source',
    query: { uploadId: 'UploadId', partNumber: 'PartNumber' },
    headers: { ...OWNER, ...COPY_SOURCE, 'x-amz-copy-source-range': 'CopySourceRange' },
  },
  {
    operation: 'UploadPart',
    method: 'PUT',
    on: 'object',
    when: ['uploadId'],
    query: { uploadId: 'UploadId', partNumber: 'PartNumber' },
    headers: { ...OWNER, ...BODY_CHECKS },
    body: 'bytes',
  },
  {
    operation: 'CreateMultipartUpload',
    method: 'POST',
    on: 'object',
    when: ['uploads'],
    headers: {
      ...OWNER,
      ...CONTENT_HEADERS,
      'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
      'x-amz-checksum-type': 'ChecksumType',
    },
    metadata: true,
  },
  {
    operation: 'CompleteMultipartUpload',
    method: 'POST',
    on: 'object',
    when: ['uploadId'],
    query: { uploadId: 'UploadId' },
    headers: {
      ...OWNER,
      ...CHECKSUMS,
      'x-amz-checksum-type': 'ChecksumType',
      'x-amz-mp-object-size': 'MpuObjectSize',
      'if-match': 'IfMatch',
      'if-none-match': 'IfNoneMatch',
    },
    body: { member: 'MultipartUpload', root: 'CompleteMultipartUpload' },
  },
  {
    operation: 'AbortMultipartUpload',
    method: 'DELETE',
    on: 'object',
    when: ['uploadId'],
    query: { uploadId: 'UploadId' },
    headers: OWNER,
  },
  {
    operation: 'ListParts',
    method: 'GET',
    on: 'object',
    when: ['uploadId'],
    query: { uploadId: 'UploadId', 'max-parts': 'MaxParts', 'part-number-marker': 'PartNumberMarker' },
    headers: OWNER,
  },
  {
    operation: 'CopyObject',
    method: 'PUT',
    on: 'object',
    whenHeader: 'x-amz-copy-source',
    headers: {
      ...OWNER,
      ...COPY_SOURCE,
      ...CONTENT_HEADERS,
      'x-amz-metadata-directive': 'MetadataDirective',
      'x-amz-tagging-directive': 'TaggingDirective',
      'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
    },
    metadata: true,
  },
  {
    operation: 'PutObject',
    method: 'PUT',
    on: 'object',
    headers: { ...OWNER, ...BODY_CHECKS, ...CONTENT_HEADERS, 'if-match': 'IfMatch', 'if-none-match': 'IfNoneMatch' },
    metadata: true,
    body: 'bytes',
  },
  { operation: 'HeadObject', method: 'HEAD', on: 'object', ...READ },
  { operation: 'GetObject', method: 'GET', on: 'object', ...READ },
  {
    operation: 'DeleteObject',
    method: 'DELETE',
    on: 'object',
    query: { versionId: 'VersionId' },
    headers: OWNER,
  },
];

/** Sub-resources of the S3 API; a request for one that no route has must not be taken for a plain one. */
export const SUBRESOURCES: ReadonlySet<string> = new Set([
  ...['abac', 'accelerate', 'acl', 'analytics', 'attributes', 'cors', 'delete', 'encryption', 'intelligent-tiering', 'inventory'],
  ...['legal-hold', 'lifecycle', 'location', 'logging', 'metadataConfiguration', 'metadataTable', 'metrics', 'notification'],
  ...['object-lock', 'ownershipControls', 'partNumber', 'policy', 'policyStatus', 'publicAccessBlock', 'renameObject', 'replication'],
  ...['requestPayment', 'restore', 'retention', 'select', 'session', 'tagging', 'torrent', 'uploadId', 'uploads', 'versioning'],
  ...['versions', 'website'],
]);
