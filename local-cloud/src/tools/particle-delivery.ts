import type { Endpoints } from '../start/endpoints-file.ts';

/**
 * Posts an event as Particle's webhook does by default: form-encoded `event`, `data`, `published_at` and `coreid`
 * (Particle, "Webhook reference"), with the shared secret in its header.
 */
export function deliver(
  { webhook }: Pick<Endpoints, 'webhook'>,
  event: { data: string; particleId: string; name?: string; published_at?: string; traceHeader?: string },
): Promise<Response> {
  return fetch(webhook.url, {
    method: 'POST',
    headers: {
      [webhook.secretHeader]: webhook.secret,
      'user-agent': 'ParticleBot/1.1 (https://docs.particle.io/webhooks)',
      ...(event.traceHeader === undefined ? {} : { 'x-amzn-trace-id': event.traceHeader }),
    },
    body: new URLSearchParams({
      event: event.name ?? 'status',
      data: event.data,
      published_at: event.published_at ?? new Date().toISOString(),
      coreid: event.particleId,
    }),
  });
}
