import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createS3 } from './s3-service.ts';

const MIB = 1024 * 1024;
let test: TestCloud;
let s3: S3Client;
let Bucket: string;
let count = 0;

beforeAll(async () => {
  test = await startTestCloud([createS3]);
  s3 = new S3Client(test.client);
});
afterAll(() => test.stop());

beforeEach(async () => {
  Bucket = `bucket-${++count}`;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } }));
});

const begin = async (Key: string, more: object = {}) =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
const upload = (Key: string, UploadId: string, PartNumber: number, Body: Uint8Array) =>
  s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
const complete = (Key: string, UploadId: string, Parts: object[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
const bytesOf = async (Key: string, more: object = {}) =>
  Buffer.from((await (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToByteArray()) ?? []);

it.each(['COMPOSITE', 'FULL_OBJECT'] as const)('puts parts together in their order, with a checksum of type %s', async (ChecksumType) => {
  const parts = [Buffer.alloc(5 * MIB, 'a'), Buffer.alloc(5 * MIB, 'b'), Buffer.from('end')];
  const id = await begin('big', { ChecksumAlgorithm: 'CRC32', ChecksumType, ContentType: 'x/y', Tagging: 'a=1' });
  // Out of order, and the first one twice: the later upload counts.
  const third = await upload('big', id, 9, parts[2] ?? Buffer.alloc(0));
  await upload('big', id, 1, Buffer.from('not this one'));
  const first = await upload('big', id, 1, parts[0] ?? Buffer.alloc(0));
  const second = await upload('big', id, 4, parts[1] ?? Buffer.alloc(0));
  const listed = await s3.send(new ListPartsCommand({ Bucket, Key: 'big', UploadId: id, MaxParts: 2 }));
  expect([listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), listed.IsTruncated, listed.NextPartNumberMarker]).toEqual([
    [
      [1, 5 * MIB],
      [4, 5 * MIB],
    ],
    true,
    '4',
  ]);
  const done = await complete('big', id, [
    { PartNumber: 1, ETag: first.ETag, ChecksumCRC32: first.ChecksumCRC32 },
    { PartNumber: 4, ETag: second.ETag, ChecksumCRC32: second.ChecksumCRC32 },
    { PartNumber: 9, ETag: third.ETag, ChecksumCRC32: third.ChecksumCRC32 },
  ]);
  const digests = Buffer.concat(parts.map((part) => createHash('md5').update(part).digest()));
  expect(done.ETag).toBe(`"${createHash('md5').update(digests).digest('hex')}-3"`);
  expect(done.ChecksumCRC32).toMatch(ChecksumType === 'COMPOSITE' ? /-3$/ : /^[^-]+$/);
  // The SDK verifies a checksum of the full object by itself.
  expect((await bytesOf('big', { ChecksumMode: 'ENABLED' })).equals(Buffer.concat(parts))).toBe(true);
  const seam = await bytesOf('big', { Range: `bytes=${5 * MIB - 2}-${5 * MIB + 1}` });
  expect(seam.toString()).toBe('aabb');
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'big' }));
  expect(head).toMatchObject({ ContentLength: 10 * MIB + 3, ContentType: 'x/y', TagCount: 1, ETag: done.ETag });
  await expect(complete('big', id, [{ PartNumber: 1, ETag: first.ETag }])).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

it('refuses to complete with parts that are missing, changed, out of order or too small', async () => {
  const id = await begin('k');
  const one = await upload('k', id, 1, Buffer.from('one'));
  const two = await upload('k', id, 2, Buffer.from('two'));
  const part = (PartNumber: number, ETag: string | undefined) => ({ PartNumber, ETag });
  await expect(complete('k', id, [part(3, one.ETag)])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete('k', id, [part(1, two.ETag)])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete('k', id, [part(2, two.ETag), part(1, one.ETag)])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete('k', id, [part(1, one.ETag), part(2, two.ETag)])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete('k', id, [])).rejects.toMatchObject({ name: 'MalformedXML' });
  await expect(complete('k', id, [part(2, two.ETag)], { IfMatch: '"none"' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  await complete('k', id, [part(2, two.ETag)], { IfNoneMatch: '*' });
  expect((await bytesOf('k')).toString()).toBe('two');
});

it('lists uploads under way, and forgets an aborted one', async () => {
  const ids = [await begin('a/1'), await begin('a/2'), await begin('a/2'), await begin('b')];
  const found: unknown[] = [];
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1, KeyMarker, UploadIdMarker }));
    found.push(...(page.Uploads ?? []).map(({ UploadId }) => UploadId));
    KeyMarker = page.NextKeyMarker;
    UploadIdMarker = page.NextUploadIdMarker;
  } while (KeyMarker !== undefined);
  expect(found.toSorted()).toEqual(ids.toSorted());
  const folded = await s3.send(new ListMultipartUploadsCommand({ Bucket, Delimiter: '/' }));
  expect([folded.CommonPrefixes, folded.Uploads?.map(({ Key }) => Key)]).toEqual([[{ Prefix: 'a/' }], ['b']]);
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'b', UploadId: ids[3] }));
  await expect(upload('b', ids[3] ?? '', 1, Buffer.from('x'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

it('takes parts from objects', async () => {
  const source = await begin('source');
  const { ETag } = await upload('source', source, 1, Buffer.from('0123456789'));
  await complete('source', source, [{ PartNumber: 1, ETag }]);
  const id = await begin('target');
  const named = { Bucket, Key: 'target', UploadId: id, CopySource: `/${Bucket}/source` };
  const copied = await s3.send(new UploadPartCopyCommand({ ...named, PartNumber: 1, CopySourceRange: 'bytes=2-5' }));
  await complete('target', id, [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }]);
  expect((await bytesOf('target')).toString()).toBe('2345');
});
