import { randomBytes } from 'node:crypto';
import type { Access } from '../access/access.ts';
import type { Identity } from '../access/identity.ts';
import type { Clock } from '../clock.ts';
import { badRequest, notFound } from '../http/api-error.ts';
import { type ApiAnswer, type ApiRequest, ok, type Route } from '../http/api-request.ts';
import type { Integration, WebhookSettings } from '../state/records.ts';
import { readWebhookSettings } from './webhook-settings.ts';
import type { Webhooks } from './webhooks.ts';

interface Place {
  readonly product_id: number | null;
  readonly owner: string;
}

/** Webhooks of a product or of the sandbox, under their newer and their older name (Cloud API reference, "Integrations"). */
export function integrationRoutes(access: Access, webhooks: Webhooks, clock: Clock, baseUrl: () => string): Route[] {
  const kept = (integration: Integration): Integration => {
    try {
      return webhooks.put(integration);
    } catch (error) {
      throw badRequest(`a template is malformed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const find = ({ product_id, owner }: Place, id: string | undefined): Integration => {
    const found = webhooks.get(id ?? '');
    if (found === undefined || found.product_id !== product_id || found.owner !== owner) throw notFound(`No integration ${id}`);
    return found;
  };
  const answer = (integration: Integration, path: string) => ({
    ok: true,
    ...summary(integration),
    name: integration.settings.name ?? `${integration.settings.event} for ${hostname(integration.settings.url)}`,
    hookUrl: `${baseUrl()}${path}/${integration.id}`,
  });

  const routes: Route[] = [];
  const add = (base: string, needsRemove: 'webhooks' | 'integrations', place: (request: ApiRequest, identity: Identity) => Place): void => {
    const sandbox = base.startsWith(`/v1/${needsRemove}`);
    const needs = <T extends 'create' | 'list' | 'get' | 'update' | 'remove'>(verb: T) =>
      sandbox ? null : (`integrations:${verb}` as const);
    const path = (request: ApiRequest) => base.replace(':product', request.params['product'] ?? '');
    routes.push(
      access.route('GET', base, needs('list'), (request, identity) => {
        const { product_id, owner } = place(request, identity);
        return ok(webhooks.of(product_id, owner).map(summary));
      }),
      access.route('POST', base, needs('create'), (request, identity): ApiAnswer => {
        const where = place(request, identity);
        const settings = readWebhookSettings(request.body, where.product_id !== null);
        const id = randomBytes(12).toString('hex');
        return { status: 201, body: answer(kept({ id, created_at: clock.now(), ...where, settings }), path(request)) };
      }),
      access.route('GET', `${base}/:id`, needs('get'), (request, identity) => {
        const integration = find(place(request, identity), request.params['id']);
        const whole = { ...summary(integration), ...integration.settings };
        return ok(
          needsRemove === 'webhooks'
            ? { ok: true, webhook: whole, logs: [], counters: [] }
            : { ok: true, integration: whole, logs: [], counters: [] },
        );
      }),
      access.route('PUT', `${base}/:id`, needs('update'), (request, identity) => {
        const where = place(request, identity);
        const before = find(where, request.params['id']);
        // "The configuration replaces the entire previous webhook configuration. It does not merge in changes."
        const settings = readWebhookSettings(request.body, where.product_id !== null);
        return ok(answer(kept({ ...before, settings }), path(request)));
      }),
      access.route('DELETE', `${base}/:id`, needs('remove'), (request, identity) => {
        webhooks.delete(find(place(request, identity), request.params['id']).id);
        return ok();
      }),
    );
  };
  for (const kind of ['integrations', 'webhooks'] as const) {
    add(`/v1/${kind}`, kind, (_request, { username }) => ({ product_id: null, owner: username }));
    add(`/v1/products/:product/${kind}`, kind, ({ params }, identity) => {
      const product = access.product(identity, params['product'] ?? '');
      return { product_id: product.id, owner: product.owner };
    });
  }
  return routes;
}

function summary({
  id,
  created_at,
  settings,
}: Integration): { id: string; integration_type: 'Webhook' } & Pick<
  WebhookSettings,
  'event' | 'url' | 'requestType' | 'name' | 'deviceID' | 'disabled'
> & { created_at: string } {
  const { event, url, requestType, name, deviceID, disabled } = settings;
  return {
    id,
    event,
    created_at: new Date(created_at).toISOString(),
    integration_type: 'Webhook',
    url,
    requestType,
    name,
    deviceID,
    disabled,
  };
}

function hostname(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
