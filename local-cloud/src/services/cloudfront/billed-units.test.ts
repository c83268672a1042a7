import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UsageRecord } from '../../kernel/usage.ts';
import { TestSite } from './testing/test-site.ts';

let site: TestSite;
let etag: string;
const usage: UsageRecord[] = [];

beforeAll(async () => {
  site = await TestSite.start();
  etag = await site.put('page.txt', 'x'.repeat(5000), { ContentType: 'text/plain' });
  site.cloud.cloud.onUsage((record) => usage.push(record));
});
afterAll(() => site.stop());

it('bills each request of a viewer, and the bytes that it was sent, compressed as they are (Amazon CloudFront Pricing)', async () => {
  await site.ask('/page.txt');
  await site.ask('/page.txt', { 'accept-encoding': 'gzip' });
  await site.ask('/page.txt', { 'if-none-match': etag });
  const answers = usage.filter(({ operation }) => operation === 'viewer-request');
  const bytes = answers.map(({ units }) => units.egress_bytes ?? -1);
  expect(answers.map(({ units }) => units.requests)).toEqual([1, 1, 1]);
  expect(bytes[0]).toBe(5000);
  expect(bytes[1]).toBeGreaterThan(0);
  expect(bytes[1]).toBeLessThan(500);
  expect(bytes[2]).toBe(0);
  expect(answers[0]).toMatchObject({
    service: 'cloudfront',
    region: 'us-east-1',
    resource: expect.stringMatching(/^E[0-9A-Z]+$/) as string,
  });
});
