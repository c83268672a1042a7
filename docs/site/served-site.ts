import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { contentType } from '@enstratus/platform/site';
import { contentSecurityPolicy } from '../cdk/content-security-policy.ts';

/** For tests: a built site on 127.0.0.1 with the headers that CloudFront sends. */
export async function serve(directory: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname));
    const name = path === '/' ? 'index.html' : path.slice(1);
    try {
      const body = readFileSync(join(directory, name));
      response.writeHead(200, {
        'content-type': contentType(name),
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
      });
      response.end(body);
    } catch {
      response.writeHead(403).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
