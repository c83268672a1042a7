import http from 'node:http';
import https from 'node:https';
import { MAX_RESPONSE_BYTES, WEBHOOK_TIMEOUT_MS } from '../documented.ts';
import type { WebhookRequest } from './webhook-request.ts';

export interface WebhookAnswer {
  readonly status: number;
  /** The first 100 KB. */
  readonly text: string;
}

class StaleConnection extends Error {}

/** Codes of errors that Node has for a request that it can't write. */
const UNWRITABLE = new Set(['ERR_INVALID_CHAR', 'ERR_HTTP_INVALID_HEADER_VALUE', 'ERR_INVALID_HTTP_TOKEN', 'ERR_UNESCAPED_CHARACTERS']);

/** Whether it is the request's own fault, such as a line break that a template put into a header. */
export function isUnwritable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNWRITABLE.has(String(error.code));
}

/** Sends webhooks' requests over connections that are kept. */
export class HttpSender {
  readonly #plain: http.Agent;
  readonly #secure: https.Agent;
  readonly #trusting: https.Agent;
  readonly #timeout_ms: number;
  #closed = false;

  constructor(connections: number, timeout_ms = WEBHOOK_TIMEOUT_MS) {
    const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections, scheduling: 'lifo' } as const;
    this.#plain = new http.Agent(options);
    this.#secure = new https.Agent(options);
    this.#trusting = new https.Agent({ ...options, rejectUnauthorized: false });
    this.#timeout_ms = timeout_ms;
  }

  /**
   * Resolves to whatever the server answers; rejects when it doesn't, in time. `wantsText`: false spares the reading of the body. A kept
   * connection that the server closed in the same moment is no failure of the server: the request goes over another one.
   */
  async send(request: WebhookRequest, url: URL, rejectUnauthorized: boolean, wantsText: boolean): Promise<WebhookAnswer> {
    try {
      return await this.#once(request, url, rejectUnauthorized, wantsText);
    } catch (error) {
      if (!(error instanceof StaleConnection) || this.#closed) throw error;
      return await this.#once(request, url, rejectUnauthorized, wantsText);
    }
  }

  #once(request: WebhookRequest, url: URL, rejectUnauthorized: boolean, wantsText: boolean): Promise<WebhookAnswer> {
    const secure = url.protocol === 'https:';
    const agent = secure ? (rejectUnauthorized ? this.#secure : this.#trusting) : this.#plain;
    const headers: Record<string, string | number> = { ...request.headers };
    if (request.body !== undefined) headers['content-length'] = Buffer.byteLength(request.body);
    return new Promise((resolve, reject) => {
      const options = {
        agent,
        method: request.method,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        headers,
      };
      const outgoing = (secure ? https : http).request(options, (incoming) => {
        const status = incoming.statusCode ?? 0;
        const chunks: Buffer[] = [];
        let length = 0;
        if (wantsText)
          incoming.on('data', (chunk: Buffer) => {
            if (length < MAX_RESPONSE_BYTES) chunks.push(chunk.subarray(0, MAX_RESPONSE_BYTES - length));
            length += chunk.length;
          });
        else incoming.resume();
        incoming.on('end', () => {
          clearTimeout(timer);
          resolve({ status, text: Buffer.concat(chunks).toString('utf8') });
        });
        incoming.on('error', fail);
      });
      const fail = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${this.#timeout_ms / 1000} seconds`)), this.#timeout_ms);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        fail(outgoing.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message) : error);
      });
      outgoing.end(request.body);
    });
  }

  close(): void {
    this.#closed = true;
    this.#plain.destroy();
    this.#secure.destroy();
    this.#trusting.destroy();
  }
}
