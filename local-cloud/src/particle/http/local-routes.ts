import { z } from 'zod';
import type { DeliveryCounts } from '../integrations/delivery-counts.ts';
import { ok, type Route } from './api-request.ts';
import { deviceId, read } from './fields.ts';

/** What Particle's cloud doesn't have: the factory, and a look at the deliveries. No token is asked for. */
export function localRoutes(manufacture: (ids: readonly string[]) => number, counts: () => DeliveryCounts): Route[] {
  return [
    {
      method: 'POST',
      pattern: '/_local/devices',
      handle: ({ body }) => ok({ ok: true, manufactured: manufacture(read(z.strictObject({ ids: z.array(deviceId) }), body).ids) }),
    },
    { method: 'GET', pattern: '/_local/deliveries', handle: () => ok(counts()) },
  ];
}
