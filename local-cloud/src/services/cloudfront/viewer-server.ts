import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { LoopbackCertificate } from '../../kernel/loopback-certificate.ts';

/** The first byte of every TLS connection: a record of type handshake (RFC 8446, "Record Layer"). */
const TLS_HANDSHAKE = 22;

/** How long a connection may be open without saying anything. */
const SILENCE_ms = 60_000;

const settings = { keepAliveTimeout: SILENCE_ms };

/**
 * One port on 127.0.0.1 that answers HTTP and HTTPS alike, by what a connection begins with: a distribution's address is `https://<DomainName>`, and a port is all that the
 * name can say.
 */
export class ViewerServer {
  readonly #door: Server;
  readonly #plain: HttpServer;
  readonly #answer: RequestListener;
  readonly #certificate: () => Promise<LoopbackCertificate>;
  // Kept here: Node's HTTP servers look after the connections of their own ports alone.
  readonly #connections = new Set<Socket>();
  #answering = 0;
  #whenStill: (() => void) | undefined;
  #secure: Promise<HttpsServer> | undefined;

  constructor(answer: RequestListener, certificate: () => Promise<LoopbackCertificate>) {
    this.#answer = (request, response) => {
      this.#answering += 1;
      response.once('close', () => {
        this.#answering -= 1;
        if (this.#answering === 0) this.#whenStill?.();
      });
      answer(request, response);
    };
    this.#certificate = certificate;
    this.#plain = createHttpServer(settings, this.#answer);
    this.#door = createServer((socket) => this.#decide(socket));
  }

  /** Resolves to the port, any free one for 0, or to undefined when it is taken. */
  listen(port: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.#door.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
      this.#door.listen(port, '127.0.0.1', () => resolve((this.#door.address() as AddressInfo).port));
    });
  }

  /** Answers what is being asked to its end, for `patience_ms` at most, then nothing any more. */
  async close(patience_ms: number): Promise<void> {
    const closed = new Promise((resolve) => this.#door.close(resolve));
    if (this.#answering > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience_ms);
        this.#whenStill = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #decide(socket: Socket): void {
    const end = () => socket.destroy();
    const decided = () => socket.setTimeout(0, end).off('error', end);
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    socket.setTimeout(SILENCE_ms, end).on('error', end);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read(1);
      if (first === null) return end();
      socket.unshift(first);
      if (first[0] !== TLS_HANDSHAKE) {
        decided();
        this.#plain.emit('connection', socket);
        return;
      }
      this.#open().then((server) => {
        decided();
        if (!socket.destroyed) server.emit('connection', socket);
      }, end);
    });
  }

  #open(): Promise<HttpsServer> {
    this.#secure ??= this.#certificate().then((certificate) => createHttpsServer({ ...settings, ...certificate }, this.#answer));
    return this.#secure;
  }
}
