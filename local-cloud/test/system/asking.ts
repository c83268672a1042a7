import { randomUUID } from 'node:crypto';
import WebSocket from 'ws';
import type { SchemaOperation, Thing } from './every-operation.ts';
import type { System } from './system.ts';

/** Headers by which somebody is known, or by which nobody is. */
export type Credentials = Readonly<Record<string, string>>;

/** What came back, as text: what differs between two of them differs to whoever asked. */
export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Asks for one operation: a query or mutation over HTTP, a subscription over its web socket until it is acknowledged or refused. */
export async function ask({ endpoints }: System, operation: SchemaOperation, thing: Thing, credentials: Credentials): Promise<Answered> {
  const payload = { query: operation.document, variables: operation.variables(thing) };
  if (operation.kind === 'subscription') return subscribe(endpoints.graphqlRealtime ?? '', endpoints.graphql ?? '', payload, credentials);
  const response = await fetch(endpoints.graphql ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials },
    body: JSON.stringify(payload),
  });
  return { status: response.status, text: await response.text() };
}

function subscribe(url: string, api: string, payload: object, credentials: Credentials): Promise<Answered> {
  const authorization = { host: new URL(api).host, ...credentials };
  const header = Buffer.from(JSON.stringify(authorization)).toString('base64url');
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, ['graphql-ws', `header-${header}`]);
    const done = (status: number, text: string) => {
      socket.terminate();
      resolve({ status, text: text.replaceAll(id, '<id>') });
    };
    socket.once('error', reject);
    socket.once('close', (code) => done(code, 'closed'));
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data) => {
      const text = String(data);
      const { type } = JSON.parse(text) as { type: string };
      if (type === 'connection_ack')
        socket.send(JSON.stringify({ id, type: 'start', payload: { data: JSON.stringify(payload), extensions: { authorization } } }));
      else if (type !== 'ka') done(type === 'start_ack' ? 200 : 400, text);
    });
  });
}
