import { request } from 'node:http';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { compareKeys } from './listing.ts';
import { createS3 } from './s3-service.ts';

let now = Date.parse('2026-06-01T12:00:00Z');
let test: TestCloud;
let s3: S3Client;
let Bucket: string;
let count = 0;

beforeAll(async () => {
  test = await startTestCloud([createS3], { clock: () => now });
  s3 = new S3Client(test.client);
});
afterAll(() => test.stop());

beforeEach(async () => {
  Bucket = `bucket-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } }));
});

const put = (Key: string, Body: string | Uint8Array = 'x', more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();

/** A request as no SDK sends it; the key id names the account, the signature isn't looked at. */
function raw(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<{ status: number; text: string }> {
  const Authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20260601/us-east-2/s3/aws4_request, SignedHeaders=host, Signature=0';
  return new Promise((resolve, reject) => {
    const sent = request(`${test.endpoint}${path}`, { method, headers: { Authorization, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end(body);
  });
}

it('keeps what an object was put with', async () => {
  const stated = { ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { Origin: 'field' }, ContentEncoding: 'gzip' };
  const written = await put('a/ü+ %2F.txt', 'content', stated);
  expect(written).toMatchObject({ ETag: '"9a0364b9e99bb480dd25e1f0284c8555"', ServerSideEncryption: 'AES256' });
  const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'a/ü+ %2F.txt' }));
  expect(await found.Body?.transformToString()).toBe('content');
  expect(found).toMatchObject({ ...stated, Metadata: { origin: 'field' }, ContentLength: 7, LastModified: new Date(now) });
  expect(found.VersionId).toBeUndefined();
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/ü+ %2F.txt', ChecksumMode: 'ENABLED' }));
  expect(head).toMatchObject({ ContentLength: 7, ChecksumCRC32: written.ChecksumCRC32, ChecksumType: 'FULL_OBJECT' });
  const renamed = await s3.send(
    new GetObjectCommand({ Bucket, Key: 'a/ü+ %2F.txt', ResponseContentType: 'a/b', ResponseCacheControl: 'c' }),
  );
  expect(renamed).toMatchObject({ ContentType: 'a/b', CacheControl: 'c' });
});

it.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)('verifies %s and keeps it', async (ChecksumAlgorithm) => {
  await put('sum', 'hello', { ChecksumAlgorithm });
  // The SDK computes its own and compares: a wrong one would fail the read.
  expect(await read('sum', { ChecksumMode: 'ENABLED' })).toBe('hello');
  const wrong = {
    [`Checksum${ChecksumAlgorithm}`]: Buffer.alloc({ CRC64NVME: 8, SHA1: 20, SHA256: 32, CRC32: 4, CRC32C: 4 }[ChecksumAlgorithm]).toString(
      'base64',
    ),
  };
  await expect(put('sum', 'changed', wrong)).rejects.toThrow('did not match the calculated checksum');
  expect(await read('sum')).toBe('hello');
});

it('verifies Content-MD5 and the signed hash of the payload', async () => {
  await expect(put('m', 'hello', { ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })).rejects.toMatchObject({ name: 'BadDigest' });
  const reply = await raw('PUT', `/${Bucket}/m`, { 'x-amz-content-sha256': '0'.repeat(64) }, 'hello');
  expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('<Code>XAmzContentSHA256Mismatch</Code>') });
  await expect(read('m')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('decodes aws-chunked bodies with a trailing checksum', async () => {
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': '5',
    'x-amz-trailer': 'x-amz-checksum-crc32',
  };
  const framed = (checksum: string) => `2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
  expect((await raw('PUT', `/${Bucket}/c`, headers, framed('NhCmhg=='))).status).toBe(200);
  expect(await read('c')).toBe('hello');
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'c' }))).ContentEncoding).toBeUndefined();
  expect(await raw('PUT', `/${Bucket}/c`, headers, framed('AAAAAA=='))).toMatchObject({ text: expect.stringContaining('BadDigest') });
});

it('writes on conditions, of two writers at once one', async () => {
  const first = await Promise.allSettled([put('once', 'a', { IfNoneMatch: '*' }), put('once', 'b', { IfNoneMatch: '*' })]);
  expect(first.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(first.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'PreconditionFailed' } });
  const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'once' }));
  await put('once', 'next', { IfMatch: ETag });
  await expect(put('once', 'late', { IfMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
  await expect(put('never', 'x', { IfMatch: ETag })).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('reads on conditions', async () => {
  const { ETag } = await put('k');
  const status = (httpStatusCode: number) => ({ $metadata: { httpStatusCode } });
  await expect(read('k', { IfNoneMatch: ETag })).rejects.toMatchObject(status(304));
  await expect(read('k', { IfModifiedSince: new Date(now) })).rejects.toMatchObject(status(304));
  await expect(read('k', { IfMatch: '"other"' })).rejects.toMatchObject(status(412));
  await expect(read('k', { IfUnmodifiedSince: new Date(now - 5000) })).rejects.toMatchObject(status(412));
  expect(await read('k', { IfMatch: ETag, IfUnmodifiedSince: new Date(now - 5000) })).toBe('x');
  expect(await read('k', { IfNoneMatch: '"other"', IfModifiedSince: new Date(now) })).toBe('x');
});

it('reads ranges that equal slices', async () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
  await put('r', content);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 1200 }), async (first, length) => {
      const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'r', Range: `bytes=${first}-${first + length}` }));
      const bytes = await found.Body?.transformToByteArray();
      expect(Buffer.from(bytes ?? []).equals(content.subarray(first, first + length + 1))).toBe(true);
      expect(found.ContentRange).toBe(`bytes ${first}-${Math.min(first + length, 999)}/1000`);
    }),
    { numRuns: 30 },
  );
  await expect(read('r', { Range: 'bytes=1000-' })).rejects.toMatchObject({ name: 'InvalidRange', $metadata: { httpStatusCode: 416 } });
});

it('lists every key once and in binary order, whatever the page size', async () => {
  const key = fc.array(fc.constantFrom('a', 'Z', '/', ' ', '&', 'é', '\u{ff5e}', '\u{1f600}'), { minLength: 1, maxLength: 5 });
  const keys =
    fc.sample(
      fc.uniqueArray(
        key.map((parts) => parts.join('')),
        { minLength: 45, maxLength: 45 },
      ),
      { numRuns: 1, seed: 7 },
    )[0] ?? [];
  await Promise.all(keys.map((one) => put(one)));
  const sorted = keys.toSorted(compareKeys);
  for (const MaxKeys of [1, 7, 44, 45, 1000]) {
    for (const EncodingType of ['url', undefined] as const) {
      const found: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys, ContinuationToken, EncodingType }));
        expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
        found.push(...(page.Contents ?? []).map(({ Key }) => (EncodingType === 'url' ? decodeURIComponent(Key ?? '') : Key)));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      expect(found).toEqual(sorted);
    }
  }
});

it('folds keys by the delimiter, in both versions of the listing', async () => {
  for (const one of ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'e/4']) await put(one);
  const all = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(['a', 'd']);
  expect(all.CommonPrefixes).toEqual([{ Prefix: 'b/' }, { Prefix: 'e/' }]);
  const inner = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', Prefix: 'b/', StartAfter: 'b/1' }));
  expect([inner.Contents?.map(({ Key }) => Key), inner.CommonPrefixes]).toEqual([['b/2'], [{ Prefix: 'b/c/' }]]);
  const names: unknown[] = [];
  let Marker: string | undefined;
  do {
    const page = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 1, Marker }));
    names.push(...(page.Contents ?? []).map(({ Key }) => Key), ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(names).toEqual(['a', 'b/', 'd', 'e/']);
  await expect(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: 'mine' }))).rejects.toMatchObject({ name: 'InvalidArgument' });
});

it('tags an object and leaves it as it is', async () => {
  await put('t', 'content', { Tagging: 'a=1&b=x%20y' });
  const before = await s3.send(new HeadObjectCommand({ Bucket, Key: 't' }));
  now += 60_000;
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 't', Tagging: { TagSet: [{ Key: 'c', Value: '<3>' }] } }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 't' }))).TagSet).toEqual([{ Key: 'c', Value: '<3>' }]);
  const after = await s3.send(new HeadObjectCommand({ Bucket, Key: 't' }));
  expect([after.ETag, after.LastModified, after.TagCount]).toEqual([before.ETag, before.LastModified, 1]);
  expect(await read('t')).toBe('content');
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 't' }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 't' }))).TagSet).toEqual([]);
});

it('keeps versions and delete markers', async () => {
  await put('v', 'zero');
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const one = await put('v', 'one');
  const two = await put('v', 'two');
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'v' }));
  expect(marker.DeleteMarker).toBe(true);
  await expect(read('v')).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read('v', { VersionId: marker.VersionId })).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } });
  await expect(read('v', { VersionId: 'none' })).rejects.toMatchObject({ name: 'NoSuchVersion' });
  expect(await Promise.all(['null', one.VersionId, two.VersionId].map((VersionId) => read('v', { VersionId })))).toEqual([
    'zero',
    'one',
    'two',
  ]);

  const ids: unknown[] = [];
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, KeyMarker, VersionIdMarker }));
    ids.push(...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ VersionId, IsLatest }) => [VersionId, IsLatest]));
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
  } while (KeyMarker !== undefined);
  expect(ids).toEqual([
    [marker.VersionId, true],
    [two.VersionId, false],
    [one.VersionId, false],
    ['null', false],
  ]);

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'v', VersionId: marker.VersionId }));
  expect(await read('v')).toBe('two');
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'v', VersionId: two.VersionId }));
  expect(await read('v')).toBe('one');

  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Suspended');
  await put('v', 'suspended');
  await expect(read('v', { VersionId: 'null' })).resolves.toBe('suspended');
  expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toHaveLength(2);
});

it('copies with or without what belongs to the object', async () => {
  await put('from ü', 'content', { Metadata: { a: '1' }, ContentType: 'text/plain', Tagging: 't=1' });
  const CopySource = encodeURI(`${Bucket}/from ü`);
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource }));
  expect(await s3.send(new GetObjectCommand({ Bucket, Key: 'same' }))).toMatchObject({
    Metadata: { a: '1' },
    ContentType: 'text/plain',
    TagCount: 1,
  });
  const replaced = { MetadataDirective: 'REPLACE', Metadata: { b: '2' }, TaggingDirective: 'REPLACE' } as const;
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'other', CopySource, ...replaced }));
  const other = await s3.send(new HeadObjectCommand({ Bucket, Key: 'other' }));
  expect([other.Metadata, other.ContentType, other.TagCount]).toEqual([{ b: '2' }, 'binary/octet-stream', undefined]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'from ü' }));
  expect(await read('same')).toBe('content');
  await expect(s3.send(new CopyObjectCommand({ Bucket, Key: 'same', CopySource: `${Bucket}/same` }))).rejects.toThrow('illegal');
  await expect(
    s3.send(new CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/same`, CopySourceIfNoneMatch: other.ETag })),
  ).rejects.toMatchObject({ name: 'PreconditionFailed' });
});

it('deletes many at once, a bucket only when it is empty', async () => {
  const keys = ['plain', 'ä & <b>', '/', 'new\nline', 'quo\'te"'];
  await Promise.all(keys.map((key) => put(key)));
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const Objects = [...keys, 'never there'].map((Key) => ({ Key }));
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect([Deleted?.map(({ Key }) => Key), Errors]).toEqual([[...keys, 'never there'], undefined]);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  await s3.send(new DeleteBucketCommand({ Bucket }));
  await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'NotFound' });
  await expect(read('plain')).rejects.toMatchObject({ name: 'NoSuchBucket', BucketName: Bucket });
});

it('gives bucket names to one account, and buckets to one region', async () => {
  const other = new S3Client({ ...test.client, credentials: { accessKeyId: '444455556666', secretAccessKey: 'any' } });
  const constraint = { CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } } as const;
  await expect(other.send(new CreateBucketCommand({ Bucket, ...constraint }))).rejects.toMatchObject({ name: 'BucketAlreadyExists' });
  await expect(s3.send(new CreateBucketCommand({ Bucket, ...constraint }))).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'Upper', ...constraint }))).rejects.toMatchObject({ name: 'InvalidBucketName' });
  await expect(
    s3.send(new CreateBucketCommand({ Bucket: 'no-region', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })),
  ).rejects.toMatchObject({ name: 'IllegalLocationConstraintException' });
  expect((await other.send(new ListBucketsCommand({}))).Buckets).toEqual([]);
  expect((await s3.send(new ListBucketsCommand({ Prefix: Bucket, BucketRegion: 'us-east-2' }))).Buckets?.map(({ Name }) => Name)).toEqual([
    Bucket,
  ]);
  const west = new S3Client({ ...test.client, region: 'us-west-2' });
  await expect(west.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: 'PermanentRedirect',
    Endpoint: `${Bucket}.s3.us-east-2.amazonaws.com`,
  });
  expect((await west.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('us-east-2');
});

it('takes the bucket from the host name as well', async () => {
  for (const host of [`${Bucket}.localhost:4566`, `${Bucket}.s3.us-east-2.amazonaws.com`, `${Bucket}.s3.amazonaws.com`]) {
    expect((await raw('PUT', '/dir/key', { host }, 'virtual')).status).toBe(200);
    expect(await read('dir/key')).toBe('virtual');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'dir/key' }));
  }
});

it('honours the time of a presigned URL', async () => {
  await put('p', 'presigned');
  const url = (expires_s: number) =>
    `${test.endpoint}/${Bucket}/p?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=111122223333%2F20260601%2Fus-east-2%2Fs3%2Faws4_request&X-Amz-Date=20260601T120000Z&X-Amz-Expires=${expires_s}&X-Amz-SignedHeaders=host&X-Amz-Signature=0`;
  const later_s = (now - Date.parse('2026-06-01T12:00:00Z')) / 1000;
  expect(await (await fetch(url(later_s + 1))).text()).toBe('presigned');
  const expired = await fetch(url(later_s - 1));
  expect([expired.status, await expired.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  expect((await fetch(`${test.endpoint}/${Bucket}/p`)).status).toBe(403);
});

it('refuses by name what it does not carry out', async () => {
  await expect(s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules: [] } }))).rejects.toThrow(
    'PUT bucket?cors of s3',
  );
  await expect(put('x', 'y', { SSECustomerAlgorithm: 'AES256' })).rejects.toThrow('server-side-encryption-customer-algorithm');
  await expect(put('x', 'y', { ObjectLockLegalHoldStatus: 'ON' })).rejects.toThrow('"x-amz-object-lock-legal-hold" of s3:PutObject');
  await expect(put('x', 'y', { ACL: 'public-read' })).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  expect(await raw('GET', `/${Bucket}/x?partNumber=1`)).toMatchObject({ status: 501, text: expect.stringContaining('object?partNumber') });
});

it('keeps tags and metadata under names that JavaScript has a meaning for, and drops none', async () => {
  const names = ['__proto__', 'constructor', 'tostring'];
  const Tagging = names.map((name) => `${name}=of+${name}`).join('&');
  const TagSet = names.map((Key) => ({ Key, Value: `of ${Key}` }));
  const tagsOf = async (Key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;
  const headers = Object.fromEntries(names.map((name) => [`x-amz-meta-${name}`, `of ${name}`]));
  expect((await raw('PUT', `/${Bucket}/k`, { ...headers, 'x-amz-tagging': Tagging }, 'x')).status).toBe(200);
  const Authorization = 'AWS4-HMAC-SHA256 Credential=111122223333/20260601/us-east-2/s3/aws4_request, SignedHeaders=host, Signature=0';
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/k` }));
  for (const copy of ['k', 'copy']) {
    const shown = await fetch(`${test.endpoint}/${Bucket}/${copy}`, { headers: { Authorization } });
    expect(names.map((name) => shown.headers.get(`x-amz-meta-${name}`))).toEqual(names.map((name) => `of ${name}`));
    expect(await tagsOf(copy)).toEqual(TagSet);
  }
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet } }));
  expect(await tagsOf('k')).toEqual(TagSet);
  await expect(put('k', 'x', { Tagging: '__proto__=1&__proto__=2' })).rejects.toMatchObject({ name: 'InvalidTag' });
  for (const name of ['__proto__', 'constructor']) {
    expect(await raw('GET', `/${Bucket}/k?${name}=1`)).toMatchObject({ status: 501, text: expect.stringContaining(`&quot;${name}&quot;`) });
  }
});

it('refuses a parameter that is answered in a header and can stand in none', async () => {
  await put('a');
  for (const [method, parameter] of [
    ['DELETE', 'versionId=%00'],
    ['GET', 'response-content-type=%0D%0Ax'],
    ['GET', 'response-content-disposition=%E6%BC%A2'],
    ['PUT', 'x-amz-meta-name=%E6%BC%A2'],
  ] as const) {
    const { status, text } = await raw(method, `/${Bucket}/a?${parameter}`);
    expect([parameter, status]).toEqual([parameter, 400]);
    expect(text).toContain('Header value cannot be represented using ISO-8859-1.');
  }
});
