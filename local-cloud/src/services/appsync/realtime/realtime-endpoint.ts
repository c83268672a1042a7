import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketPath } from '../../../kernel/service.ts';
import type { ApiRuntime } from '../api-runtime.ts';
import { APPSYNC_PREFIX, type Apis } from '../apis.ts';
import { authenticate, NotLetIn, type RequestHeaders } from '../authentication.ts';
import { RealtimeConnection } from './connection.ts';
import { meterMinutes } from './realtime-units.ts';
import type { Subscriptions } from './subscriptions.ts';

/** "Keep-alive message": the connection is shut down after so long. */
const LONGEST_MS = 24 * 60 * 60 * 1000;
const KEEP_ALIVE_MS = 60_000;
const PROTOCOL = 'graphql-ws';
const MAX_MESSAGE_BYTES = 240 * 1024;
const PATH = /^\/_appsync\/([^/]+)\/graphql\/realtime$/;

/** Takes web sockets at `<endpoint>/_appsync/<api id>/graphql/realtime`. */
export class RealtimeEndpoint implements SocketPath {
  readonly #apis: Apis;
  readonly #subscriptions: Subscriptions;
  readonly #keepAlive_ms: number;
  readonly #connections = new Set<RealtimeConnection>();
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => PROTOCOL,
  });

  constructor(apis: Apis, subscriptions: Subscriptions, { keepAlive_ms = KEEP_ALIVE_MS }: { keepAlive_ms?: number | undefined } = {}) {
    this.#apis = apis;
    this.#subscriptions = subscriptions;
    this.#keepAlive_ms = keepAlive_ms;
    // Nobody is told anything more of an API that is gone.
    apis.onChange((apiId) => {
      for (const connection of this.#connections) if (connection.apiId === apiId && !apis.exists(apiId)) connection.close();
    });
  }

  matches(path: string): boolean {
    return path.startsWith(APPSYNC_PREFIX);
  }

  accept(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path = '', query = ''] = (incoming.url ?? '/').split('?', 2);
    const apiId = PATH.exec(path)?.[1] ?? '';
    const offered = (incoming.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!this.#apis.exists(apiId)) refuse(socket, '404 Not Found', 'NotFoundException');
    else if (!offered.includes(PROTOCOL)) refuse(socket, '400 Bad Request', 'NoProtocolError');
    else {
      const headers = headersOf(incoming, new URLSearchParams(query), offered);
      const sourceIp = incoming.socket.remoteAddress ?? '127.0.0.1';
      this.#server.handleUpgrade(incoming, socket, head, (opened) => void this.#open(opened, apiId, headers, sourceIp));
    }
  }

  stop(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async #open(socket: WebSocket, apiId: string, headers: RequestHeaders | undefined, sourceIp: string): Promise<void> {
    // Also of one that is turned away: an error that nobody hears would end the whole process.
    socket.on('error', () => socket.terminate());
    // What comes before it is known who sends it waits.
    socket.pause();
    let runtime: ApiRuntime | undefined;
    try {
      if (headers === undefined) throw new NotLetIn('BadRequestException', 'The header is not Base64 of a JSON object.', 400);
      runtime = this.#apis.runtime(apiId);
      if (runtime === undefined) throw new NotLetIn('NotFoundException', 'There is no GraphQL API at this address.', 404);
      await authenticate(this.#apis.cloud, runtime, headers);
    } catch (error) {
      socket.resume();
      if (error instanceof NotLetIn) RealtimeConnection.refuse(socket, error);
      else {
        console.error('appsync: a web socket failed inside the local cloud:', error);
        socket.close(1011);
      }
      return;
    }
    const connection = new RealtimeConnection(socket, {
      apiId,
      apis: this.#apis,
      subscriptions: this.#subscriptions,
      sourceIp,
      keepAlive_ms: this.#keepAlive_ms,
    });
    this.#connections.add(connection);
    const timer = setTimeout(() => connection.close(), LONGEST_MS);
    timer.unref();
    const stopMeter = meterMinutes(this.#apis.cloud, runtime.scope, apiId);
    socket.on('close', () => {
      stopMeter();
      clearTimeout(timer);
      this.#connections.delete(connection);
    });
    socket.resume();
  }
}

/** "Handshake details": in the query, as a subprotocol of its own, or as headers like any other. */
function headersOf(incoming: IncomingMessage, query: URLSearchParams, offered: readonly string[]): RequestHeaders | undefined {
  const inQuery = query.get('header');
  if (inQuery !== null) return decoded(inQuery);
  const asProtocol = offered.find((name) => name.startsWith('header-'));
  return asProtocol === undefined ? incoming.headers : decoded(asProtocol.slice('header-'.length));
}

function decoded(text: string): RequestHeaders | undefined {
  try {
    // Node reads both alphabets of Base64.
    const value = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown;
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, each]) => (typeof each === 'string' ? [[name.toLowerCase(), each]] : [])),
    );
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, status: string, errorType: string): void {
  const body = JSON.stringify({ errors: [{ errorType, errorCode: Number(status.slice(0, 3)) }] });
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
