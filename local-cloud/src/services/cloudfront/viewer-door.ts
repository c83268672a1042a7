import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotCarriedOut } from '../../kernel/aws-error.ts';
import { refusal } from '../../kernel/browser-guard.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import type { CloudFrontStore } from './cloudfront-store.ts';
import { answerViewer, type ViewerAnswer } from './delivery.ts';
import type { DistributionKey } from './distribution-listeners.ts';
import type { ViewerRequest } from './viewer-event.ts';
import { meterViewer } from './viewer-units.ts';

/** Takes one request on a distribution's port and writes its answer, whatever happens. */
export async function serveViewer(
  store: CloudFrontStore,
  key: DistributionKey,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  try {
    const distribution = store.of(key.account).distributions.get(key.id);
    const refused = refusal(guarded(incoming));
    if (refused !== undefined) return send(outgoing, store.cloud, key, plain(403, refused));
    if (distribution === undefined) return send(outgoing, store.cloud, key, plain(404, 'There is no such distribution any more.'));
    send(outgoing, store.cloud, key, await answerViewer(store, distribution, readRequest(incoming)));
  } catch (error) {
    if (error instanceof NotCarriedOut && !outgoing.headersSent)
      return send(outgoing, store.cloud, key, plain(error.httpStatus, error.message));
    console.error(`cloudfront: ${incoming.method} ${incoming.url} of distribution ${key.id} failed inside the local cloud:`, error);
    if (!outgoing.headersSent) send(outgoing, store.cloud, key, plain(500, 'InternalFailure'));
    else outgoing.destroy();
  }
}

/** A link on a page of elsewhere may lead here: what it opens is a page of its own, that the other one can't look into. */
function guarded({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const followsLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (!followsLink) return headers;
  const { 'sec-fetch-site': _, ...rest } = headers;
  return rest;
}

function readRequest(incoming: IncomingMessage): ViewerRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
  return {
    method: incoming.method ?? 'GET',
    uri: mark < 0 ? url : url.slice(0, mark),
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    headers: Object.fromEntries(headers) as Record<string, string>,
    ip: incoming.socket.remoteAddress ?? '127.0.0.1',
    httpVersion: incoming.httpVersion,
  };
}

function plain(status: number, text: string): ViewerAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body: Buffer.from(text) };
}

function send(
  outgoing: ServerResponse,
  cloud: Cloud,
  { id, account }: DistributionKey,
  { status, headers, body, compressed }: ViewerAnswer,
): void {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
  outgoing.setHeader('via', `1.1 ${id.toLowerCase()}.cloudfront.net (CloudFront)`);
  outgoing.setHeader('x-amz-cf-id', randomBytes(40).toString('base64url'));
  if (compressed === undefined && status !== 304) outgoing.setHeader('content-length', body.length);
  // Node would tell the length of what is written and ended at once.
  else if (status !== 304) outgoing.setHeader('transfer-encoding', 'chunked');
  const sent = outgoing.req.method === 'HEAD' || status === 304 ? undefined : body;
  outgoing.end(sent);
  meterViewer(cloud, account, id, sent?.length ?? 0);
}
