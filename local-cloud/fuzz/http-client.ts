import { Agent, request } from 'node:http';
import type { Answer } from './answer-verdict.ts';
import { LONGEST_MS } from './campaign.ts';
import { type HttpMessage, headerText } from './http-message.ts';

class OnKeptConnection extends Error {}

/** Sends messages as they are, over connections that are kept. */
export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #url: URL;
  /** What a server may take for one answer before it counts as stuck, ms. */
  readonly #patience_ms: number;

  constructor(url: string, { patience_ms = 5 * LONGEST_MS }: { patience_ms?: number } = {}) {
    this.#url = new URL(url);
    this.#patience_ms = patience_ms;
  }

  /**
   * Resolves to the answer; of one that never ends (a stream of events) to its beginning. Rejects when the connection ends without an answer, or nothing is
   * answered in time.
   */
  async send(message: HttpMessage): Promise<Answer> {
    try {
      return await this.#sent(message);
    } catch (error) {
      // The server has closed a connection that waited for long, just when it was used again (Node.js, "request.reusedSocket").
      if (!(error instanceof OnKeptConnection)) throw error;
      return this.#sent(message);
    }
  }

  #sent({ method, path, headers, body }: HttpMessage): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(body, 'latin1');
      const outgoing = request({
        agent: this.#agent,
        host: this.#url.hostname,
        port: this.#url.port,
        method,
        path,
        // Its own length, whatever a changed header says: one that lies is for bare sockets.
        headers: {
          ...withoutFraming(headers),
          ...(bytes.length > 0 || method === 'POST' || method === 'PUT' ? { 'content-length': bytes.length } : {}),
        },
      });
      outgoing.setTimeout(this.#patience_ms, () => outgoing.destroy(new Error(`nothing was answered within ${this.#patience_ms} ms`)));
      outgoing.once('error', (error: Error & { code?: string }) =>
        reject(outgoing.reusedSocket && error.code === 'ECONNRESET' ? new OnKeptConnection() : error),
      );
      outgoing.once('response', (incoming) => {
        const parts: Buffer[] = [];
        const done = () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts).toString('utf8') });
        incoming.on('data', (part: Buffer) => parts.push(part));
        incoming.once('end', done);
        incoming.once('error', reject);
        if (incoming.headers['content-type']?.startsWith('text/event-stream')) {
          incoming.off('error', reject);
          incoming.on('error', () => undefined);
          incoming.destroy();
          done();
        }
      });
      outgoing.end(bytes);
    });
  }

  stop(): void {
    this.#agent.destroy();
  }
}

/** What Node's client sends as a header's name. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

function withoutFraming(headers: Readonly<Record<string, string>>): Record<string, string> {
  const own = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade', 'expect']);
  const sendable = Object.entries(headers).filter(([name]) => !own.has(name.toLowerCase()) && TOKEN.test(name));
  return Object.fromEntries(sendable.map(([name, value]) => [name, headerText(value)]));
}
