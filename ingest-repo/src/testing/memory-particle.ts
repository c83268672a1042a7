import type { FunctionAnswer, ParticleCloud, Webhook, WebhookSettings } from '../particle/particle-cloud.ts';
import { ParticleRefusal } from '../particle/particle-failure.ts';

/** Particle's cloud in memory, behind ingest's own port. */
export class MemoryParticle implements ParticleCloud {
  /** What was asked, in order: the method's name and its arguments. */
  readonly asked: unknown[][] = [];
  /** Awaited before every request; throwing here is Particle failing. */
  before: (method: string) => Promise<void> = async () => {};
  answer: FunctionAnswer = { kind: 'answered', value: 0 };
  readonly hooks = new Map<string, WebhookSettings>();
  #made = 0;

  async call(...asked: [string, string, string]): Promise<FunctionAnswer> {
    await this.#ask('call', ...asked);
    return this.answer;
  }

  addToProduct(particle_id: string): Promise<void> {
    return this.#ask('addToProduct', particle_id);
  }

  describe(particle_id: string, texts: { readonly name: string; readonly notes: string }): Promise<void> {
    return this.#ask('describe', particle_id, texts);
  }

  writeLedger(...asked: [string, string, Readonly<Record<string, number>>]): Promise<void> {
    return this.#ask('writeLedger', ...asked);
  }

  async webhooks(): Promise<Webhook[]> {
    await this.#ask('webhooks');
    return [...this.hooks].map(([id, { name, event, url }]) => ({ id, name, event, url }));
  }

  async webhook(id: string): Promise<WebhookSettings> {
    await this.#ask('webhook', id);
    const found = this.hooks.get(id);
    if (found === undefined) throw new Error(`there is no webhook ${id}`);
    return found;
  }

  async createWebhook(settings: WebhookSettings): Promise<void> {
    await this.#ask('createWebhook');
    this.#made += 1;
    this.hooks.set(`w${this.#made}`, settings);
  }

  async replaceWebhook(id: string, settings: WebhookSettings): Promise<void> {
    await this.#ask('replaceWebhook', id);
    this.hooks.set(id, settings);
  }

  async removeWebhook(id: string): Promise<void> {
    await this.#ask('removeWebhook', id);
    if (!this.hooks.delete(id)) throw new ParticleRefusal(`removing the integration: HTTP 404 (No integration ${id})`, 404);
  }

  async #ask(method: string, ...asked: unknown[]): Promise<void> {
    await this.before(method);
    this.asked.push([method, ...asked]);
  }
}
