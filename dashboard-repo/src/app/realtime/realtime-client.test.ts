import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { DeviceStatus } from '../device/device-query.ts';
import { SessionEnded } from '../graphql/failures.ts';
import { OnDeviceStatusDocument } from '../graphql/operations.generated.ts';
import { FakeRealtime } from '../testing/fake-realtime.ts';
import { RealtimeClient, type Socket, type SubscriptionState } from './realtime-client.ts';

let http: Server;
let server: FakeRealtime;
let url: string;
let clients: RealtimeClient[] = [];

beforeEach(async () => {
  http = createServer();
  server = new FakeRealtime(http, '/graphql/realtime');
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`;
});

afterEach(async () => {
  for (const client of clients) client.close();
  clients = [];
  server.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const status = (device_id: string): DeviceStatus => ({
  device_id,
  last_contact_at: '2026-11-22T12:00:00Z',
  silent_at: '2026-11-22T12:20:00Z',
  documents: [],
});

function start(changed: Partial<ConstructorParameters<typeof RealtimeClient>[0]> = {}) {
  let issued = 0;
  const accessToken = vi.fn(async ({ refresh } = { refresh: false }) => {
    issued += refresh ? 1 : 0;
    return `token-${issued}`;
  });
  const client = new RealtimeClient({
    realtime_url: `${url.replace('http', 'ws')}/realtime`,
    graphql_url: url,
    tokens: { accessToken },
    connect: (address, protocols) => new WebSocket(address, protocols) as unknown as Socket,
    random: () => 0,
    ...changed,
  });
  clients.push(client);
  return { client, accessToken };
}

function listen(client: RealtimeClient, device_id = 'pump-1') {
  const states: SubscriptionState[] = [];
  const data: unknown[] = [];
  const end = client.subscribe(
    OnDeviceStatusDocument,
    { device_id },
    { onState: (state) => states.push(state), onData: ({ onDeviceStatus }) => data.push(onDeviceStatus) },
  );
  return { states, data, end };
}

const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 5_000, interval: 5 });

describe('a subscription', () => {
  it('is live when AppSync says so, and brings what is told', async () => {
    const { states, data } = listen(start().client);
    await until(() => expect(states).toEqual(['live']));
    server.tell(status('pump-1'));
    server.tell(status('pump-2'));
    await until(() => expect(data).toEqual([status('pump-1')]));
    expect(server.tokens).toEqual([
      { at: 'connect', token: 'token-0' },
      { at: 'start', token: 'token-0' },
    ]);
  });

  it('shares its connection with others, and hangs up with the last', async () => {
    const { client } = start();
    const one = listen(client, 'pump-1');
    const two = listen(client, 'pump-2');
    await until(() => expect(server.subscriptions.sort()).toEqual(['pump-1', 'pump-2']));
    expect(server.connections).toBe(1);
    one.end();
    await until(() => expect(server.subscriptions).toEqual(['pump-2']));
    two.end();
    await until(() => expect(server.connections).toBe(0));
  });

  it('comes back by itself after a loss, says meanwhile that it is not there, and takes a token that is good then', async () => {
    const { client, accessToken } = start();
    const { states, data } = listen(client);
    await until(() => expect(states).toEqual(['live']));
    accessToken.mockResolvedValue('token-later');
    server.drop();
    await until(() => expect(states).toEqual(['live', 'reconnecting', 'live']));
    expect(server.tokens.slice(2).map(({ token }) => token)).toEqual(['token-later', 'token-later']);
    server.tell(status('pump-1'));
    await until(() => expect(data).toHaveLength(1));
  });

  it('is started anew when AppSync ends it', async () => {
    const { states } = listen(start().client);
    await until(() => expect(states).toEqual(['live']));
    server.say({ type: 'complete', id: '1' });
    await until(() => expect(states).toEqual(['live', 'reconnecting', 'live']));
    expect(server.connections).toBe(1);
  });

  it('is refused when even a fresh token does not let it start', async () => {
    server.isRefused = (token) => server.tokens.some(({ at }) => at === 'start') && token !== '';
    const { client, accessToken } = start();
    const { states } = listen(client);
    await until(() => expect(states).toEqual(['refused']));
    expect(accessToken).toHaveBeenCalledWith({ refresh: true });
  });
});

describe('a connection', () => {
  it('is tried again with a fresh token when AppSync refuses the token', async () => {
    server.isRefused = (token) => token === 'token-0';
    const { states } = listen(start().client);
    await until(() => expect(states.at(-1)).toBe('live'));
    expect(server.tokens.map(({ token }) => token)).toEqual(['token-0', 'token-1', 'token-1']);
  });

  it('counts as lost when nothing is heard for as long as AppSync promised', async () => {
    server.connectionTimeout_ms = 60;
    const { states } = listen(start().client);
    await until(() => expect(states.slice(0, 3)).toEqual(['live', 'reconnecting', 'live']));
  });

  it('is kept by keep-alives', async () => {
    server.connectionTimeout_ms = 400;
    const { states } = listen(start().client);
    await until(() => expect(states).toEqual(['live']));
    const since = performance.now();
    await until(() => {
      server.say({ type: 'ka' });
      expect(performance.now() - since).toBeGreaterThan(900);
    });
    expect(states).toEqual(['live']);
  });

  it('is given up when it is let in and not answered', async () => {
    server.mute = true;
    const { states } = listen(start({ answerWithin_ms: 40 }).client);
    await until(() => expect(server.tokens.length).toBeGreaterThan(1));
    server.mute = false;
    await until(() => expect(states.at(-1)).toBe('live'));
  });

  it('does not wait when the browser says that it is online again', async () => {
    const { client } = start({ random: () => 1 });
    const { states } = listen(client);
    await until(() => expect(states).toEqual(['live']));
    client.lost();
    expect(states).toEqual(['live', 'reconnecting']);
    const at = performance.now();
    client.wake();
    await until(() => expect(states.at(-1)).toBe('live'));
    expect(performance.now() - at).toBeLessThan(400);
  });

  it('that stands is left alone when the page wakes up', async () => {
    const { client } = start();
    const { states } = listen(client);
    await until(() => expect(states).toEqual(['live']));
    client.wake();
    expect([server.connections, states]).toEqual([1, ['live']]);
  });

  it('ends, and says so, when the session does', async () => {
    const onSessionEnded = vi.fn();
    const { client, accessToken } = start({ onSessionEnded });
    const { states } = listen(client);
    await until(() => expect(states).toEqual(['live']));
    accessToken.mockRejectedValue(new SessionEnded('ended'));
    server.drop();
    await until(() => expect(states.at(-1)).toBe('refused'));
    expect(onSessionEnded).toHaveBeenCalledOnce();
  });
});
