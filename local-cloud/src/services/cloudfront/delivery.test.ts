import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { DeleteBucketPolicyCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behavior, siteResources, TestSite } from './testing/test-site.ts';

let site: TestSite;
const page = `<!doctype html>${'<p>water</p>'.repeat(200)}`;
let etag: string;

beforeAll(async () => {
  site = await TestSite.start(
    siteResources({
      CacheBehaviors: [{ PathPattern: 'plain/*', ...behavior({ Compress: false }), ResponseHeadersPolicyId: undefined }],
    }),
  );
  etag = await site.put('index.html', page, { ContentType: 'text/html; charset=utf-8', CacheControl: 'no-cache' });
  await site.put('assets/app.js', 'x'.repeat(999), { ContentType: 'text/javascript' });
  await site.put('assets/photo.png', 'x'.repeat(5000), { ContentType: 'image/png' });
  await site.put('plain/a b.txt', 'x'.repeat(5000), { ContentType: 'text/plain' });
});
afterAll(() => site.stop());

describe('an object', () => {
  it('comes with its own headers, those of the policy and those of CloudFront', async () => {
    const { status, headers, text } = await site.ask('/index.html');
    expect([status, text]).toEqual([200, page]);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(page.length),
      'cache-control': 'no-cache',
      etag,
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000; includeSubDomains; preload',
      'permissions-policy': 'camera=()',
      'x-cache': 'Miss from cloudfront',
      via: expect.stringMatching(/^1\.1 \w+\.cloudfront\.net \(CloudFront\)$/),
    });
  });

  it("gets a policy's header that doesn't override only where it has none of its own, and another one always", async () => {
    expect((await site.ask('/assets/app.js')).headers).toMatchObject({ 'cache-control': 'no-store', 'content-language': 'en' });
    await site.put('own.txt', 'eigen', { CacheControl: 'no-cache', ContentLanguage: 'de' });
    expect((await site.ask('/own.txt')).headers).toMatchObject({ 'cache-control': 'no-cache', 'content-language': 'en' });
  });

  it('is the default root object for the root, and no other folder has one', async () => {
    expect((await site.ask('/')).text).toBe(page);
    expect((await site.ask('/?lang=en')).text).toBe(page);
    expect((await site.ask('/assets/')).status).toBe(403);
  });

  it('is found under its decoded name, by the first behavior whose pattern fits', async () => {
    const { status, headers } = await site.ask('/plain/a%20b.txt', { 'accept-encoding': 'gzip' });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('content-security-policy');
  });

  it('has no body for HEAD', async () => {
    const { status, headers, body } = await site.ask('/index.html', {}, 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([200, String(page.length), 0]);
  });

  it('is read anew for every request', async () => {
    await site.put('changing.txt', 'one');
    expect((await site.ask('/changing.txt')).text).toBe('one');
    await site.put('changing.txt', 'two');
    expect((await site.ask('/changing.txt')).text).toBe('two');
  });
});

describe('compression', () => {
  it('prefers Brotli, takes gzip, and makes the ETag weak', async () => {
    const br = await site.ask('/', { 'accept-encoding': 'gzip, deflate, br, zstd' });
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', etag: `W/${etag}`, vary: 'Accept-Encoding' });
    expect(br.headers).not.toHaveProperty('content-length');
    expect(brotliDecompressSync(br.body).toString()).toBe(page);
    const gzip = await site.ask('/', { 'accept-encoding': 'gzip;q=0.5, br;q=0' });
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toBe(page);
  });

  it.each([
    ['under 1,000 bytes', '/assets/app.js'],
    ['of a type that does not shrink', '/assets/photo.png'],
    ['of a behavior that does not compress', '/plain/a%20b.txt'],
  ])('leaves what is %s', async (_, path) => {
    const { status, headers } = await site.ask(path, { 'accept-encoding': 'gzip, br' });
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers['etag']).toMatch(/^"/);
  });

  it('leaves what lies compressed in the bucket', async () => {
    await site.put('ready.js', 'x'.repeat(2000), { ContentType: 'text/javascript', ContentEncoding: 'gzip' });
    const { headers } = await site.ask('/ready.js', { 'accept-encoding': 'br' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'content-length': '2000' });
  });
});

describe('a condition', () => {
  it.each([
    ['the ETag', () => ({ 'if-none-match': etag })],
    ['the weak ETag of a compressed answer', () => ({ 'if-none-match': `"other", W/${etag}`, 'accept-encoding': 'br' })],
    ['any', () => ({ 'if-none-match': '*' })],
    ['a time since when nothing changed', () => ({ 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() })],
  ])('is 304 without a body for %s', async (_, headers) => {
    const answer = await site.ask('/', headers());
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
    expect(answer.headers).toMatchObject({ etag, 'cache-control': 'no-cache', 'content-security-policy': "default-src 'none'" });
  });

  it('is 200 for another ETag, whatever the time', async () => {
    const headers = { 'if-none-match': '"other"', 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() };
    expect((await site.ask('/', headers)).status).toBe(200);
    expect((await site.ask('/', { 'if-modified-since': new Date(0).toUTCString() })).status).toBe(200);
  });
});

describe('a range', () => {
  it('is 206, uncompressed', async () => {
    const { status, headers, text } = await site.ask('/', { range: 'bytes=2-8', 'accept-encoding': 'br' });
    expect([status, headers['content-range'], text]).toEqual([206, `bytes 2-8/${page.length}`, 'doctype']);
    expect((await site.ask('/', { range: 'bytes=-4', 'if-range': etag })).text).toBe('</p>');
  });

  it('is the whole object when it cannot be read or when the object is another one', async () => {
    expect((await site.ask('/', { range: 'lines=1-2' })).status).toBe(200);
    expect((await site.ask('/', { range: 'bytes=2-8', 'if-range': '"other"' })).status).toBe(200);
  });

  it('behind the end is 416', async () => {
    expect((await site.ask('/', { range: 'bytes=999999-' })).status).toBe(416);
  });
});

describe('a refusal', () => {
  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is 403 for %s', async (method) => {
    const { status, headers } = await site.ask('/', {}, method);
    expect([status, headers['server'], headers['x-cache']]).toEqual([403, 'CloudFront', 'Error from cloudfront']);
  });

  it('is 403 for a GET with a body', async () => {
    expect((await site.ask('/', { 'content-length': '4' }, 'GET', 'body')).status).toBe(403);
  });

  it("is S3's own for an object that isn't there, with the policy's headers: 403 for who may not list", async () => {
    const { status, headers, text } = await site.ask('/assets/none.js');
    expect([status, headers['content-type'], headers['x-cache']]).toEqual([403, 'application/xml', 'Error from cloudfront']);
    expect(text).toContain('<Code>AccessDenied</Code><Message>Access Denied</Message>');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'" });
  });

  it('is 400 for a path that is no text', async () => {
    expect((await site.ask('/%ff')).status).toBe(400);
  });

  it.each([
    ['a foreign name', { host: 'evil.example' }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a request of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }],
    ['a frame on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
  ])('is 403 for %s', async (_, headers: Record<string, string>) => {
    expect((await site.ask('/', headers)).status).toBe(403);
  });

  it('is none for a link of another site that is followed', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    expect((await site.ask('/', headers)).status).toBe(200);
  });
});

describe('the bucket policy', () => {
  it('is what lets CloudFront in: 404 needs the right to list, and nothing is to be had without the policy', async () => {
    const other = await TestSite.start(siteResources({}, ['s3:GetObject', 's3:ListBucket']));
    await other.put('index.html', page);
    expect((await other.ask('/none.js')).status).toBe(404);
    expect((await other.ask('/none.js')).text).toContain('<Code>NoSuchKey</Code>');
    expect((await other.ask('/')).status).toBe(200);
    await new S3Client(other.cloud.client).send(new DeleteBucketPolicyCommand({ Bucket: await other.output('Bucket') }));
    expect((await other.ask('/')).status).toBe(403);
    await other.stop();
  });

  it('lets no other distribution in', async () => {
    const resources = siteResources();
    const policy = resources['BucketPolicy'];
    if (policy !== undefined)
      policy.Properties = JSON.parse(JSON.stringify(policy.Properties).replace('{"Ref":"Site"}', '"EANOTHERONE000"'));
    const other = await TestSite.start(resources);
    await other.s3.send(new PutObjectCommand({ Bucket: await other.output('Bucket'), Key: 'index.html', Body: page }));
    expect((await other.ask('/')).status).toBe(403);
    await other.stop();
  });
});
