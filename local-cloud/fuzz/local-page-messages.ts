import fc from 'fast-check';
import type { HttpMessage } from './http-message.ts';
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
  'api',
  'buckets',
  'pipelines',
  'scopes',
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
/** Requests of the developer's browser, to pages and to what they ask. */
export const localPageMessages: fc.Arbitrary<HttpMessage> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'POST', 'HEAD', 'DELETE'),
    isApi: fc.boolean(),
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
  .map(({ method, isApi, segments, query, body }) => ({
    method,
    path: `/_local${isApi ? '/api' : ''}${segments.map((segment) => `/${segment}`).join('')}${query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`}`,
    headers: { 'content-type': 'application/json' },
    body: method === 'POST' ? body : '',
  }));
