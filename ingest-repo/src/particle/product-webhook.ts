import { statusEventPrefix, webhookSecretHeader } from '@enstratus/contract';
import type { Clock } from '../log.ts';
import type { ParticleCloud, Webhook, WebhookSettings } from './particle-cloud.ts';
import { ParticleRefusal } from './particle-failure.ts';

/** By this name ours is found again when its address has changed. */
export const webhookName = 'enstratus-status';
/** How long an environment believes that the webhook is as it should be. */
const believed_ms = 10 * 60_000;

export interface ProductWebhook {
  /** The function URL of receive-status. */
  readonly url: string;
  /** The webhook's current secret. */
  readonly secret: () => Promise<string>;
  readonly clock: Clock;
}

/** Sees to it that the product has the one webhook that brings what devices publish. Throws what Particle and the source of the secret throw. */
export type EnsureWebhook = (particle: ParticleCloud) => Promise<void>;

/**
 * One webhook for every event that begins with `status`, with the secret in its header and Particle's default form. It is made, mended when anything of it is
 * another (the secret was rotated, the function has a new address), and what two at the same time have made twice is removed. Looked at every 10 minutes at most.
 */
export function productWebhook({ url, secret, clock }: ProductWebhook): EnsureWebhook {
  let until_ms = 0;
  return async (particle) => {
    if (clock() < until_ms) return;
    const wanted: WebhookSettings = {
      name: webhookName,
      event: statusEventPrefix,
      url,
      headers: { [webhookSecretHeader]: await secret() },
    };
    let [ours, ...spare] = await allOurs(particle);
    if (ours === undefined) {
      await particle.createWebhook(wanted);
      // Somebody else may have made one meanwhile: whoever looks keeps the same one.
      [ours, ...spare] = await allOurs(particle);
    } else if (!isSame(await particle.webhook(ours.id), wanted)) await particle.replaceWebhook(ours.id, wanted);
    for (const { id } of spare) await removed(particle, id);
    until_ms = clock() + believed_ms;
  };

  /** In an order that is the same for everybody. */
  async function allOurs(particle: ParticleCloud): Promise<Webhook[]> {
    return (await particle.webhooks()).filter(isOurs).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  function isOurs(webhook: Webhook): boolean {
    return webhook.name === webhookName || (webhook.event === statusEventPrefix && webhook.url === url);
  }
}

/** Removes a webhook that somebody else may have removed already. */
async function removed(particle: ParticleCloud, id: string): Promise<void> {
  try {
    await particle.removeWebhook(id);
  } catch (error) {
    if (!(error instanceof ParticleRefusal && error.status === 404)) throw error;
  }
}

function isSame(is: WebhookSettings, wanted: WebhookSettings): boolean {
  const header = ({ headers }: WebhookSettings) =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === webhookSecretHeader)?.[1];
  return is.name === wanted.name && is.event === wanted.event && is.url === wanted.url && header(is) === header(wanted);
}
