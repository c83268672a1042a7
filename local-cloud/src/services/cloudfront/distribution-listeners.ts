import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LoopbackCertificate } from '../../kernel/loopback-certificate.ts';
import { ViewerServer } from './viewer-server.ts';

/** Which distribution, and whose. */
export interface DistributionKey {
  readonly id: string;
  readonly account: string;
}

/** The port of a distribution is held by another program: it can't be given another, its address is known to others. */
export class DistributionPortTaken extends Error {
  readonly code = 'EADDRINUSE';
}

/** How long requests that are being answered may take to their end when a listener is closed. */
const PATIENCE_ms = 2_000;

const LAST_PORT = 65_535;

/** The distributions' own ports on 127.0.0.1: one for each, so that each is a web origin of its own as it is on AWS. */
export class DistributionListeners {
  readonly #servers = new Map<string, ViewerServer>();
  readonly #answer: (key: DistributionKey, incoming: IncomingMessage, outgoing: ServerResponse) => void;
  readonly #certificate: () => Promise<LoopbackCertificate>;

  constructor(
    answer: (key: DistributionKey, incoming: IncomingMessage, outgoing: ServerResponse) => void,
    certificate: () => Promise<LoopbackCertificate>,
  ) {
    this.#answer = answer;
    this.#certificate = certificate;
  }

  /** Opens a new distribution's port: the first one above `port` that is free and not `kept` for another one. */
  async openAbove(port: number, kept: ReadonlySet<number>, key: DistributionKey): Promise<number> {
    for (let next = port + 1; next <= LAST_PORT; next++) {
      if (!kept.has(next) && (await this.#listen(key, next))) return next;
    }
    throw new DistributionPortTaken(`There is no free port above ${port} for the CloudFront distribution ${key.id}.`);
  }

  /** Opens a distribution's port. Throws DistributionPortTaken, naming the distribution by `what`. */
  async open(key: DistributionKey, port: number, what: string): Promise<void> {
    if (this.#servers.has(key.id)) return;
    if (!(await this.#listen(key, port)))
      throw new DistributionPortTaken(`Port ${port} of the ${what} is taken by another program: stop that and start again.`);
  }

  /** Answers what is being asked to its end, then nothing any more. */
  async close(id: string): Promise<void> {
    const server = this.#servers.get(id);
    if (server === undefined) return;
    this.#servers.delete(id);
    await server.close(PATIENCE_ms);
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((id) => this.close(id)));
  }

  /** False when the port is taken. */
  async #listen(key: DistributionKey, port: number): Promise<boolean> {
    const server = new ViewerServer((incoming, outgoing) => this.#answer(key, incoming, outgoing), this.#certificate);
    if ((await server.listen(port)) === undefined) return false;
    this.#servers.set(key.id, server);
    return true;
  }
}
