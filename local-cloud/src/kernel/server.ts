import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AwsError } from './aws-error.ts';
import { refusal } from './browser-guard.ts';
import type { Cloud } from './cloud.ts';
import { failJson, readJson, writeJson } from './json-protocol.ts';
import { ANONYMOUS } from './principal.ts';
import { failQuery, readQuery, writeQuery } from './query-protocol.ts';
import type { Caller, HttpReply, HttpRequest, Service, SocketPath, StreamPath } from './service.ts';

/** The longest request body that is taken in one piece: an asset upload's part is far smaller. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Such as `us-east-2` or `us-gov-west-1`. A region names a folder of the state. */
const REGION = /^[a-z]{2}(-[a-z]+)+-\d{1,2}$/;

/** Listens on 127.0.0.1 for every service's wire protocol; port 0 takes a free one. Rejects when the port is taken. */
export async function listen(cloud: Cloud, port: number): Promise<{ server: Server; port: number }> {
  // A client that offers HTTP/2 by an Upgrade header is answered as if it had not.
  const shouldUpgradeCallback = (incoming: IncomingMessage) => incoming.headers.upgrade?.toLowerCase() === 'websocket';
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, shouldUpgradeCallback }, (incoming, outgoing) => {
    void serve(cloud, incoming, outgoing);
  });
  server.maxRequestsPerSocket = 0;
  takeUpgrades(cloud, server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  cloud.endpoint = `http://127.0.0.1:${bound}`;
  return { server, port: bound };
}

/** Hands web sockets to the service that takes them. They are the server's own no longer, but end with its connections. */
function takeUpgrades(cloud: Cloud, server: Server): void {
  const sockets = new Set<Duplex>();
  server.on('upgrade', (incoming, socket, head) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const refused = refusal(incoming.headers);
    const path = pathOf(incoming);
    const taker = cloud.services.flatMap((service) => service.socketPaths ?? []).find((candidate) => candidate.matches(path));
    if (refused !== undefined) refuseUpgrade(socket, '403 Forbidden', refused);
    else if (taker === undefined) refuseUpgrade(socket, '404 Not Found', `Nothing takes web sockets at ${path}.`);
    else accept(taker, incoming, socket, head);
  });
  const closeAll = server.closeAllConnections.bind(server);
  server.closeAllConnections = () => {
    closeAll();
    for (const socket of sockets) socket.destroy();
  };
}

/** Without the query, which is not for the console: a client of web sockets and a presigned request have their credentials in it. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function accept(taker: SocketPath, incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
  try {
    taker.accept(incoming, socket, head);
  } catch (error) {
    console.error(`upgrade of ${pathOf(incoming)} failed inside the local cloud:`, error);
    socket.destroy();
  }
}

function refuseUpgrade(socket: Duplex, status: string, reason: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(reason)}\r\n\r\n${reason}`,
  );
}

async function serve(cloud: Cloud, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  try {
    const refused = refusal(incoming.headers);
    if (refused !== undefined) return send(outgoing, { status: 403, headers: { 'Content-Type': 'text/plain' }, body: refused }, requestId);
    const stream = streamPathOf(cloud, pathOf(incoming));
    if (stream !== undefined) {
      outgoing.setHeader('x-amzn-RequestId', requestId);
      return await stream.handle(incoming, outgoing);
    }
    const request = await readRequest(incoming);
    const gone = new AbortController();
    // Aborting makes an exception with its stack, which every answered request would pay for.
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
    });
    send(outgoing, await answer(cloud, request, requestId, gone.signal), requestId);
  } catch (error) {
    // Whoever goes away before the request is whole is answered by nobody, and nothing has failed here.
    if (incoming.errored !== null && incoming.errored === error) return;
    if (error instanceof AwsError && !outgoing.headersSent) return send(outgoing, failJson('1.1', error), requestId);
    // Nothing of the inside goes out: the developer reads it on the console of the server.
    console.error(`request ${requestId} ${incoming.method} ${pathOf(incoming)} failed inside the local cloud:`, error);
    if (!outgoing.headersSent) send(outgoing, { status: 500, body: 'InternalFailure' }, requestId);
    else outgoing.destroy();
  }
}

function streamPathOf(cloud: Cloud, path: string): StreamPath | undefined {
  for (const { streamPaths } of cloud.services) {
    const found = streamPaths?.find((one) => one.matches(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function answer(cloud: Cloud, request: HttpRequest, requestId: string, signal: AbortSignal): Promise<HttpReply> {
  if (request.path === '/_local/health')
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body: '{"status":"ready"}' };
  for (const service of cloud.services) {
    const open = service.openPaths?.find((path) => path.matches(request));
    if (open !== undefined) return open.handle(request);
  }
  const credential = readCredential(request);
  const name = credential?.service ?? guessService(cloud, request);
  const service = cloud.service(name);
  if (service === undefined) {
    return failJson(
      '1.1',
      new AwsError('NotCarriedOut', `The local cloud does not carry out the service "${name}". See local-cloud/LIMITS.md.`, 501),
    );
  }
  const reply = await dispatch(cloud, service, request, requestId, credential, signal);
  return service.headers === undefined ? reply : { ...reply, headers: { ...reply.headers, ...service.headers } };
}

async function dispatch(
  cloud: Cloud,
  service: Service,
  request: HttpRequest,
  requestId: string,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<HttpReply> {
  const { protocol } = service;
  try {
    // Who asks is known before anything of theirs is parsed.
    const caller = { ...callerOf(cloud, request, credential), signal };
    const { operation, input } = read(service, request);
    const output = await cloud.call(service.name, operation, input, caller, requestId);
    if (protocol.kind === 'json') return writeJson(protocol.version, output);
    if (protocol.kind === 'query') return writeQuery(operation, protocol.namespace, output, requestId);
    return protocol.reply(operation, output, request, requestId);
  } catch (error) {
    const failure = error instanceof AwsError ? error : unexpected(error, requestId, request);
    if (protocol.kind === 'json') return failJson(protocol.version, failure, protocol.errorNamespace?.(failure.code));
    if (protocol.kind === 'query') return failQuery(failure, protocol.namespace, requestId, protocol.codes);
    return protocol.fail(failure, requestId, request);
  }
}

function read(service: Service, request: HttpRequest): { operation: string; input: unknown } {
  const { protocol } = service;
  if (protocol.kind === 'json') return readJson(request, protocol.target);
  if (protocol.kind === 'query') return readQuery(request);
  const bound = protocol.bind(request);
  if (bound === undefined) {
    throw new AwsError(
      'NotCarriedOut',
      `The local cloud does not carry out ${request.method} ${request.path} of ${service.name}. See local-cloud/LIMITS.md.`,
      501,
    );
  }
  return bound;
}

function unexpected(error: unknown, requestId: string, request: HttpRequest): AwsError {
  console.error(`request ${requestId} ${request.method} ${request.path} failed inside the local cloud:`, error);
  return new AwsError('InternalFailure', `The local cloud failed inside; its console shows request ${requestId}.`, 500);
}

interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** Reads the SigV4 credential scope from the header or, presigned, from the query. The signature isn't verified (LIMITS.md). */
function readCredential(request: HttpRequest): Credential | undefined {
  const header = request.headers.authorization;
  const text = header?.startsWith('AWS4-')
    ? /Credential=([^,\s]+)/.exec(header)?.[1]
    : (request.query.get('X-Amz-Credential') ?? undefined);
  const [accessKeyId, , region, service] = text?.split('/') ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return undefined;
  return { accessKeyId, region: region === '*' ? 'us-east-1' : region, service };
}

/** Unsigned requests: Cognito's public operations name their target, everything else can only be S3. */
function guessService(cloud: Cloud, request: HttpRequest): string {
  const target = String(request.headers['x-amz-target'] ?? '');
  for (const service of cloud.services) {
    if (service.protocol.kind === 'json' && target.startsWith(`${service.protocol.target}.`)) return service.name;
  }
  return 's3';
}

function callerOf(cloud: Cloud, request: HttpRequest, credential: Credential | undefined): Caller {
  const trace = request.headers['x-amzn-trace-id'];
  const traceHeader = typeof trace === 'string' ? trace : undefined;
  if (credential === undefined) return { principal: ANONYMOUS, account: ANONYMOUS.account, region: 'us-east-1', traceHeader };
  const token = request.headers['x-amz-security-token'] ?? request.query.get('X-Amz-Security-Token') ?? undefined;
  if (!REGION.test(credential.region)) throw new AwsError('SignatureDoesNotMatch', 'Credential should be scoped to a valid region.', 403);
  const principal = cloud.authorizer.identify(credential.accessKeyId, typeof token === 'string' ? token : undefined);
  return { principal, account: principal.account, region: credential.region, traceHeader };
}

async function readRequest(incoming: IncomingMessage): Promise<HttpRequest> {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new AwsError('RequestEntityTooLarge', `Request body over ${MAX_BODY_BYTES} bytes`, 413);
    chunks.push(chunk);
  }
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    rawQuery: mark < 0 ? '' : url.slice(mark + 1),
    headers: incoming.headers,
    body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
    sourceIp: incoming.socket.remoteAddress ?? '127.0.0.1',
  };
}

function send(outgoing: ServerResponse, reply: HttpReply, requestId: string): void {
  const body = reply.body === undefined ? Buffer.alloc(0) : typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  outgoing.statusCode = reply.status;
  outgoing.setHeader('x-amzn-RequestId', requestId);
  for (const [name, value] of Object.entries(reply.headers ?? {})) outgoing.setHeader(name, value as string | string[]);
  // A HEAD answer tells the length of what GET would send.
  if (!outgoing.hasHeader('Content-Length') && reply.status !== 204 && reply.status !== 304)
    outgoing.setHeader('Content-Length', body.length);
  outgoing.end(outgoing.req.method === 'HEAD' || reply.status === 204 || reply.status === 304 ? undefined : body);
}
