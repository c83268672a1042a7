import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';

const code = readFileSync(new URL('route-page.cloudfront.js', import.meta.url), 'utf8');

/** The function as CloudFront runs it: a script that leaves a `handler`. */
function routed(uri: string): unknown {
  const request = { method: 'GET', uri, querystring: {}, headers: { host: { value: 'example.com' } }, cookies: {} };
  const event = JSON.stringify({ version: '1.0', context: { eventType: 'viewer-request' }, viewer: { ip: '192.0.2.1' }, request });
  const answer = JSON.parse(String(runInNewContext(`${code}\nJSON.stringify(handler(${event}))`))) as typeof request;
  expect({ ...answer, uri }).toEqual(request);
  return answer.uri;
}

it.each(['/', '/devices', '/devices/pump-0001', '/devices/', '/a.b/page'])('%s is a page', (uri) => {
  expect(routed(uri)).toBe('/index.html');
});

it.each(['/index.html', '/config.json', '/assets/app-1a2b.js', '/assets/none.css', '/favicon.ico', '/.well-known.txt'])(
  '%s is a file',
  (uri) => {
    expect(routed(uri)).toBe(uri);
  },
);

it('is short enough for CloudFront, which takes 10 KB', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(10 * 1024);
});
