import Particle from 'particle-api-js';
import * as z from 'zod';
import { handOnTraces } from './hand-on-traces.ts';
import { ParticleFailure, ParticleOutage, ParticleRefusal, ParticleTimeout, particleFailure } from './particle-failure.ts';
import { type ParticleTimeouts, particleTimeouts } from './particle-timeouts.ts';

/** What a device's function answered; offline: it is not connected (or has no such function), silent: it did not answer in time. */
export type FunctionAnswer =
  | { readonly kind: 'answered'; readonly value: number }
  | { readonly kind: 'offline' }
  | { readonly kind: 'silent' };

/** A webhook as far as it matters here. Particle replaces it as a whole: nothing is merged. */
export interface WebhookSettings {
  readonly name: string;
  /** A prefix of event names. */
  readonly event: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Webhook extends Omit<WebhookSettings, 'headers' | 'name'> {
  readonly id: string;
  readonly name: string | undefined;
}

/** What is asked of Particle's cloud, for one product. Every method throws a ParticleFailure when it isn't done. */
export interface ParticleCloud {
  /** Calls a function of a device: at most 1,024 bytes of argument. */
  call(particle_id: string, name: string, argument: string): Promise<FunctionAnswer>;
  /** Puts a device into the product; one that is in it stays. Throws ParticleRefusal for an unknown device and for one of somebody else's. */
  addToProduct(particle_id: string): Promise<void>;
  describe(particle_id: string, texts: { readonly name: string; readonly notes: string }): Promise<void>;
  /** Writes some values of a device's cloud-to-device ledger, which is made when it isn't there. The device gets them when it is online. */
  writeLedger(ledger: string, particle_id: string, values: Readonly<Record<string, number>>): Promise<void>;
  webhooks(): Promise<Webhook[]>;
  /** A webhook with its headers. */
  webhook(id: string): Promise<WebhookSettings>;
  createWebhook(settings: WebhookSettings): Promise<void>;
  replaceWebhook(id: string, settings: WebhookSettings): Promise<void>;
  removeWebhook(id: string): Promise<void>;
}

export interface ParticleConnection {
  readonly url: string;
  /** Id or slug. */
  readonly product: string;
  readonly token: string;
  readonly timeouts?: ParticleTimeouts;
}

const ids = z.array(z.string()).default([]);
const importSchema = z.looseObject({
  updatedDeviceIds: ids,
  existingDeviceIds: ids,
  nonmemberDeviceIds: ids,
  invalidDeviceIds: ids,
  updated: z.number().default(0),
});
const webhookSchema = z.looseObject({
  id: z.string(),
  event: z.string(),
  url: z.string().optional(),
  name: z.string().nullish(),
  integration_type: z.string().optional(),
});
const wholeWebhookSchema = z.looseObject({
  integration: z.looseObject({
    event: z.string(),
    url: z.string(),
    name: z.string().nullish(),
    headers: z.record(z.string(), z.string()).nullish(),
  }),
});
/** A product of an organization has its ledgers there; which of the names stands in it differs between Particle's own sources. */
const productSchema = z.looseObject({
  product: z.looseObject({ organization_id: z.string().nullish(), org: z.string().nullish(), organization: z.string().nullish() }),
});
const callSchema = z.looseObject({ return_value: z.int() });

/** Particle's cloud over particle-api-js. */
export function particleCloud({ url, product, token, timeouts = particleTimeouts }: ParticleConnection): ParticleCloud {
  const client = new Particle({ baseUrl: url, auth: token });
  handOnTraces(client);
  let organization: Promise<{ readonly org?: string }> | undefined;

  /** Asks, waits no longer than may be, and reads the answer. particle-api-js itself waits without end. */
  async function ask<Shape extends z.ZodType>(
    what: string,
    request: () => Promise<{ readonly body: unknown }>,
    shape: Shape,
    { secrets = [], longest_ms = timeouts.request_ms }: { readonly secrets?: readonly string[]; readonly longest_ms?: number } = {},
  ): Promise<z.infer<Shape>> {
    let stop: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      stop = setTimeout(() => reject(new ParticleTimeout(`${what}: no answer in ${longest_ms} ms`, undefined)), longest_ms);
    });
    try {
      const { body } = await Promise.race([request(), late]);
      const parsed = shape.safeParse(body);
      if (!parsed.success) throw new ParticleOutage(`${what}: the answer is not understood: ${z.prettifyError(parsed.error)}`, 200);
      return parsed.data;
    } catch (error) {
      throw error instanceof ParticleFailure ? error : particleFailure(what, error, [token, ...secrets]);
    } finally {
      clearTimeout(stop);
    }
  }

  const organizationOfProduct = (): Promise<{ readonly org?: string }> => {
    organization ??= ask('reading the product', () => client.getProduct({ product }), productSchema).then(
      ({ product: { organization_id, org, organization: named } }) => {
        const found = organization_id ?? org ?? named;
        return found === null || found === undefined ? {} : { org: found };
      },
    );
    organization.catch(() => {
      organization = undefined;
    });
    return organization;
  };

  const settingsOf = ({ name, url: to, headers }: WebhookSettings) => ({
    integration_type: 'Webhook',
    name,
    url: to,
    requestType: 'POST',
    headers: { ...headers },
    // Particle's default fields as a form: event, data, published_at, coreid.
    noDefaults: false,
    rejectUnauthorized: true,
  });
  const anything = z.unknown();

  return {
    async call(particle_id, name, argument) {
      try {
        const request = () => client.callFunction({ deviceId: particle_id, name, argument, product });
        const { return_value } = await ask(`calling ${name}`, request, callSchema, { longest_ms: timeouts.call_ms });
        return { kind: 'answered', value: return_value };
      } catch (error) {
        if (error instanceof ParticleRefusal && error.status === 404) return { kind: 'offline' };
        if (error instanceof ParticleTimeout) return { kind: 'silent' };
        throw error;
      }
    },

    async addToProduct(particle_id) {
      const what = 'adding the device to the product';
      const answer = await ask(what, () => client.addDeviceToProduct({ deviceId: particle_id, product }), importSchema);
      // Particle names a device in one of these lists; older answers name those that were not taken alone (Particle CLI, "setup": the same reading).
      if (answer.invalidDeviceIds.length > 0) throw new ParticleRefusal('Particle knows no device of this id that fits the product', 200);
      if (answer.nonmemberDeviceIds.length > 0)
        throw new ParticleRefusal('the device belongs to somebody else, or to another product', 200);
    },

    async describe(particle_id, { name, notes }) {
      await ask('naming the device', () => client.updateDevice({ deviceId: particle_id, product, name, notes }), anything);
    },

    async writeLedger(ledger, particle_id, values) {
      const org = await organizationOfProduct();
      const instance = { data: { ...values } };
      const write = () =>
        ask(
          `writing the ledger ${ledger}`,
          () => client.setLedgerInstance({ ...org, ledgerName: ledger, scopeValue: particle_id, instance, setMode: 'Merge' }),
          anything,
        );
      try {
        await write();
      } catch (error) {
        if (!(error instanceof ParticleRefusal && error.status === 404)) throw error;
        const definition = { name: ledger, scope: 'Device', direction: 'Downstream' } as const;
        await ask(`making the ledger ${ledger}`, () => client.createLedger({ ...org, ledger: definition }), anything).catch(
          (failure: unknown) => {
            // Somebody else made it in the meantime.
            if (!(failure instanceof ParticleRefusal && failure.status === 409)) throw failure;
          },
        );
        await write();
      }
    },

    async webhooks() {
      const all = await ask('listing the integrations', () => client.listIntegrations({ product }), z.array(webhookSchema));
      return all.flatMap(({ id, event, url: to, name, integration_type = 'Webhook' }) =>
        integration_type === 'Webhook' && to !== undefined ? [{ id, event, url: to, name: name ?? undefined }] : [],
      );
    },

    async webhook(id) {
      const read = () => client.get({ uri: `/v1/products/${product}/integrations/${id}`, auth: token });
      const { integration } = await ask('reading the integration', read, wholeWebhookSchema);
      const { event, url: to, name, headers } = integration;
      return { event, url: to, name: name ?? '', headers: headers ?? {} };
    },

    async createWebhook(settings) {
      const create = () => client.createIntegration({ event: settings.event, settings: settingsOf(settings), product });
      await ask('creating the integration', create, anything, { secrets: Object.values(settings.headers) });
    },

    async replaceWebhook(id, settings) {
      const replace = () => client.editIntegration({ integrationId: id, event: settings.event, settings: settingsOf(settings), product });
      await ask('editing the integration', replace, anything, { secrets: Object.values(settings.headers) });
    },

    async removeWebhook(id) {
      await ask('removing the integration', () => client.deleteIntegration({ integrationId: id, product }), anything);
    },
  };
}
