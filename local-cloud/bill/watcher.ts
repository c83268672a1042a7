import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import type { Endpoints } from '../src/start/endpoints-file.ts';

/** A page's subscription to a device, as the dashboard opens it. */
export interface Watcher {
  stop(): void;
}

/** Subscribes; resolves when that is acknowledged, rejects with what it is refused with. @param subscription The dashboard's own text. */
export async function watch(
  { graphql, graphqlRealtime }: Endpoints,
  token: string,
  subscription: string,
  device_id: string,
): Promise<Watcher> {
  if (graphql === null || graphqlRealtime === null) throw new Error('the system has no GraphQL API');
  const authorization = { host: new URL(graphql).host, Authorization: token };
  const header = Buffer.from(JSON.stringify(authorization)).toString('base64url');
  const socket = new WebSocket(graphqlRealtime, ['graphql-ws', `header-${header}`]);
  const data = JSON.stringify({ query: subscription, variables: { device_id } });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the socket was closed')));
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as { type: string; payload?: unknown };
      if (message.type === 'connection_ack')
        socket.send(JSON.stringify({ id: randomUUID(), type: 'start', payload: { data, extensions: { authorization } } }));
      else if (message.type === 'start_ack') resolve();
      else if (message.type.endsWith('error')) reject(new Error(JSON.stringify(message.payload)));
    });
  });
  return { stop: () => socket.terminate() };
}
