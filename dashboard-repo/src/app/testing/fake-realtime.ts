import type { Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { DeviceStatus } from '../device/device-query.ts';

/** AppSync's realtime protocol for one kind of subscription, with what a test wants to go wrong. */
export class FakeRealtime {
  readonly #server: WebSocketServer;
  readonly #subscriptions = new Map<WebSocket, Map<string, string>>();
  /** Tokens of connections and of starts, in their order. */
  readonly tokens: { at: 'connect' | 'start'; token: string }[] = [];
  connectionTimeout_ms = 300_000;
  /** Refuses these tokens. */
  isRefused: (token: string) => boolean = () => false;
  /** Connections are let in and then left without an answer. */
  mute = false;

  constructor(server: Server, path: string) {
    this.#server = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-ws' });
    server.on('upgrade', (request, socket, head) => {
      if (!request.url?.startsWith(path)) return void socket.destroy();
      const header = request.headers['sec-websocket-protocol']?.split(/,\s*/).find((protocol) => protocol.startsWith('header-'));
      const { Authorization = '' } = JSON.parse(Buffer.from(header?.slice('header-'.length) ?? 'e30', 'base64url').toString());
      this.tokens.push({ at: 'connect', token: Authorization });
      this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client, Authorization));
    });
  }

  get connections(): number {
    return this.#server.clients.size;
  }

  get subscriptions(): string[] {
    return [...this.#subscriptions.values()].flatMap((each) => [...each.values()]);
  }

  tell(status: DeviceStatus): void {
    for (const [client, subscriptions] of this.#subscriptions) {
      for (const [id, device_id] of subscriptions) {
        if (device_id === status.device_id) send(client, { type: 'data', id, payload: { data: { onDeviceStatus: status } } });
      }
    }
  }

  /** Says something to everybody, such as a keep-alive. */
  say(frame: unknown): void {
    for (const client of this.#server.clients) send(client, frame);
  }

  /** Breaks all connections, as a network does. */
  drop(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  close(): void {
    this.drop();
    this.#server.close();
  }

  #serve(client: WebSocket, token: string): void {
    const subscriptions = new Map<string, string>();
    this.#subscriptions.set(client, subscriptions);
    client.on('close', () => this.#subscriptions.delete(client));
    client.on('message', (text) => {
      if (this.mute) return;
      const frame = JSON.parse(String(text));
      if (frame.type === 'connection_init') {
        if (this.isRefused(token)) return send(client, { type: 'connection_error', payload: unauthorized });
        return send(client, { type: 'connection_ack', payload: { connectionTimeoutMs: this.connectionTimeout_ms } });
      }
      if (frame.type === 'start') {
        const started: string = frame.payload.extensions.authorization.Authorization;
        this.tokens.push({ at: 'start', token: started });
        if (this.isRefused(started)) return send(client, { type: 'error', id: frame.id, payload: unauthorized });
        subscriptions.set(frame.id, JSON.parse(frame.payload.data).variables.device_id);
        return send(client, { type: 'start_ack', id: frame.id });
      }
      if (frame.type === 'stop') {
        subscriptions.delete(frame.id);
        send(client, { type: 'complete', id: frame.id });
      }
    });
  }
}

const unauthorized = { errors: [{ errorType: 'UnauthorizedException', message: 'You are not authorized to make this call.' }] };

const send = (client: WebSocket, frame: unknown): void => client.send(JSON.stringify(frame));
