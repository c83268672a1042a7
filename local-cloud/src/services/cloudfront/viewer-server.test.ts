import { get as getPlain, Agent as PlainAgent, type RequestListener, type ServerResponse } from 'node:http';
import { get as getSecure, type RequestOptions, Agent as SecureAgent } from 'node:https';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoopbackCertificate, makeLoopbackCertificate } from '../../kernel/loopback-certificate.ts';
import { ViewerServer } from './viewer-server.ts';

let server: ViewerServer;
let port: number;
let certificate: LoopbackCertificate;

/** A server on a port of its own, which nobody closes but the test. */
async function another(answer: RequestListener): Promise<{ server: ViewerServer; port: number }> {
  const made = new ViewerServer(answer, async () => certificate);
  return { server: made, port: (await made.listen(0)) ?? 0 };
}

beforeAll(async () => {
  certificate = await makeLoopbackCertificate();
  ({ server, port } = await another((request, response) =>
    response.end(`${'encrypted' in request.socket ? 'https' : 'http'} ${request.url}`),
  ));
});
afterAll(() => server.close(2_000));

function ask(get: typeof getSecure | typeof getPlain, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/page', agent: false, ...options }, async (response) => {
      resolve((await response.toArray()).join(''));
    }).on('error', reject);
  });
}

it('answers http and https at one port', async () => {
  expect(await ask(getPlain, {})).toBe('http /page');
  expect(await ask(getSecure, { ca: certificate.cert })).toBe('https /page');
  expect(await ask(getSecure, { ca: certificate.cert, host: 'localhost', family: 4 })).toBe('https /page');
});

it('is trusted by nobody who was not told to', async () => {
  await expect(ask(getSecure, {})).rejects.toThrow(/self-signed certificate/);
  const { cert } = await makeLoopbackCertificate();
  await expect(ask(getSecure, { ca: cert })).rejects.toThrow();
});

it('puts together a request that comes byte by byte', async () => {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  const answered = socket.toArray();
  for (const byte of 'GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n') {
    socket.write(byte);
    await new Promise(setImmediate);
  }
  expect((await answered).join('')).toContain('http /slow');
});

it.each([
  ['http', getPlain, new PlainAgent({ keepAlive: true })],
  ['https', getSecure, new SecureAgent({ keepAlive: true })],
] as const)('closes what is kept open over %s, once what is asked is answered', async (_, get, agent) => {
  const asked = Promise.withResolvers<ServerResponse>();
  const slow = await another((request, response) => (request.url === '/slow' ? asked.resolve(response) : response.end('at once')));
  const to = { port: slow.port, ca: certificate.cert, agent };
  expect(await ask(get, to)).toBe('at once');
  const answered = ask(get, { ...to, path: '/slow' });
  const response = await asked.promise;
  const closed = slow.server.close(60_000);
  response.end('the end');
  expect(await answered).toBe('the end');
  await closed;
  await expect(ask(get, { ...to, agent: false })).rejects.toThrow('ECONNREFUSED');
  agent.destroy();
});

it('ends with a connection that has said nothing', async () => {
  const other = await another((_, response) => response.end());
  const silent = connect(other.port, '127.0.0.1');
  await new Promise((done) => silent.once('connect', done));
  const ended = new Promise((done) => silent.once('close', done));
  await other.server.close(60_000);
  await ended;
});
