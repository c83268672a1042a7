import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusal } from '../../kernel/browser-guard.ts';
import type { OpenSpan, TraceSpans } from '../trace-spans.ts';
import { ApiError, notCarriedOut } from './api-error.ts';
import type { ApiAnswer, Route } from './api-request.ts';
import { readRequest } from './read-request.ts';
import { Router } from './router.ts';

/** Serves the API on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
export async function listen(routes: readonly Route[], port: number, traces?: TraceSpans): Promise<{ server: Server; url: string }> {
  const router = new Router(routes);
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (incoming, outgoing) => {
    void serve(router, incoming, outgoing, traces);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function serve(router: Router, incoming: IncomingMessage, outgoing: ServerResponse, traces: TraceSpans | undefined): Promise<void> {
  const span = traces?.under(incoming.headers['x-amzn-trace-id']?.toString());
  let found: ReturnType<Router['match']>;
  const end = (status: number) => endSpan(traces, span, found, status);
  try {
    const refused = refusal(incoming.headers);
    if (refused !== undefined) throw new ApiError(403, { ok: false, error: 'forbidden', error_description: refused });
    const path = (incoming.url ?? '/').split('?', 1)[0] ?? '/';
    found = router.match(incoming.method ?? 'GET', path);
    if (found === undefined) throw notCarriedOut(`${incoming.method} ${path}`);
    const request = await readRequest(incoming, found.params);
    const answer = await found.route.handle(span === undefined ? request : { ...request, span });
    end('stream' in answer ? 200 : answer.status);
    if ('stream' in answer) answer.stream(incoming, outgoing);
    else write(outgoing, answer);
  } catch (error) {
    end(error instanceof ApiError ? error.status : 500);
    if (outgoing.headersSent || outgoing.destroyed) return;
    if (error instanceof ApiError) write(outgoing, { status: error.status, body: error.body });
    else {
      console.error('a request failed inside the local Particle cloud:', error);
      write(outgoing, {
        status: 500,
        body: { ok: false, error: 'internal_error', error_description: 'The local Particle cloud failed; its console says why.' },
      });
    }
  }
}

/** A request is named by its route, and about the device, ledger or integration that stands in its path. */
function endSpan(traces: TraceSpans | undefined, span: OpenSpan | undefined, found: ReturnType<Router['match']>, status: number): void {
  if (traces === undefined || span === undefined) return;
  const { device, scope, ledger, id } = found?.params ?? {};
  traces.end(span, {
    operation: found === undefined ? 'request' : `${found.route.method} ${found.route.pattern}`,
    resource: device ?? scope ?? ledger ?? id,
    errorCode: status >= 400 ? `HTTP ${status}` : undefined,
    attributes: { http_status: status },
  });
}

function write(outgoing: ServerResponse, { status, body, raw }: ApiAnswer): void {
  if (raw === undefined && body === undefined) {
    outgoing.writeHead(status).end();
    return;
  }
  const text = raw ?? JSON.stringify(body);
  const plain = typeof raw === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  const type = raw === undefined ? 'application/json; charset=utf-8' : plain;
  outgoing.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
