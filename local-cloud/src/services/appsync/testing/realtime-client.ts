import { vi } from 'vitest';
import { WebSocket } from 'ws';

export interface RealtimeMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: {
    readonly data?: Record<string, unknown> | null;
    readonly errors?: readonly Record<string, unknown>[];
    readonly connectionTimeoutMs?: number;
  };
}

/** A client of the realtime endpoint that keeps every message it is sent, except `ka`. */
export class RealtimeClient {
  readonly received: RealtimeMessage[] = [];
  readonly socket: WebSocket;
  keptAlive = 0;
  closed: number | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as RealtimeMessage;
      if (message.type === 'ka') this.keptAlive += 1;
      else this.received.push(message);
    });
    socket.on('close', (code) => {
      this.closed = code;
    });
    socket.on('error', () => undefined);
  }

  /** Connects with these credentials in the query, as AppSync's clients do, unless `how` says otherwise. */
  static async connect(
    graphqlUrl: string,
    headers: object | undefined,
    how: 'query' | 'protocol' | 'headers' = 'query',
  ): Promise<RealtimeClient> {
    const encoded = (encoding: BufferEncoding) =>
      Buffer.from(JSON.stringify({ host: new URL(graphqlUrl).host, ...headers })).toString(encoding);
    const url = `${graphqlUrl.replace('http', 'ws')}/realtime`;
    const socket =
      how === 'query'
        ? new WebSocket(`${url}?header=${encodeURIComponent(encoded('base64'))}&payload=e30=`, ['graphql-ws'])
        : how === 'protocol'
          ? new WebSocket(url, ['graphql-ws', `header-${encoded('base64url')}`])
          : new WebSocket(url, ['graphql-ws'], { headers: { ...headers } });
    const client = new RealtimeClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  start(id: string, query: string, authorization: string, variables: object = {}): void {
    const data = JSON.stringify({ query, variables });
    this.send({ id, type: 'start', payload: { data, extensions: { authorization: { host: 'x', Authorization: authorization } } } });
  }

  /** Starts a subscription and waits until it has begun or failed. */
  async subscribe(id: string, query: string, authorization: string, variables: object = {}): Promise<RealtimeMessage> {
    this.start(id, query, authorization, variables);
    return this.next((message) => message.id === id && message.type !== 'data');
  }

  /** The first message of this kind that there is or will be; it is taken away. */
  next(isIt: (message: RealtimeMessage) => boolean): Promise<RealtimeMessage> {
    return vi.waitFor(() => {
      const index = this.received.findIndex(isIt);
      if (index < 0) throw new Error(`no such message in ${JSON.stringify(this.received)}`);
      return this.received.splice(index, 1)[0] as RealtimeMessage;
    });
  }

  data(id: string): Promise<RealtimeMessage> {
    return this.next((message) => message.type === 'data' && message.id === id);
  }

  /** What has been told until now and was not taken: an answer comes behind everything that was sent before. */
  async untaken(): Promise<readonly RealtimeMessage[]> {
    this.send({ type: 'ask', id: 'untaken' });
    await this.next(({ id }) => id === 'untaken');
    return this.received;
  }

  close(): void {
    this.socket.close();
  }
}
