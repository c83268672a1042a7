import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(localhost|[a-z0-9.-]+\.localhost|127\.0\.0\.1|\[::1\])$/i;
/** By which SDKs address a bucket or a service while an endpoint override leads them here. */
const AWS = /^[a-z0-9.-]+\.amazonaws\.com$/i;

/**
 * Why a request is refused before anything looks at it, or undefined. Whoever reaches this port is an account's administrator, so no web page
 * of elsewhere may: not by a request across origins (its Origin or Sec-Fetch-Site says so), and not by a name of its own that leads
 * to 127.0.0.1 (its Host says so).
 */
export function refusal(headers: IncomingHttpHeaders): string | undefined {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  if (!LOOPBACK.test(host) && !AWS.test(host))
    return `The local cloud is not reached under the name "${host}", only as 127.0.0.1 or localhost.`;
  if (headers.origin !== undefined) {
    if (isLoopbackOrigin(headers.origin)) return undefined;
    return `A page of ${headers.origin} may not use the local cloud.`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'A page of another site may not use the local cloud.';
  return undefined;
}

function isLoopbackOrigin(origin: string): boolean {
  const host = /^https?:\/\/([^/]+?)(?::\d+)?$/i.exec(origin)?.[1];
  return host !== undefined && LOOPBACK.test(host);
}
