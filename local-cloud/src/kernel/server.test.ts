import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSts } from '../services/sts/sts-service.ts';
import { ACCOUNT, startTestCloud, type TestCloud } from '../testing/test-cloud.ts';
import type { Service } from './service.ts';

let test: TestCloud;

beforeAll(async () => {
  test = await startTestCloud([createSts]);
});

afterAll(() => test.stop());

const credential = (region = 'us-east-2', service = 'sts') =>
  `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** Sends headers as they are: `fetch` would not let a test choose Host and Origin. */
function post(body: string, headers: Record<string, string>, path = '/'): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(test.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } },
      (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const whoAmI = 'Action=GetCallerIdentity&Version=2011-06-15';

describe('a web page of elsewhere', () => {
  it.each([
    ['by its origin', { origin: 'https://evil.example' }],
    ['by an opaque origin', { origin: 'null' }],
    ['by a request across sites without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['by a name of its own that leads here', { host: 'evil.example' }],
    ['by a name that only begins like ours', { host: 'localhost.evil.example' }],
    ['by an origin that only begins like ours', { origin: 'http://127.0.0.1.evil.example' }],
  ])('is refused %s', async (_, headers: Record<string, string>) => {
    expect((await post(whoAmI, { authorization: credential(), ...headers })).status).toBe(403);
    expect((await post('', headers, '/_local/health')).status).toBe(403);
  });

  it.each([
    ['127.0.0.1', {}],
    ['localhost', { host: 'localhost:4566' }],
    ['a bucket below localhost', { host: 'bucket.localhost' }],
    ['the service in AWS', { host: 'sts.us-east-2.amazonaws.com' }],
    ['a page of this machine', { origin: 'http://localhost:5173' }],
  ])('is told from %s', async (_, headers: Record<string, string>) => {
    expect((await post(whoAmI, { authorization: credential(), ...headers })).text).toContain(ACCOUNT);
  });
});

describe('what cannot be a request', () => {
  it.each(['..', '.', 'nowhere', 'US-EAST-2', 'us-east-2%2f..', 'x'.repeat(300)])('is a credential for the region %s', async (region) => {
    expect(await post(whoAmI, { authorization: credential(region) })).toMatchObject({
      status: 403,
      text: expect.stringContaining('valid region'),
    });
  });

  it('is a parameter of thousands of parts, and an unknown caller is told before it is read', async () => {
    const deep = `${'a.'.repeat(60_000)}b=x&${whoAmI}`;
    expect((await post(deep, { authorization: credential() })).text).toContain('MalformedQueryString');
    expect((await post(deep, { authorization: credential().replace(ACCOUNT, 'AKIANOBODY') })).status).toBe(403);
  });
});

/** The status line of what a request to upgrade is answered. */
function upgrade(path: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(test.endpoint);
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      path,
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'x', ...headers },
    });
    sent.on('response', (reply) => resolve(reply.statusCode ?? 0));
    sent.on('error', reject);
    sent.end();
  });
}

describe('a request to upgrade', () => {
  it('is not for a page of elsewhere', async () => {
    expect(await upgrade('/anywhere', { origin: 'https://evil.example' })).toBe(403);
  });

  it('is refused where nothing takes web sockets', async () => {
    expect(await upgrade('/anywhere', {})).toBe(404);
  });

  it('to anything but a web socket is answered as if it had not asked', async () => {
    expect(await upgrade('/_local/health', { upgrade: 'h2c' })).toBe(200);
  });
});

describe('what fails inside', () => {
  const broken = (): Service => {
    const fail = () => {
      throw new Error('broken');
    };
    return {
      name: 'broken',
      protocol: { kind: 'json', version: '1.1', target: 'Broken' },
      operations: {},
      openPaths: [{ matches: ({ path }) => path === '/broken', handle: fail }],
      socketPaths: [{ matches: (path) => path === '/broken', accept: fail }],
    };
  };

  it('is told on the console without the query, which may hold a token', async () => {
    const own = await startTestCloud([broken]);
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await fetch(`${own.endpoint}/broken?header=secret`)).status).toBe(500);
    const socket = new WebSocket(`${own.endpoint.replace('http', 'ws')}/broken?header=secret`);
    await new Promise((resolve) => socket.addEventListener('error', resolve));
    const lines = told.mock.calls.map(String);
    told.mockRestore();
    await own.stop();
    expect(lines).toEqual([expect.stringContaining('/broken'), expect.stringContaining('/broken')]);
    expect(lines.join()).not.toContain('secret');
  });
});

describe('whoever goes away in the middle of a request', () => {
  it.each([
    ['before the body is whole', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n\r\nAction='],
    ['in a chunk', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel'],
  ])('%s is no failure of the server', async (_, sent) => {
    const said = vi.spyOn(console, 'error').mockReturnValue(undefined);
    const socket = connect(Number(new URL(test.endpoint).port), '127.0.0.1', () => socket.end(sent));
    socket.resume();
    await once(socket, 'close');
    expect((await post(whoAmI, { authorization: credential() })).status).toBe(200);
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });
});
