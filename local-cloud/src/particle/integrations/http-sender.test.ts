import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpSender, isUnwritable } from './http-sender.ts';
import type { WebhookRequest } from './webhook-request.ts';

describe('HttpSender', () => {
  let server: Server;
  let sender: HttpSender;
  let url: URL;
  let sockets: Map<Socket, number>;
  /** What is done with a request: answered, or cut off. */
  let act: (onThisConnection: number) => 'answer' | 'cut' | 'silence';

  beforeEach(async () => {
    sockets = new Map();
    act = () => 'answer';
    server = createServer((incoming, outgoing) => {
      const seen = (sockets.get(incoming.socket) ?? 0) + 1;
      sockets.set(incoming.socket, seen);
      incoming.resume();
      incoming.on('end', () => {
        const what = act(seen);
        if (what === 'answer') outgoing.writeHead(202).end('ok');
        if (what === 'cut') incoming.socket.destroy();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a`);
    sender = new HttpSender(1, 150);
  });
  afterEach(async () => {
    sender.close();
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  const request = (headers: Record<string, string> = {}): WebhookRequest => ({ method: 'POST', url: url.href, headers, body: 'é' });

  it('sends over one connection', async () => {
    for (let i = 0; i < 3; i++) expect(await sender.send(request(), url, true, true)).toEqual({ status: 202, text: 'ok' });
    expect([...sockets.values()]).toEqual([3]);
  });

  it('sends again over another one when the kept one was closed in the same moment', async () => {
    await sender.send(request(), url, true, false);
    act = (seen) => (seen === 1 ? 'answer' : 'cut');
    expect(await sender.send(request(), url, true, false)).toEqual({ status: 202, text: '' });
    expect([...sockets.values()]).toEqual([2, 1]);
  });

  it('takes a connection that is cut before anything was answered for a failure', async () => {
    act = () => 'cut';
    await expect(sender.send(request(), url, true, false)).rejects.toThrow();
    expect(sockets.size).toBe(1);
  });

  it('waits for so long and no longer', async () => {
    act = () => 'silence';
    await expect(sender.send(request(), url, true, false)).rejects.toThrow('no answer within 0.15 seconds');
  });

  it('sends nothing more once it is closed', async () => {
    await sender.send(request(), url, true, false);
    act = () => 'silence';
    const hanging = sender.send(request(), url, true, false);
    await expect.poll(() => [...sockets.values()], { timeout: 10_000 }).toEqual([2]);
    sender.close();
    await expect(hanging).rejects.toThrow();
    expect(sockets.size).toBe(1);
  });

  it('tells a request that can not be written from a server that fails', async () => {
    const unwritable = await sender.send(request({ 'x-a': 'b\r\nc' }), url, true, false).catch((error: unknown) => error);
    expect(isUnwritable(unwritable)).toBe(true);
    act = () => 'cut';
    expect(isUnwritable(await sender.send(request(), url, true, false).catch((error: unknown) => error))).toBe(false);
  });
});
