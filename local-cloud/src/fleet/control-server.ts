import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { refusal } from '../kernel/browser-guard.ts';
import { ControlError, type ControlledField, controlCommand, runControl } from './control-commands.ts';

export interface Control {
  readonly url: string;
  /** To be sent as a bearer token. */
  readonly token: string;
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 4096;

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens on a free port of 127.0.0.1 for `POST /`: a control command as JSON, answered as JSON. Pages of other origins are refused. */
export async function startControl(field: ControlledField): Promise<Control> {
  const token = randomBytes(24).toString('base64url');
  const server = createServer((incoming, outgoing) => {
    answer(incoming, field, token).then(
      (body) => reply(200, body),
      (error: unknown) => {
        if (error instanceof Refused) return reply(error.status, { error: error.message });
        if (error instanceof ControlError) return reply(404, { error: error.message });
        if (error instanceof z.ZodError) return reply(400, { error: whatIsWrong(error) });
        console.error('a control command failed:', error);
        reply(500, { error: 'It failed inside the field; its console says more.' });
      },
    );
    function reply(status: number, body: unknown): void {
      outgoing.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    token,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(incoming: IncomingMessage, field: ControlledField, token: string): Promise<unknown> {
  const refused = refusal(incoming.headers);
  if (refused !== undefined) throw new Refused(403, refused);
  if (!isToken(incoming.headers.authorization, token)) throw new Refused(401, 'The bearer token of field.json is needed.');
  if (incoming.method !== 'POST') throw new Refused(405, 'POST a command.');
  return runControl(field, controlCommand.parse(json(await bodyOf(incoming))), field.fleet.now_ms);
}

/** One sentence, whatever the number of mistakes; it names each field. */
function whatIsWrong({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`)).join('; ');
}

function isToken(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new Refused(413, `A command has at most ${MAX_BODY_BYTES} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(400, 'The body is not JSON.');
  }
}
