import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FurnishedCloud, startFurnishedCloud } from './furnished-cloud.ts';
import { fuzzService } from './fuzz-service.ts';
import { type HttpMessage, nearMessage } from './http-message.ts';
import { oddText } from './odd-values.ts';

const names = [
  'health',
  'mail',
  'timings',
  'usage',
  'traces',
  'invocations',
  'stacks',
  'tables',
  'logs',
  'queues',
  'resources',
  'picture',
  'functions',
  'query',
  'events',
  'bill',
  'alarms',
  '',
  'index.html',
  'console.js',
];
const parameters = [
  'to',
  'limit',
  'device',
  'function',
  'errors',
  'format',
  'since',
  'account',
  'region',
  'after',
  'service',
  'name',
  'query',
];
const odd = oddText.map((text) => encodeURIComponent(text.toWellFormed()));
const message: fc.Arbitrary<HttpMessage> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'DELETE'),
    segments: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...names) },
        { weight: 1, arbitrary: odd },
        { weight: 1, arbitrary: fc.constantFrom('1-67f5a0a0-000000000000000000000000', 'fuzz', '00000000-0000-0000-0000-000000000000') },
      ),
      { maxLength: 3 },
    ),
    query: fc.array(
      fc.tuple(fc.constantFrom(...parameters), fc.oneof(odd, fc.constantFrom('1', '50', '-1', '1e9', 'true', 'xray', 'fuzz', 'a@b.c'))),
      { maxLength: 3 },
    ),
    body: fc.constantFrom('', '{}', '{"query":"fields @message"}', '{"name":"fuzz"}', '['),
  })
  .map(({ method, segments, query, body }) => ({
    method,
    path: `/_local${segments.map((segment) => `/${segment}`).join('')}${query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`}`,
    headers: { 'content-type': 'application/json' },
    body: method === 'POST' ? body : '',
  }));

describe('the pages for the developer, whatever they are asked', () => {
  let furnished: FurnishedCloud;
  beforeAll(async () => {
    furnished = await startFurnishedCloud();
  });
  afterAll(() => furnished.stop());

  it('/_local', { timeout: 600_000 }, async () => {
    await fuzzService(furnished, { border: '/_local', inputs: nearMessage(message), write: (one) => one });
  });
});
