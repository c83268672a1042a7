import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { EVENT_NAME, MAX_EVENT_DATA_BYTES, MAX_NAME_BYTES } from '../documented.ts';
import { badRequest } from '../http/api-error.ts';
import { type ApiRequest, ok, type Route } from '../http/api-request.ts';
import { count, flag, read, textual } from '../http/fields.ts';
import type { EventHub } from './event-hub.ts';
import type { EventStreams } from './event-stream.ts';
import { newEvent } from './particle-event.ts';

const published = z.strictObject({
  name: z.string().regex(EVENT_NAME, `must be 1 to ${MAX_NAME_BYTES} ASCII characters`),
  data: textual
    .refine((data) => Buffer.byteLength(data) <= MAX_EVENT_DATA_BYTES, `must be at most ${MAX_EVENT_DATA_BYTES} bytes`)
    .default(''),
  private: flag.optional(),
  ttl: count.optional(),
});

/** Streams of events and publishing by the API (Cloud API reference, "Events"). */
export function eventRoutes(access: Access, hub: EventHub, streams: EventStreams, clock: Clock): Route[] {
  const own = (identity: Identity) =>
    identity.kind === 'account' || identity.product_id === null ? { owner: identity.username } : { product_id: identity.product_id };
  const publish = ({ body }: ApiRequest, where: { product_id: number | null; owner: string | null }) => {
    const { name, data } = read(published, body);
    hub.publish(newEvent(clock.now(), { coreid: 'api', ...where }, name, data));
    return ok();
  };
  return [
    access.route('GET', '/v1/events/*prefix', 'events:get', ({ params }, identity) => {
      if (params['prefix'] === '') throw badRequest('The event prefix filter is required for this endpoint');
      return streams.open({ prefix: params['prefix'] ?? '', ...own(identity) });
    }),
    access.route('GET', '/v1/devices/events/*prefix', 'events:get', ({ params }, identity) =>
      streams.open({ prefix: params['prefix'] ?? '', ...own(identity) }),
    ),
    access.route('GET', '/v1/devices/:device/events/*prefix', 'events:get', ({ params }, identity) =>
      streams.open({ prefix: params['prefix'] ?? '', coreid: access.device(identity, params['device'] ?? '').id }),
    ),
    access.route('GET', '/v1/products/:product/events/*prefix', 'events:get', ({ params }, identity) =>
      streams.open({ prefix: params['prefix'] ?? '', product_id: access.product(identity, params['product'] ?? '').id }),
    ),
    access.route('GET', '/v1/products/:product/devices/:device/events/*prefix', 'events:get', ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      const { id } = access.productDevice(product, params['device'] ?? '');
      return streams.open({ prefix: params['prefix'] ?? '', product_id: product.id, coreid: id });
    }),
    access.route('POST', '/v1/devices/events', null, (request, identity) =>
      publish(request, { product_id: null, owner: identity.username }),
    ),
    access.route('POST', '/v1/products/:product/events', 'events:send', (request, identity) => {
      const product = access.product(identity, request.params['product'] ?? '');
      return publish(request, { product_id: product.id, owner: null });
    }),
  ];
}
