import { createSocket, type Socket } from 'node:dgram';
import { z } from 'zod';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { runningFunctions } from './running-functions.ts';

const headerSchema = z.object({ format: z.literal('json'), version: z.literal(1) });
const senderSchema = z.looseObject({ metadata: z.looseObject({ lambda: z.looseObject({ request_id: z.string() }) }) });

const addresses = new WeakMap<Cloud, string>();

/** `127.0.0.1:<port>` of this cloud's daemon; undefined when it has none. */
export function daemonAddress(cloud: Cloud): string | undefined {
  return addresses.get(cloud);
}

/**
 * Takes segment documents over UDP as the X-Ray daemon does (X-Ray Developer Guide, "AWS X-Ray daemon"): a header line, then one JSON document. It passes each on by
 * PutTraceSegments with the rights of the function that sent it. One daemon serves all environments here, so a document has to say in `metadata.lambda.request_id` whose it
 * is; one that doesn't is told on the console, and dropped.
 */
export class XrayDaemon {
  readonly #cloud: Cloud;
  readonly #told = new Set<string>();
  #socket: Socket | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  async start(): Promise<void> {
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (bytes) => void this.#take(bytes.toString('utf8')));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, '127.0.0.1', () => {
        socket.off('error', reject);
        resolve();
      });
    });
    // After a burst, rather a few milliseconds late than lost.
    socket.setRecvBufferSize(4 * 1024 * 1024);
    socket.on('error', (error) => this.#tell(`the daemon: ${error.message}`));
    addresses.set(this.#cloud, `127.0.0.1:${socket.address().port}`);
  }

  async stop(): Promise<void> {
    addresses.delete(this.#cloud);
    const socket = this.#socket;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  async #take(text: string): Promise<void> {
    try {
      const line = text.indexOf('\n');
      headerSchema.parse(JSON.parse(text.slice(0, line)));
      const document = text.slice(line + 1);
      const sender = senderSchema.parse(JSON.parse(document));
      const from = runningFunctions(this.#cloud).find(sender.metadata.lambda.request_id);
      if (from === undefined) throw new Error(`no function runs the request ${sender.metadata.lambda.request_id}`);
      const caller = { ...from.scope, principal: from.principal };
      await this.#cloud.call('xray', 'PutTraceSegments', { TraceSegmentDocuments: [document] }, caller);
    } catch (error) {
      this.#tell(error instanceof z.ZodError ? `a document is not understood: ${z.prettifyError(error)}` : reasonOf(error));
    }
  }

  /** Each reason once. */
  #tell(reason: string): void {
    if (this.#told.size > 100 || this.#told.has(reason)) return;
    this.#told.add(reason);
    console.error(`xray: ${reason}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
