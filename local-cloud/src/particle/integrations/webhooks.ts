import type { ParticleEvent } from '../events/particle-event.ts';
import type { ParticleState } from '../state/particle-state.ts';
import type { Integration } from '../state/records.ts';
import { prepare, type WebhookRequest } from './webhook-request.ts';

/** An integration whose templates were read. */
export interface PreparedWebhook {
  readonly integration: Integration;
  request(event: ParticleEvent): WebhookRequest;
}

/** The webhooks that are there, by whom they listen to. */
export class Webhooks {
  readonly #state: ParticleState;
  readonly #byProduct = new Map<number, PreparedWebhook[]>();
  readonly #bySandbox = new Map<string, PreparedWebhook[]>();
  readonly #byDevice = new Map<string, PreparedWebhook[]>();

  constructor(state: ParticleState) {
    this.#state = state;
    for (const integration of state.integrations.values()) this.#add(integration);
  }

  get(id: string): Integration | undefined {
    return this.#state.integrations.get(id);
  }

  /** Of a product, or (null) of the owner's sandbox; the oldest first. */
  of(product_id: number | null, owner: string): Integration[] {
    return [...this.#state.integrations.values()]
      .filter((one) => one.product_id === product_id && one.owner === owner)
      .sort((one, other) => one.created_at - other.created_at);
  }

  /** Makes or replaces it. Throws for a malformed template, and keeps nothing then. */
  put(integration: Integration): Integration {
    prepare(integration.settings);
    this.#remove(integration.id);
    this.#state.integrations.put(integration.id, integration);
    this.#add(integration);
    return integration;
  }

  delete(id: string): void {
    this.#remove(id);
    this.#state.integrations.delete(id);
  }

  /** Those which the event triggers: of its product, and of the sandbox of the one who claimed the device. */
  triggeredBy(event: ParticleEvent): PreparedWebhook[] {
    const candidates = [
      event.product_id === null ? undefined : this.#byProduct.get(event.product_id),
      event.owner === null ? undefined : this.#bySandbox.get(event.owner),
      this.#byDevice.get(event.coreid)?.filter(({ integration }) => integration.owner === event.owner),
    ];
    const triggered: PreparedWebhook[] = [];
    for (const list of candidates)
      for (const one of list ?? []) {
        const { event: prefix, disabled } = one.integration.settings;
        if (!disabled && event.name.startsWith(prefix)) triggered.push(one);
      }
    return triggered;
  }

  #add(integration: Integration): void {
    const [index, key] = this.#place(integration);
    index.set(key, [...(index.get(key) ?? []), { integration, request: prepare(integration.settings) }]);
  }

  #remove(id: string): void {
    const integration = this.#state.integrations.get(id);
    if (integration === undefined) return;
    const [index, key] = this.#place(integration);
    const left = (index.get(key) ?? []).filter((one) => one.integration.id !== id);
    if (left.length === 0) index.delete(key);
    else index.set(key, left);
  }

  #place({ product_id, owner, settings }: Integration): [Map<number | string, PreparedWebhook[]>, number | string] {
    if (product_id !== null) return [this.#byProduct as Map<number | string, PreparedWebhook[]>, product_id];
    if (settings.deviceID !== undefined) return [this.#byDevice as Map<number | string, PreparedWebhook[]>, settings.deviceID];
    return [this.#bySandbox as Map<number | string, PreparedWebhook[]>, owner];
  }
}
