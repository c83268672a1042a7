import type { IncomingMessage, ServerResponse } from 'node:http';
import { MAX_UNREAD_BYTES, STREAM_PING_MS } from '../chosen.ts';
import { MAX_OPEN_STREAMS } from '../documented.ts';
import { ApiError } from '../http/api-error.ts';
import type { StreamAnswer } from '../http/api-request.ts';
import type { EventFilter, EventHub } from './event-hub.ts';
import type { ParticleEvent } from './particle-event.ts';

/** Open server-sent event streams (Cloud API reference, "Get a stream of events"). */
export class EventStreams {
  readonly #hub: EventHub;
  readonly #open = new Set<ServerResponse>();

  constructor(hub: EventHub) {
    this.#hub = hub;
  }

  /** Throws 429 when 100 are open already. */
  open(filter: EventFilter): StreamAnswer {
    if (this.#open.size >= MAX_OPEN_STREAMS)
      throw new ApiError(429, { ok: false, error: 'too_many_requests', error_description: `${MAX_OPEN_STREAMS} event streams are open` });
    return { stream: (incoming, outgoing) => this.#serve(filter, incoming, outgoing) };
  }

  close(): void {
    for (const outgoing of this.#open) outgoing.destroy();
  }

  #serve(filter: EventFilter, incoming: IncomingMessage, outgoing: ServerResponse): void {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    outgoing.write(':ok\n\n');
    this.#open.add(outgoing);
    const ofProduct = filter.product_id !== undefined;
    const end = this.#hub.listen({
      filter,
      take: (event) => {
        if (outgoing.writableLength > MAX_UNREAD_BYTES) outgoing.destroy();
        else outgoing.write(eventText(event, ofProduct));
      },
    });
    const ping = setInterval(() => outgoing.write('\n'), STREAM_PING_MS);
    ping.unref();
    incoming.socket.setTimeout(0);
    outgoing.once('close', () => {
      clearInterval(ping);
      end();
      this.#open.delete(outgoing);
    });
  }
}

/** One event as it stands in a stream; streams of a product say more about it. */
export function eventText(event: ParticleEvent, ofProduct: boolean): string {
  const { data, published_at, coreid } = event;
  const fields = {
    data,
    ttl: '60',
    published_at,
    coreid,
    ...(ofProduct ? { userid: event.owner, version: event.version, productID: event.product_id } : {}),
  };
  // A topic that a webhook's template made may hold a line break, which would end the line here.
  return `event: ${event.name.replace(/[\r\n]/g, ' ')}\ndata: ${JSON.stringify(fields)}\n\n`;
}
