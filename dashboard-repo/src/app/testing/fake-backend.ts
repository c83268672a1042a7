import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';
import { FakeApi } from './fake-api.ts';
import { FakeRealtime } from './fake-realtime.ts';
import { type FakeUser, FakeUserPool } from './fake-user-pool.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** The password of everybody who has one already. */
export const fakePassword = 'Sunny-Field-2026';

const everything = { path: '/enfusion', name: 'ENFusion' };
const person = (name: string, persona: FakeUser['persona'], state: FakeUser['state'], organization = everything): FakeUser => ({
  name,
  email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
  persona,
  organization,
  state,
  password: fakePassword,
});

export const fakePeople = (): FakeUser[] => [
  person('Maria Lopez', 'admin', 'fine'),
  person('Peter Holm', 'partner', 'fine', { path: '/enfusion/p1', name: 'Helios Pumps' }),
  person('Nobody Yet', 'customer', 'fine', { path: '/enfusion/p9', name: 'New Customer' }),
  person('Dora Disabled', 'dealer', 'disabled'),
  person('Ivan Invited', 'dealer', 'first-password', { path: '/enfusion/p1/d1', name: 'Valley Irrigation' }),
  person('Rita Reset', 'dealer', 'reset-required'),
  person('Uwe Unknown', 'customer', 'not-set-up'),
];

/** What a test wants to go wrong, or be slow. */
interface Troubles {
  /** GraphQL answers 500. */
  failing: boolean;
  /** GraphQL requests are cut off. */
  unreachable: boolean;
  delay_ms: number;
  config: unknown;
}

/**
 * The built dashboard with everything that it talks to, made up, on one port of this machine: sign-in, GraphQL, subscriptions. The headers are those
 * of the real site.
 */
export class FakeBackend {
  readonly api: FakeApi;
  readonly people = new FakeUserPool(fakePeople());
  readonly realtime: FakeRealtime;
  readonly troubles: Troubles = { failing: false, unreachable: false, delay_ms: 0, config: undefined };
  readonly #server: Server;
  readonly #site: string;

  private constructor(server: Server, api: FakeApi, site: string) {
    this.#server = server;
    this.#site = site;
    this.api = api;
    this.realtime = new FakeRealtime(server, '/graphql/realtime');
    api.onStatus((status) => this.realtime.tell(status));
  }

  /** @param site The folder of the built dashboard. @param devices How many there are. */
  static async start(site: string, devices: number, port = 0): Promise<FakeBackend> {
    const server = createServer();
    const backend = new FakeBackend(server, new FakeApi(devices), site);
    server.on('request', (request, response) => void backend.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return backend;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.realtime.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    if (request.method === 'POST' && path === '/graphql') return this.#graphql(request, response);
    if (request.method === 'POST' && path === '/') {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const { status, body } = this.people.handle(operation, JSON.parse(await text(request)));
      return json(response, status, body);
    }
    if (path === '/config.json') return json(response, 200, this.troubles.config ?? this.#config());
    this.#file(path, response);
  }

  async #graphql(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { query, variables } = JSON.parse(await text(request));
    if (this.troubles.delay_ms > 0) await new Promise((resolve) => setTimeout(resolve, this.troubles.delay_ms));
    if (this.troubles.unreachable) return void request.socket.destroy();
    if (this.troubles.failing) return json(response, 500, { errors: [{ message: 'It broke.' }] });
    const who = this.people.person(request.headers.authorization);
    if (who === undefined) return json(response, 401, { errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }] });
    json(response, 200, await this.api.execute(who, query, variables));
  }

  #config(): unknown {
    return {
      region: 'us-east-1',
      user_pool_id: this.people.id,
      user_pool_client_id: 'fakeclient',
      user_pool_issuer: `${this.url}/${this.people.id}`,
      graphql_url: `${this.url}/graphql`,
      graphql_realtime_url: `${this.url.replace('http', 'ws')}/graphql/realtime`,
    };
  }

  #file(path: string, response: ServerResponse): void {
    const wanted = join(this.#site, normalize(path));
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(this.#site, 'index.html');
    response.writeHead(200, {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'cache-control': file.includes('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self' ${this.url.replace('http', 'ws')}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; manifest-src 'self'`,
      'x-content-type-options': 'nosniff',
    });
    createReadStream(file).pipe(response);
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
