import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, expect, it, vi } from 'vitest';
import { ACCOUNT, REGION, startTestCloud, type TestCloud } from '../../testing/test-cloud.ts';
import { createS3 } from './s3-service.ts';

const Bucket = 'kept';
const location = { CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } } as const;
let undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.toReversed()) await step();
  undo = [];
});

const textOf = async (s3: S3Client, Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
const filesIn = (directory: string) =>
  readdirSync(join(directory, ACCOUNT, REGION, 's3'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

/** A local cloud in a process of its own, so that it can be killed. */
async function spawnCloud(directory: string): Promise<{ child: ChildProcess; s3: S3Client; endpoint: string }> {
  const code = `
    import { startTestCloud } from ${JSON.stringify(new URL('../../testing/test-cloud.ts', import.meta.url).href)};
    import { createS3 } from ${JSON.stringify(new URL('./s3-service.ts', import.meta.url).href)};
    const { endpoint } = await startTestCloud([createS3], { directory: ${JSON.stringify(directory)} });
    process.stdout.write(endpoint + '\\n');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  undo.push(() => child.kill('SIGKILL'));
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const endpoint = line.toString().trim();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };
  return { child, endpoint, s3: new S3Client({ endpoint, region: REGION, credentials, maxAttempts: 1, forcePathStyle: true }) };
}

it('after kill -9 has every object that was acknowledged, whole, and no half one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 's3-kill-'));
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  const { child, s3, endpoint } = await spawnCloud(directory);
  await s3.send(new CreateBucketCommand({ Bucket, ...location }));
  const half = request(`${endpoint}/${Bucket}/half`, {
    method: 'PUT',
    headers: { Authorization: `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260601/${REGION}/s3/aws4_request`, 'Content-Length': 10_000_000 },
  });
  half.on('error', () => {});
  half.write(Buffer.alloc(5_000_000));

  const acknowledged: number[] = [];
  let killed = false;
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let index = writer; !killed; index += 8) {
      try {
        await s3.send(new PutObjectCommand({ Bucket, Key: `key-${index}`, Body: Buffer.alloc(100_000, String(index)) }));
        acknowledged.push(index);
      } catch (error) {
        if (!killed) throw error;
      }
    }
  });
  await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(50);
  killed = true;
  child.kill('SIGKILL');
  await Promise.all([once(child, 'exit'), ...writers]);
  half.destroy();

  const after = await spawnCloud(directory);
  const listed = await after.s3.send(new ListObjectsV2Command({ Bucket }));
  const keys = new Set(listed.Contents?.map(({ Key }) => Key));
  expect(acknowledged.filter((index) => !keys.has(`key-${index}`))).toEqual([]);
  expect(keys.has('half')).toBe(false);
  for (const key of keys) {
    const found = await after.s3.send(new GetObjectCommand({ Bucket, Key: key }));
    const expected = Buffer.alloc(100_000, String(key).slice('key-'.length));
    expect(Buffer.from((await found.Body?.transformToByteArray()) ?? []).equals(expected)).toBe(true);
  }
  // The key file of each object, and nothing that belongs to none.
  expect(filesIn(directory)).toHaveLength(keys.size);
}, 60_000);

const DAY_ms = 24 * 3600 * 1000;

it('keeps buckets, objects and uploads over a restart; rules expire what is due at the next look', async () => {
  let now = Date.parse('2026-06-01T12:00:00Z');
  let test: TestCloud = await startTestCloud([createS3], { clock: () => now });
  undo.push(() => test.stop());
  let s3 = new S3Client(test.client);
  const put = (Key: string, more: object = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
  await s3.send(new CreateBucketCommand({ Bucket, ...location }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: 'log',
            Status: 'Enabled',
            Filter: { And: { Prefix: 'log/', Tags: [{ Key: 'keep', Value: 'no' }] } },
            Expiration: { Days: 3 },
          },
          { ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, NoncurrentVersionExpiration: { NoncurrentDays: 2 } },
          { ID: 'marks', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
          { ID: 'uploads', Status: 'Enabled', Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
          { ID: 'off', Status: 'Disabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } },
        ],
      },
    }),
  );
  await put('log/1', { Tagging: 'keep=no' });
  await put('log/2', { Tagging: 'keep=yes' });
  await put('twice');
  await put('twice', { Body: 'newer' });
  await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'never done' }));
  const uploads = async () => (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads?.length ?? 0;
  const versions = async () => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    return [...Versions.map(({ Key }) => Key), ...DeleteMarkers.map(({ Key }) => `-${Key}`)];
  };
  const restartAfter = async (days: number) => {
    now += days * DAY_ms;
    test = await test.restart();
    s3 = new S3Client(test.client);
  };

  const stored = filesIn(test.cloud.state.root).length;
  for (const folder of ['incoming', 'bodies/00']) {
    const stray = join(test.cloud.state.directory({ account: ACCOUNT, region: REGION }, 's3'), folder);
    mkdirSync(stray, { recursive: true });
    writeFileSync(join(stray, '00112233445566778899aabbccddeeff'), 'of a killed upload');
  }
  await restartAfter(0);
  expect(filesIn(test.cloud.state.root)).toHaveLength(stored);
  expect([await uploads(), await versions()]).toEqual([1, ['log/1', 'log/2', 'twice', 'twice']]);
  // An age of whole days ends at the midnight that follows.
  await restartAfter(1);
  expect([await uploads(), (await versions()).length]).toEqual([1, 4]);
  await restartAfter(1.5);
  expect([await uploads(), await versions()]).toEqual([0, ['log/1', 'log/2', 'twice']]);
  expect(await textOf(s3, 'twice')).toBe('newer');
  await restartAfter(1);
  expect(await versions()).toEqual(['log/1', 'log/2', 'twice', '-log/1']);
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'log/1' }))).rejects.toMatchObject({ name: 'NotFound' });
  // The hidden version goes first, then the delete marker that hides nothing any more.
  await restartAfter(3);
  await restartAfter(0);
  expect(await versions()).toEqual(['log/2', 'twice']);
});

it('keeps what it acknowledged when the body before it cannot be deleted', async () => {
  const test = await startTestCloud([createS3]);
  undo.push(() => test.stop());
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  undo.push(() => told.mockRestore());
  const s3 = new S3Client(test.client);
  await s3.send(new CreateBucketCommand({ Bucket, ...location }));
  // A folder in a body's place: unlink refuses it, whoever runs the test.
  const obstruct = () => {
    const [entry, ...others] = filesIn(test.cloud.state.root).filter(({ parentPath }) => parentPath.includes('bodies'));
    expect(others).toEqual([]);
    const path = join(entry?.parentPath ?? '', entry?.name ?? '');
    rmSync(path);
    mkdirSync(path);
    undo.push(() => rmSync(path, { recursive: true, force: true }));
  };
  const Key = 'k';
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = (Body: string) => s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body }));
  await part('old part');
  obstruct();
  const { ETag } = await part('new part');
  await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] } }));
  expect(await textOf(s3, Key)).toBe('new part');
  obstruct();
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'new object' }));
  expect(await textOf(s3, Key)).toBe('new object');
  obstruct();
  await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  expect(told).toHaveBeenCalledTimes(3);
});
